"""Rules on what a source is of: the URL of its repository, and its revision."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.paths import normal
from gitopsgen.repository.urls import normal_url, same_repository_key
from gitopsgen.validation.rules.access import at, text
from gitopsgen.validation.rules.placeholder_forms import placeholder_in
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.validation.model import Model

RULES = (
    Rule(
        "argo-repository-url",
        (Severity.WARNING,),
        "A URL is nearly that of this repository: another owner, or another protocol.",
        "Argo CD takes it for another repository, for which it has no credential. A trailing "
        "`.git` and letter case do not matter.",
        "# elsewhere this repository is https://github.com/owner/repo\n"
        "repoURL: git@github.com:owner/repo.git",
        "# elsewhere this repository is https://github.com/owner/repo\n"
        "repoURL: https://github.com/owner/repo.git",
    ),
    Rule(
        "argo-revision-floating",
        (Severity.WARNING,),
        "A chart or another repository is not pinned to a version.",
        "What is deployed changes without a commit, and nobody can tell which one broke it.",
        "source:\n  repoURL: https://charts.example.com\n  chart: web\n  targetRevision: 1.x",
        "source:\n  repoURL: https://charts.example.com\n  chart: web\n  targetRevision: 1.2.3",
    ),
)
# What makes a version a range, for Argo CD's semver library; `1.2` may be the name of a version.
_RANGE = re.compile(r"[*^~<>|, ]|!=|(?:^|[v.])[xX](?:\.|$)")
_SECRET_TYPE = "argocd.argoproj.io/secret-type"
_FLOATING = frozenset({"HEAD", "latest"})
_BRANCHES = frozenset({"HEAD", "main", "master", "latest", "refs/heads/main", "refs/heads/master"})


def check(model: Model) -> Iterator[RuleProblem]:
    """URLs that are nearly this repository's, and revisions that float."""
    usual = _usual_url(model)
    told: set[tuple[object, ...]] = set()
    for application in model.applications:
        for source in application.sources:
            # The Applications of a set share their template: one finding is enough.
            place = (application.manifest.place, source.location, source.repo_url)
            if not source.repo_url or (*place, source.target_revision) in told:
                continue
            told.add((*place, source.target_revision))
            near = [] if source.chart else list(_url(application, source, model, usual))
            # What is nearly this repository needs no pin: its URL is what to change.
            yield from near or _floating(application, source, model)


def _floating(application: Application, source: Source, model: Model) -> Iterator[RuleProblem]:
    revision = source.target_revision
    written = source.data.get("targetRevision")
    given = bool(written)
    if "{{" in revision or not isinstance(written or "", str):
        return
    if placeholder_in(source.repo_url) or "${" in source.repo_url:
        # Which repository it is nobody knows yet.
        return
    if source.chart or source.repo_url.startswith("oci://"):
        if not given and source.chart:
            # Argo CD refuses that, which is argo-source-invalid.
            return
        if revision not in _FLOATING and not _RANGE.search(revision):
            return
        what = f"the version {revision}" if given else "no version at all"
        message = f"{what} is no pin: a newer one comes without a commit"
    else:
        # Whose repository is not known may be this one.
        sources = model.sources
        if not sources.own or sources.is_own(source) or sources.is_around(source.repo_url):
            return
        if revision not in _BRANCHES and not _RANGE.search(revision):
            return
        message = f"{revision} of another repository is no pin: it changes without a commit here"
    yield RuleProblem(
        "argo-revision-floating",
        Severity.WARNING,
        application.manifest,
        (*source.location, "targetRevision" if given else "repoURL"),
        message,
        "Pin the version." if source.chart else "Pin a tag or a commit.",
    )


def _usual_url(model: Model) -> dict[str, str]:
    """For each spelling-independent key of this repository the form of its URL that counts.

    That is the one of its credential, of the cluster's plan, else the one of most sources.
    """
    used: dict[str, Counter[str]] = {}
    written: dict[str, str] = {}
    for application in model.applications:
        for source in application.sources:
            if not source.chart and model.sources.is_own(source):
                form = normal_url(source.repo_url)
                written.setdefault(form, source.repo_url)
                key = same_repository_key(source.repo_url)
                used.setdefault(key, Counter())[form] += 1
    known = {normal_url(url) for url in model.sources.own_urls}
    usual = {
        key: written[min(counts, key=lambda form: (-counts[form], form not in known, form))]
        for key, counts in used.items()
    }
    if model.cluster is not None:
        url = model.cluster.repository.url
        usual[same_repository_key(url)] = url
    for secret in model.of_kind("", "Secret"):
        url = text(at(secret.data, "stringData", "url"))
        if url and secret.labels.get(_SECRET_TYPE) == "repository":
            usual[same_repository_key(url)] = url
    return usual


def _url(
    application: Application, source: Source, model: Model, usual: dict[str, str]
) -> Iterator[RuleProblem]:
    url = source.repo_url
    if "{{" in url or placeholder_in(url):
        return
    key = same_repository_key(url)
    form = normal_url(url)
    expected = usual.get(key, "") if model.sources.is_own_url(url) else ""
    meant = {normal_url(item) for item in model.settings.repository}
    if expected and form != normal_url(expected) and form not in meant:
        message = f"{url} is this repository, but not as its URL is written elsewhere"
        hint = f"Argo CD takes it for another one, without a credential: write it as {expected}."
    elif near := is_nearly_own(application, source, model):
        message = f"{url} is nearly this repository, {near}"
        hint = "Its path is in this repository: name this repository's URL."
    else:
        return
    yield RuleProblem(
        "argo-repository-url",
        Severity.WARNING,
        application.manifest,
        (*source.location, "repoURL"),
        message,
        hint,
    )


def is_nearly_own(application: Application, source: Source, model: Model) -> str | None:
    """This repository, where a source probably means it though it names another owner."""
    key, given = same_repository_key(source.repo_url), model.sources.given
    near = None if key in given else _other_owner(key, given)
    return near if near and _is_of_this_repository(source, application, model) else None


def _other_owner(key: str, given: frozenset[str]) -> str | None:
    """This repository, where a key differs from its own in the owner alone."""
    parts = key.split("/")
    for own in sorted(given):
        other = own.split("/")
        if len(parts) == len(other) >= 3 and (parts[0], parts[-1]) == (other[0], other[-1]):
            return own
    return None


def _is_of_this_repository(source: Source, application: Application, model: Model) -> bool:
    """Whether what a source names lies in this repository: then it is the one that was meant."""
    files = model.sources.files
    if source.path:
        folder = normal(source.path)
        return bool(folder) and folder in files.folders
    prefix = f"${source.ref}/"
    names = [name for other in application.sources for name in other.value_files]
    return bool(source.ref) and any(
        name.startswith(prefix) and name.removeprefix(prefix) in files for name in names
    )
