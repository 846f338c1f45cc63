"""Whatever an object looks like, the rules on Argo CD do not fail: schemas say what is wrong."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.validation.rules import (
    argo_crds,
    argo_duplicates,
    argo_namespaces,
    argo_resources,
    argo_sync_options,
    argo_waves,
    crd_validity,
)
from tests.validation.rules.build import findings_in, make_model

FAMILIES = (
    argo_crds,
    argo_duplicates,
    argo_namespaces,
    argo_resources,
    argo_sync_options,
    argo_waves,
    crd_validity,
)
KINDS = (
    ("v1", "ConfigMap"),
    ("v1", "Namespace"),
    ("v1", "Endpoints"),
    ("v1", "PersistentVolumeClaim"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("apiregistration.k8s.io/v1", "APIService"),
    ("argoproj.io/v1alpha1", "Application"),
    ("argoproj.io/v1alpha1", "ApplicationSet"),
    ("argoproj.io/v1beta1", "ArgoCD"),
    ("lab.example.com/v1", "Gadget"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "IngressClass"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
)
KEYS = (
    "annotations",
    "argocd.argoproj.io/hook",
    "argocd.argoproj.io/sync-options",
    "argocd.argoproj.io/sync-wave",
    "destination",
    "extraConfig",
    "group",
    "helm",
    "helm.sh/hook",
    "ingressClassName",
    "name",
    "names",
    "namespace",
    "plural",
    "resource.customizations",
    "resource.customizations.health.argoproj.io_Application",
    "resource.exclusions",
    "source",
    "sources",
    "syncOptions",
    "syncPolicy",
    "template",
    "versions",
)
SCALARS = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a", "[a: {", "Prune=x"])
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
OBJECTS = st.builds(
    lambda kind, rest: {**rest, "apiVersion": kind[0], "kind": kind[1]},
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(["metadata", "spec", "data", "rules"]), JUNK),
)
ROOT = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Application",
    "metadata": {"name": "root", "namespace": "argocd"},
    "spec": {"source": {"repoURL": "https://github.com/owner/repo", "path": "apps"}},
}


@settings(deadline=None, max_examples=150)
@given(st.lists(OBJECTS, max_size=5))
def test_junk_is_no_traceback(objects: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = {"root.yaml": json.dumps(ROOT)}
        tree |= {f"apps/{index}.yaml": json.dumps(item) for index, item in enumerate(objects)}
        model, files = make_model(Path(folder), tree)
        findings = findings_in(model, files, FAMILIES)
    assert {finding.file for finding in findings} <= set(tree)
