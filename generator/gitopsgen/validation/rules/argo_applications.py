"""Rules on Applications themselves: where they are, what they are called, who reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.applicationsets.gotemplate.values import NO_VALUE
from gitopsgen.repository.graph import is_broken
from gitopsgen.repository.paths import folders_of
from gitopsgen.validation.rules.access import at, mapping
from gitopsgen.validation.rules.argo_folders import told_folders
from gitopsgen.validation.rules.argo_hints import has_misspelt, near_kind
from gitopsgen.validation.rules.argo_installation import GROUP, read_installation
from gitopsgen.validation.rules.argo_order import LOCAL, Order, cluster_of
from gitopsgen.validation.rules.argo_watched import misplaced
from gitopsgen.validation.rules.install_scripts import InstallScripts
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.validation.model import Model
    from gitopsgen.validation.rules.argo_installation import Installation

RULES = (
    Rule(
        "argo-application-namespace",
        (Severity.ERROR,),
        "An Application, or a set of them, is in a namespace in which Argo CD looks for none.",
        "Nothing says so: it is never reconciled, and its parent stays Progressing for ever.",
        "# Argo CD lives in argocd\nkind: Application\nmetadata: {name: web, namespace: web}",
        "# Argo CD lives in argocd\nkind: Application\nmetadata: {name: web, namespace: argocd}",
    ),
    Rule(
        "argo-duplicate-application",
        (Severity.ERROR,),
        "Two Applications have one name.",
        "One of them replaces the other at every sync; only their parent has a warning.",
        "# two files below one root\nkind: Application\nmetadata: {name: web}\n---\n"
        "kind: Application\nmetadata: {name: web}",
        "# two files below one root\nkind: Application\nmetadata: {name: web}\n---\n"
        "kind: Application\nmetadata: {name: shop}",
    ),
    Rule(
        "argo-destination",
        (Severity.ERROR,),
        "A destination names its cluster twice, by server and by name, or not at all.",
        "Argo CD refuses the Application: `application destination can't have both name and "
        "server defined`, or that it is missing.",
        "destination:\n  server: https://kubernetes.default.svc\n  name: in-cluster\n"
        "  namespace: web",
        "destination:\n  server: https://kubernetes.default.svc\n  namespace: web",
    ),
    Rule(
        "argo-unreachable",
        (Severity.WARNING,),
        "No root Application reaches an Application or a manifest.",
        "Argo CD never applies it: the file looks deployed and is not.",
        "# other/web.yaml, while the only root holds apps/\nkind: Application\n"
        "metadata: {name: web}",
        "# apps/web.yaml, which the root holds\nkind: Application\nmetadata: {name: web}",
    ),
)
_HOLDERS = ("Application", "ApplicationSet")


def check(model: Model) -> Iterator[RuleProblem]:
    """Misplaced, repeated, unreachable Applications, and destinations of no cluster."""
    installation = read_installation(model)
    yield from misplaced(model, installation)
    yield from _repeated(model, installation)
    for application in model.applications:
        yield from _destination(application)
    yield from _unreachable(model, installation)


def _repeated(model: Model, installation: Installation) -> Iterator[RuleProblem]:
    """Applications of one name and namespace that one Argo CD meets."""
    places = {id(item.data): item.namespace for item in model.of_kind(GROUP, "Application")}
    groups: dict[tuple[str, str], list[Application]] = {}
    for application in model.applications:
        namespace = places.get(id(application.data)) or application.namespace
        key = (application.name, namespace or installation.namespace)
        groups.setdefault(key, []).append(application)
    order: Order | None = None
    for (name, _), group in groups.items():
        # A parameter that is missing in a name is the mistake, not what comes of it.
        if len(group) < 2 or not name or "{{" in name or NO_VALUE in name:
            continue
        order = order or Order(model)
        first = group[0]
        for other in group[1:]:
            if _meet(first, other, order, model):
                where = first.manifest.file
                yield RuleProblem(
                    "argo-duplicate-application",
                    Severity.ERROR,
                    other.manifest,
                    ("metadata", "name"),
                    f"another Application is called {name}: in {where}",
                    "Give one of them another name.",
                )


def _meet(first: Application, other: Application, order: Order, model: Model) -> bool:
    """Whether one Argo CD gets both: something holds both, or they stand side by side.

    Folders that nothing holds together are often one for each cluster, with its own Argo CD.
    """
    above = {first, *order.above(first)}
    if above.isdisjoint((other, *order.above(other))):
        return first.manifest.folder == other.manifest.folder
    return bool(_clusters(first, model) & _clusters(other, model))


def _clusters(application: Application, model: Model) -> set[str]:
    """The clusters that an Application itself lands in."""
    return {cluster_of(parent) for parent in model.parents(application)} or {LOCAL}


def _destination(application: Application) -> Iterator[RuleProblem]:
    given = at(application.data, "spec", "destination")
    if given is not None and not isinstance(given, dict):
        return
    server, name = mapping(given).get("server"), mapping(given).get("name")
    if not all(value is None or isinstance(value, str) for value in (server, name)):
        return
    if server and name:
        yield RuleProblem(
            "argo-destination",
            Severity.ERROR,
            application.manifest,
            ("spec", "destination", "name"),
            f"the destination has both a server, {server}, and a name, {name}",
            "Keep one of the two.",
            key=True,
        )
    elif (
        not server
        and not name
        and isinstance(application.data.get("spec"), dict)
        and not has_misspelt(mapping(given), "server", "name")
    ):
        yield RuleProblem(
            "argo-destination",
            Severity.ERROR,
            application.manifest,
            ("spec", "destination"),
            "the destination names no cluster",
            "Argo CD's own is `server: https://kubernetes.default.svc`.",
            key=True,
        )


def _unreachable(model: Model, installation: Installation) -> Iterator[RuleProblem]:
    if not model.unreached or any(
        _may_hold(app, model, installation) for app in model.incomplete_applications
    ):
        return
    told = told_folders(model)
    ours = {resource.kind for resource in model.resources if resource.group == GROUP}
    if told is None or near_kind(ours, _HOLDERS):
        return
    files: set[str] = set()
    scripts = InstallScripts(model)
    for manifest in model.unreached:
        if scripts.applies(manifest.file) or not told.isdisjoint(folders_of(manifest.file)):
            continue
        is_application = manifest.group == GROUP and manifest.kind.startswith("Application")
        # One line for a file is enough where its manifests are no Applications.
        if not is_application and manifest.file in files:
            continue
        files.add(manifest.file)
        name = at(manifest.data, "metadata", "name")
        yield RuleProblem(
            "argo-unreachable",
            Severity.WARNING,
            manifest,
            ("metadata", "name") if name is not None else ("kind",),
            f"no root reaches the {manifest.kind} {name}"
            if isinstance(name, str)
            else f"no root reaches this {manifest.kind}",
            "Move it to where a root looks, or delete it.",
        )


def _may_hold(application: Application, model: Model, installation: Installation) -> bool:
    """Whether Applications may be in what nobody here could look at."""
    return any(
        _source_may_hold(application, source, model, installation) for source in application.sources
    )


def _source_may_hold(
    application: Application, source: Source, model: Model, installation: Installation
) -> bool:
    if source.chart:
        return source.chart == "argocd-apps"
    if source.path is None:
        # It only lends its files to other sources.
        return False
    if model.sources.is_own(source):
        return (
            model.sources.directory(source) is None
            or any(model.sources.jsonnet_of(source))
            or any(_is_broken_argo(path, model) for path in model.sources.files_of(source))
        )
    return application.destination.namespace in {"", *installation.namespaces}


def _is_broken_argo(path: str, model: Model) -> bool:
    """Whether a file that may hold Applications does not parse."""
    files = model.sources.files
    file = files.read(path)
    return file is not None and file.mentions_argo and is_broken(files, path)
