from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gitopsgen.blueprints.metadata import Component, GroupKind, NeededSecret, ProjectNeeds
from gitopsgen.cluster.components import ComponentSpec
from gitopsgen.lifecycle.leftovers import describe, leftovers

ROLE = GroupKind("rbac.authorization.k8s.io", "ClusterRole")
CLASS = GroupKind("networking.k8s.io", "IngressClass")
CONFIG = GroupKind("", "ConfigMap")
NAMESPACE = GroupKind("", "Namespace")


def component(name: str, namespace: str, *kinds: GroupKind) -> Component:
    return Component(
        ComponentSpec(name, "S", {}),
        Path(name),
        version=1,
        wave=1,
        namespace=namespace,
        needs=ProjectNeeds(cluster_kinds=(NAMESPACE, *kinds), namespaced_kinds=(CONFIG,)),
    )


def test_what_others_need_goes_by_itself() -> None:
    removed = component("web", "web", ROLE, CLASS)
    left = leftovers(removed, [component("other", "other", ROLE)])
    assert (left.namespaces, left.kinds) == (("web",), (CLASS,))
    assert leftovers(removed, [component("other", "web", ROLE, CLASS)]).namespaces == ()
    assert describe(leftovers(removed, [component("other", "web", ROLE, CLASS)])) == [
        "Once this is pushed, Argo CD deletes the Application web."
    ]


def test_kinds_in_namespaces_stay_as_well_where_nobody_else_has_them() -> None:
    left = leftovers(component("web", "web"), [])
    assert left.kinds == (CONFIG,)
    assert any("kubectl get configmap -A" in line for line in describe(left))


def test_namespaces_of_kubernetes_are_never_deleted() -> None:
    removed = component("web", "kube-system", ROLE)
    removed = replace(removed, needs=replace(removed.needs, namespaces=("default", "web")))
    assert leftovers(removed, []).namespaces == ("web",)


def test_secrets_that_were_never_in_git_stay() -> None:
    secrets = (NeededSecret("a", "web", ("x",), "P"), NeededSecret("b", "other", ("x",), "P"))
    removed = replace(component("web", "web"), secrets=secrets)
    lines = "\n".join(describe(leftovers(removed, [])))
    assert "kubectl -n other delete secret b" in lines
    # This one goes with its namespace.
    assert "delete secret a" not in lines


def test_what_is_kept_stays_as_a_whole() -> None:
    removed = replace(component("web", "web", ROLE), keep=True)
    left = leftovers(removed, [component("other", "other", ROLE)])
    assert (left.keeps_all, left.namespaces, left.kinds) == (True, ("web",), (ROLE,))
    assert "Prune=false" in describe(left)[0]
