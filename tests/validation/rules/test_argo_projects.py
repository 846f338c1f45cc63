from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.repository.settings import Provided, Settings
from gitopsgen.validation.rules import argo_projects
from gitopsgen.validation.rules.argo_project_model import Cluster, Project
from tests.validation.rules.build import SERVER, URL, application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.findings import Finding

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\n"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"
CREATE = "  syncPolicy: {syncOptions: [Validate=true, CreateNamespace=true]}\n"
OPEN = "sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]"
WEB = application("web", "path: web").replace("project: default", "project: web")


def project(spec: str, name: str = "web", extra: str = "") -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
        f"metadata: {{name: {name}, namespace: argocd{extra}}}\nspec: {{{spec}}}\n"
    )


def found(
    tmp_path: Path, tree: Mapping[str, str], settings: Settings | None = None
) -> list[Finding]:
    model, files = make_model(tmp_path, tree, settings=settings)
    return findings_in(model, files, [argo_projects])


def world(spec: str, *, app: str = WEB, **more: str) -> dict[str, str]:
    """A root that holds a project and an Application, web, with a ConfigMap."""
    return {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/project.yaml": project(spec),
        "apps/web.yaml": app,
        "web/a.yaml": CONFIG,
        **{path.replace("__", "/") + ".yaml": text for path, text in more.items()},
    }


def test_a_project_that_is_no_app_project(tmp_path: Path) -> None:
    tree = world(OPEN, app=WEB.replace("project: web", "project: wbe"))
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-project-missing apps/web.yaml:5:12"]
    assert finding.hint == "Did you mean web?"


def test_a_project_where_argo_cd_does_not_look(tmp_path: Path) -> None:
    tree = world(OPEN)
    tree["apps/project.yaml"] = project(OPEN).replace("namespace: argocd", "namespace: web")
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-project-missing apps/web.yaml:5:12"]
    assert "argocd" in finding.hint


def test_a_project_of_another_argo_cd(tmp_path: Path) -> None:
    tree = world(OPEN, app=WEB.replace("namespace: argocd}", "namespace: gitops}"))
    tree["apps/project.yaml"] = project(OPEN).replace("namespace: argocd", "namespace: gitops")
    assert found(tmp_path, tree) == []


def test_a_project_in_a_repository_without_any(tmp_path: Path) -> None:
    tree = {"app.yaml": WEB, "web/a.yaml": CONFIG}
    assert places(found(tmp_path, tree)) == ["argo-project-missing app.yaml:5:12"]


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param({"app.yaml": application("web", "path: web")}, id="default"),
        pytest.param({"app.yaml": WEB.replace("  project: web\n", "")}, id="none is default"),
        pytest.param(
            {
                "app.yaml": WEB,
                "more.yaml": application("more", "repoURL: https://github.com/o/x, path: a"),
            },
            id="something was not looked at",
        ),
        pytest.param(
            {
                "root.yaml": application("root", "path: apps", namespace="argocd"),
                "apps/web.yaml": WEB,
                "bootstrap/project.yaml": project(OPEN),
            },
            id="a project that is applied by hand",
        ),
        pytest.param(
            {"app.yaml": WEB, "projects/web.yaml": project(OPEN)},
            id="a project that is applied by hand, as all is",
        ),
    ],
)
def test_projects_that_are_there_or_may_be(tmp_path: Path, tree: Mapping[str, str]) -> None:
    assert found(tmp_path, {**tree, "web/a.yaml": CONFIG}) == []


DESTINATIONS = "destinations: [{server: '*', namespace: '*'}]"


@pytest.mark.parametrize(
    "repositories",
    [
        "['https://github.com/*']",
        "['https://github.com/owner/other']",
        "['git@github.com:owner/repo.git']",
        "['https://github.com/owner/repo/']",
        "['*', '!https://github.com/owner/*']",
        "[]",
        "[5, {}]",
    ],
)
def test_a_repository_that_is_not_permitted(tmp_path: Path, repositories: str) -> None:
    tree = world(f"sourceRepos: {repositories}, {DESTINATIONS}")
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-project-source apps/web.yaml:7:21"]
    assert URL in finding.message


@pytest.mark.parametrize(
    "repositories",
    [
        "['*']",
        "['https://github.com/**']",
        "['https://github.com/owner/*']",
        "['https://GitHub.com/Owner/repo.git']",
        "['!https://github.com/other/*']",
        "['https://github.com/none', 'https://*/owner/repo']",
    ],
)
def test_a_repository_that_is_permitted(tmp_path: Path, repositories: str) -> None:
    assert found(tmp_path, world(f"sourceRepos: {repositories}, {DESTINATIONS}")) == []


def credential(kind: str, content: str) -> str:
    return (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: r, namespace: argocd, labels: "
        f"{{argocd.argoproj.io/secret-type: {kind}}}}}\n{content}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        credential("repository", f"stringData: {{project: web, url: {URL}}}"),
        credential(
            "repository",
            "data: {project: d2Vi, url: aHR0cHM6Ly9naXRodWIuY29tL293bmVyL3JlcG8=}",
        ),
        credential("cluster", "stringData: {project: web}"),
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: r}\n"
        "spec:\n  encryptedData: {project: AgA=, url: AgB=}\n"
        "  template: {metadata: {labels: {argocd.argoproj.io/secret-type: repository}}}\n",
    ],
)
def test_credentials_that_belong_to_the_project(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, world(f"sourceRepos: [], {DESTINATIONS}", apps__secret=text)) == []


def test_credentials_that_belong_to_no_project(tmp_path: Path) -> None:
    secret = credential("repository", f"stringData: {{url: {URL}}}")
    tree = world(f"sourceRepos: [], {DESTINATIONS}", apps__secret=secret)
    assert places(found(tmp_path, tree)) == ["argo-project-source apps/web.yaml:7:21"]


def test_global_projects_may_permit_more(tmp_path: Path) -> None:
    settings = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\n"
        "data: {globalProjects: '- projectName: all'}\n"
    )
    assert found(tmp_path, world("sourceRepos: []", apps__cm=settings)) == []
    assert found(tmp_path / "loose", {**world("sourceRepos: []"), "argocd/cm.yaml": settings}) == []
    other = settings.replace("globalProjects", "other")
    assert found(tmp_path / "other", {**world("sourceRepos: []"), "argocd/cm.yaml": other}) != []


@pytest.mark.parametrize(
    "tree",
    [
        {"argocd/globalProjects": "- projectName: all\n"},
        {
            "argocd/kustomization.yaml": "configMapGenerator:\n"
            "  - {name: argocd-cm, files: [globalProjects=projects.txt]}\n"
        },
    ],
)
def test_settings_that_a_kustomization_makes(tmp_path: Path, tree: dict[str, str]) -> None:
    assert found(tmp_path, {**world("sourceRepos: []"), **tree}) == []


@pytest.mark.parametrize(
    ("destinations", "place"),
    [
        ("[{server: '*', namespace: shop}]", "6:68"),
        (f"[{{server: '{SERVER}', namespace: 'web-*'}}]", "6:68"),
        ("[{name: in-cluster, namespace: '!web'}]", "6:68"),
        ("[{server: '*', namespace: '*'}, {server: '*', namespace: '!web'}]", "6:68"),
        ("[{server: 'https://10.0.0.1', namespace: web}]", "6:25"),
        ("[{namespace: web}]", "6:25"),
        ("[]", "6:25"),
        ("[5]", "6:25"),
    ],
)
def test_a_destination_that_is_not_permitted(tmp_path: Path, destinations: str, place: str) -> None:
    tree = world(f"sourceRepos: ['*'], destinations: {destinations}")
    assert places(found(tmp_path, tree)) == [f"argo-project-destination apps/web.yaml:{place}"]


@pytest.mark.parametrize(
    "destinations",
    [
        "[{server: '*', namespace: '*'}]",
        "[{name: in-cluster, namespace: web}]",
        "[{name: 'in-*', namespace: 'w?b'}]",
        "[{server: 'https://*', namespace: '{web,shop}'}]",
        "[{server: '*', namespace: '!kube-system'}]",
        "[{server: 'https://10.0.0.1', namespace: web}, {name: '*', namespace: '*'}]",
    ],
)
def test_a_destination_that_is_permitted(tmp_path: Path, destinations: str) -> None:
    assert found(tmp_path, world(f"sourceRepos: ['*'], destinations: {destinations}")) == []


def test_a_cluster_of_which_only_the_name_is_known(tmp_path: Path) -> None:
    app = WEB.replace(f"server: {SERVER}", "name: far")
    tree = world("sourceRepos: ['*'], destinations: [{server: 'https://10.*', namespace: web}]")
    assert found(tmp_path, {**tree, "apps/web.yaml": app}) == []


def test_the_namespace_of_a_resource_that_is_not_permitted(tmp_path: Path) -> None:
    other = CONFIG.replace("name: a", "name: b, namespace: shop")
    spec = "sourceRepos: ['*'], destinations: [{server: '*', namespace: web}]"
    tree = world(spec, web__b=other, web__c=other.replace("name: b", "name: c"))
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-project-destination web/b.yaml:3:32"]
    assert "shop" in finding.message


CLUSTER_ROLE = "{group: rbac.authorization.k8s.io, kind: ClusterRole"


@pytest.mark.parametrize(
    "lists",
    [
        "",
        "clusterResourceWhitelist: []",
        "clusterResourceWhitelist: [{group: '', kind: Namespace}]",
        f"clusterResourceWhitelist: [{CLUSTER_ROLE}, name: 'b*'}}]",
        "clusterResourceWhitelist: [{group: '*', kind: '*'}], "
        "clusterResourceBlacklist: [{group: 'rbac.*', kind: Cluster*}]",
    ],
)
def test_a_cluster_scoped_kind_that_is_not_permitted(tmp_path: Path, lists: str) -> None:
    (finding,) = found(tmp_path, world(f"{OPEN}, {lists}", web__role=ROLE))
    assert places([finding]) == ["argo-project-kind web/role.yaml:2:7"]
    assert "ClusterRole of rbac.authorization.k8s.io" in finding.message


@pytest.mark.parametrize(
    "lists",
    [
        "clusterResourceWhitelist: [{group: '*', kind: '*'}]",
        f"clusterResourceWhitelist: [{CLUSTER_ROLE}}}]",
        f"clusterResourceWhitelist: [{CLUSTER_ROLE}, name: 'a*'}}]",
        "clusterResourceWhitelist: [{group: 'rbac.*', kind: Cluster*}], "
        "clusterResourceBlacklist: [{group: '', kind: Namespace}]",
    ],
)
def test_a_cluster_scoped_kind_that_is_permitted(tmp_path: Path, lists: str) -> None:
    assert found(tmp_path, world(f"{OPEN}, {lists}", web__role=ROLE)) == []


@pytest.mark.parametrize(
    ("lists", "finds"),
    [
        ("namespaceResourceWhitelist: []", True),
        ("namespaceResourceWhitelist: [{group: apps, kind: '*'}]", True),
        ("namespaceResourceBlacklist: [{group: '', kind: ConfigMap}]", True),
        ("namespaceResourceWhitelist: null", False),
        ("namespaceResourceWhitelist: [{group: '', kind: Config*}]", False),
        ("namespaceResourceBlacklist: []", False),
        ("namespaceResourceBlacklist: [{group: '', kind: ResourceQuota}]", False),
    ],
)
def test_namespaced_kinds(tmp_path: Path, lists: str, finds: bool) -> None:
    places_found = places(found(tmp_path, world(f"{OPEN}, {lists}")))
    assert places_found == (["argo-project-kind web/a.yaml:2:7"] if finds else [])


@pytest.mark.parametrize(
    "manifest",
    [
        ROLE.replace("name: a", "name: a, annotations: {helm.sh/hook: test}"),
        "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: a}\n",
    ],
)
def test_what_is_never_synced_or_of_unknown_scope(tmp_path: Path, manifest: str) -> None:
    assert found(tmp_path, world(OPEN, web__b=manifest)) == []


def test_a_namespace_that_an_option_makes(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, world(OPEN, app=WEB + CREATE))
    assert places([finding]) == ["argo-project-kind apps/web.yaml:8:45"]
    assert "Namespace" in finding.message


@pytest.mark.parametrize(
    ("spec", "more"),
    [
        (f"{OPEN}, clusterResourceWhitelist: [{{group: '', kind: Namespace}}]", {}),
        (f"{OPEN}, clusterResourceWhitelist: [{{group: '', kind: Namespace, name: web}}]", {}),
        (OPEN, {"apps__namespace": NAMESPACE}),
        (OPEN, {"bootstrap__namespace": NAMESPACE}),
        (OPEN, {"apps__two": application("two", "path: two") + CREATE, "two__a": CONFIG}),
    ],
)
def test_a_namespace_that_is_permitted_or_there(
    tmp_path: Path, spec: str, more: Mapping[str, str]
) -> None:
    assert found(tmp_path, world(spec, app=WEB + CREATE, **more)) == []


def test_a_namespace_that_the_cluster_has(tmp_path: Path) -> None:
    settings = Settings(provides=Provided(namespaces=frozenset({"web"})))
    assert found(tmp_path, world(OPEN, app=WEB + CREATE), settings) == []


def test_metadata_of_a_namespace_that_is_there(tmp_path: Path) -> None:
    managed = CREATE.replace("{sync", "{managedNamespaceMetadata: {labels: {a: b}}, sync")
    tree = world(OPEN, app=WEB + managed, apps__namespace=NAMESPACE)
    assert places(found(tmp_path, tree)) == ["argo-project-kind apps/web.yaml:8:89"]


def test_two_projects_of_one_name_permit_what_either_permits(tmp_path: Path) -> None:
    other = project(f"{OPEN}, clusterResourceWhitelist: [{{group: '*', kind: '*'}}]")
    tree = world(OPEN, web__role=ROLE, apps__other=other.replace("argocd", "gitops"))
    assert found(tmp_path, tree) == []


HYDRATED = WEB.replace(
    f"  source: {{repoURL: {URL}, path: web}}\n",
    f"  sourceHydrator:\n    drySource: {{repoURL: {URL}, path: web, targetRevision: HEAD}}\n"
    "    syncSource: {targetBranch: live, path: web}\n",
)


@pytest.mark.parametrize(
    ("spec", "web", "place"),
    [
        (
            "sourceRepos: [https://github.com/owner/other], destinations: [{server: '*', "
            "namespace: '*'}]",
            {},
            "argo-project-source apps/web.yaml:8:26",
        ),
        (
            "sourceRepos: ['*'], destinations: [{server: '*', namespace: shop}]",
            {},
            "argo-project-destination apps/web.yaml:6:68",
        ),
        (OPEN, {"web__role": ROLE}, "argo-project-kind web/role.yaml:2:7"),
    ],
)
def test_what_the_source_hydrator_makes(
    tmp_path: Path, spec: str, web: dict[str, str], place: str
) -> None:
    assert "drySource" in HYDRATED
    assert places(found(tmp_path, world(spec, app=HYDRATED, **web))) == [place]


def test_where_the_source_hydrator_writes_to(tmp_path: Path) -> None:
    app = HYDRATED.replace("live, path", "live, repoURL: https://github.com/owner/live, path")
    permitted = f"sourceRepos: [{URL}, %s], destinations: [{{server: '*', namespace: '*'}}]"
    tree = world(permitted % "https://github.com/owner/live", app=app)
    assert found(tmp_path / "a", tree) == []
    tree = world(permitted % "https://github.com/owner/dead", app=app)
    assert places(found(tmp_path / "b", tree)) == ["argo-project-source apps/web.yaml:9:47"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["server", "name", "namespace", "group", "kind"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "sourceRepos",
        "destinations",
        "clusterResourceWhitelist",
        "clusterResourceBlacklist",
        "namespaceResourceWhitelist",
        "namespaceResourceBlacklist",
        "sourceNamespaces",
    ]
)


@given(st.dictionaries(KEYS, JUNK, max_size=5))
def test_a_project_of_any_shape_has_an_answer(spec: dict[str, object]) -> None:
    subject = Project("web", spec)
    assert subject.permits_source(URL) in {True, False}
    assert subject.permits_destination(Cluster(SERVER, None), "web") in {True, False, None}
    assert subject.permits_cluster(Cluster(None, "far")) in {True, False}
    assert subject.permits_kind("", "Node", "a", namespaced=False) in {True, False}
    assert subject.takes_applications_of("web") in {True, False}
    assert subject.names_cluster_kinds in {True, False}


@pytest.mark.parametrize("place", ["argocd", "gitops"])
def test_a_project_that_somebody_applies_by_hand(tmp_path: Path, place: str) -> None:
    operator = (
        "apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\n"
        f"metadata: {{name: argocd, namespace: {place}}}\n"
    )
    own = project(OPEN).replace("namespace: argocd", f"namespace: {place}")
    tree = {"app.yaml": WEB, "web/a.yaml": CONFIG, "by-hand/project.yaml": own}
    assert found(tmp_path, {**tree, "by-hand/argocd.yaml": operator}) == []
