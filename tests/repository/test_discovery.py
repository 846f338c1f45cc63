from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.discovery import Discovered, discover, local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.rendering import NoRenderer

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://github.com/o/r"
SKIPPED = "nothing is rendered here"


def application(name: str, source: str, url: str = URL) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\n"
        f"spec: {{project: default, source: {{repoURL: {url}, {source}}}}}\n"
    )


def config_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"


def found(root: Path, tree: dict[str, str], urls: tuple[str, ...] = (URL,)) -> Discovered:
    for path, text in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    files = RepositoryFiles(root)
    return discover(files, local_sources(files, urls), NoRenderer(SKIPPED))


def names(result: Discovered) -> list[str]:
    return [manifest.data["metadata"]["name"] for manifest in result.manifests]


def unchecked(result: Discovered) -> list[tuple[str, str]]:
    return [(item.what, item.reason) for item in result.unchecked]


ROOT = {"apps/root.yaml": application("root", "path: apps")}


def test_a_root_holds_itself_and_leads_to_everything(tmp_path: Path) -> None:
    result = found(
        tmp_path,
        {
            **ROOT,
            "apps/web.yaml": application("web", "path: web"),
            "web/a.yaml": config_map("a") + "---\n# nothing\n---\n" + config_map("b"),
            "unreachable/c.yaml": config_map("c"),
        },
    )
    assert names(result) == ["root", "web", "a", "b"]
    assert [app.name for app in result.applications] == ["root", "web"]
    assert [m.application for m in result.manifests] == ["root", "root", "web", "web"]
    assert unchecked(result) == []


def test_a_root_outside_of_what_it_holds_is_applied_too(tmp_path: Path) -> None:
    tree = {
        "root.yaml": application("root", "path: apps"),
        "apps/web.yaml": application("web", "chart: x"),
    }
    result = found(tmp_path, tree)
    assert names(result) == ["web", "root"]
    assert unchecked(result) == [("chart x HEAD from https://github.com/o/r", SKIPPED)]


def test_an_application_that_no_root_reaches_is_left_out(tmp_path: Path) -> None:
    tree = {**ROOT, "old/web.yaml": application("web", "path: web"), "web/a.yaml": config_map("a")}
    assert names(found(tmp_path, tree)) == ["root"]


def test_without_a_root_every_application_is_one(tmp_path: Path) -> None:
    tree = {
        "one.yaml": application("one", "path: x"),
        "two.yaml": application("two", "path: z"),
        "x/a.yaml": config_map("a"),
        "z/b.yaml": config_map("b"),
    }
    assert sorted(names(found(tmp_path, tree))) == ["a", "b", "one", "two"]


def test_without_applications_every_manifest_counts_but_those_of_tools(tmp_path: Path) -> None:
    tree = {
        "a.yaml": config_map("a"),
        "notes.yaml": "just: notes\n",
        ".github/workflows/ci.yaml": config_map("ci"),
        "chart/Chart.yaml": config_map("chart"),
        "chart/templates/b.yaml": config_map("{{ x }}"),
        "base/kustomization.yaml": "resources: [c.yaml]\n",
        "base/c.yaml": config_map("c"),
    }
    assert names(found(tmp_path, tree)) == ["a"]


def test_where_most_is_reached_by_no_root_the_rest_is_applied_by_hand(tmp_path: Path) -> None:
    tree = {**ROOT, "apps/web.yaml": application("web", "path: web"), "web/a.yaml": config_map("a")}
    for number in range(9):
        tree[f"x/{number}.yaml"] = application(f"x{number}", f"path: y/{number}")
        tree[f"y/{number}/b.yaml"] = config_map(f"b{number}")
    few = found(tmp_path, tree)
    assert sorted(names(few)) == ["a", "root", "web"]
    # What the nine hold goes with them.
    assert len(few.unreached) == 9
    tree["x/9.yaml"] = application("x9", "path: y/9")
    tree["archive/x.yaml"] = application("old", "path: y/0")
    tree["base/kustomization.yaml"] = "resources: [in/x.yaml, 5]\n"
    tree["base/out.yaml"] = application("left-out", "path: y/0")
    tree["base/in/x.yaml"] = application("left-in", "path: y/0")
    many = found(tmp_path, tree)
    numbered = {f"{letter}{number}" for letter in "xb" for number in range(10)} - {"b9"}
    assert {*names(many)} == {"a", "root", "web", "left-in", *numbered}
    assert many.unreached == ()


def test_a_root_that_reaches_most_is_enough(tmp_path: Path) -> None:
    tree = {**ROOT}
    for number in range(10):
        tree[f"apps/{number}.yaml"] = application(f"a{number}", "path: none")
        tree[f"x/{number}.yaml"] = application(f"x{number}", "path: none")
    assert len(found(tmp_path, tree).unreached) == 10


@pytest.mark.parametrize("folder", ["tests", "a/fixtures/b", "TestData", "node_modules"])
def test_what_is_for_tests_is_nobodys(tmp_path: Path, folder: str) -> None:
    tree = {
        **ROOT,
        "apps/web.yaml": application("web", "path: web"),
        f"{folder}/app.yaml": application("x", "path: web"),
        f"{folder}/broken.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\na: [\n",
        f"{folder}/a.yaml": config_map("a"),
    }
    result = found(tmp_path, tree)
    assert names(result) == ["root", "web"]
    assert result.unreached == ()
    assert result.complete is False  # There is no folder web.
    tree["apps/web.yaml"] = application("web", f"path: {folder}")
    assert sorted(names(found(tmp_path, tree))) == ["a", "root", "web", "x"]


def test_patches_of_applications_are_none(tmp_path: Path) -> None:
    tree = {
        **ROOT,
        "over/kustomization.yaml": (
            "resources: [own.yaml]\npatches: [{path: a.yaml}, {patch: b.yaml}, 5]\n"
            "patchesStrategicMerge: [c.yaml, '- a\\n- b']\npatchesJson6902: {}\n"
        ),
        **{f"over/{name}.yaml": application(name, "path: x") for name in ("own", "a", "b", "c")},
    }
    result = found(tmp_path, tree)
    unreached = [manifest.data["metadata"]["name"] for manifest in result.unreached]
    assert sorted(unreached) == ["b", "own"]


def test_without_applications_objects_of_other_programs_are_nobodys(tmp_path: Path) -> None:
    documents = [
        "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n",
        "apiVersion: tool.example.com/v1\nkind: Recipe\nsteps: []\n",
        "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: gadget}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: {}\n",
        "apiVersion: batch/v1\nkind: Job\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n",
    ]
    tree = {"a.yaml": "---\n".join(documents)}
    kinds = [manifest.kind for manifest in found(tmp_path, tree).manifests]
    assert sorted(kinds) == ["ConfigMap", "Gadget", "Ingress", "Job"]


@pytest.mark.parametrize("name", ["base/kustomization.yaml", "chart/Chart.yaml"])
def test_without_applications_tools_leave_it_open_what_goes_together(
    tmp_path: Path, name: str
) -> None:
    assert found(tmp_path, {"a.yaml": config_map("a")}).complete
    assert not found(tmp_path, {name: "name: x\n"}).complete


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("path: x", ["a", "b"]),
        ("path: ./x/", ["a", "b"]),
        ("path: x, directory: {recurse: true}", ["a", "b", "c"]),
        ("path: x, directory: {include: 'a*'}", ["a"]),
        ("path: x, directory: {exclude: '{a,c}.yaml'}", ["b"]),
        ("path: x, directory: {recurse: true, include: '*/c.yaml'}", ["c"]),
        ("path: ../x", []),
        ("path: y", []),
        ("path: x, plugin: {}", []),
        ("path: x, directory: [1], helm: 3", ["a", "b"]),
    ],
)
def test_directory_sources(tmp_path: Path, source: str, expected: list[str]) -> None:
    tree = {
        "app.yaml": application("app", source),
        "x/a.yaml": config_map("a"),
        "x/b.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}',
        "x/values.txt": config_map("no"),
        "x/skipped.yml": "# +argocd:skip-file-rendering\n" + config_map("skipped"),
        "x/sub/c.yaml": config_map("c"),
    }
    assert sorted(names(found(tmp_path, tree))) == sorted(["app", *expected])


def test_lists_are_their_items_and_other_yaml_is_nobodys(tmp_path: Path) -> None:
    item = "  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: %s}\n"
    tree = {
        "app.yaml": application("app", "path: x"),
        "x/list.yaml": "apiVersion: v1\nkind: List\nitems:\n" + item % "a" + "  - 3\n" + item % "b",
        "x/values.yaml": "image: nginx\n",
        "x/empty.yaml": "",
    }
    result = found(tmp_path, tree)
    assert names(result) == ["app", "a", "b"]
    assert [m.path for m in result.manifests] == [(), ("items", 0), ("items", 2)]


def test_an_application_in_a_list_is_followed(tmp_path: Path) -> None:
    body = "\n    ".join(application("web", "path: web").strip().split("\n"))
    tree = {
        **ROOT,
        "apps/list.yaml": f"apiVersion: v1\nkind: List\nitems:\n  - {body}\n",
        "web/a.yaml": config_map("a"),
    }
    assert names(found(tmp_path, tree)) == ["web", "root", "a"]


def test_what_nobody_here_can_look_at_is_listed_with_the_reason(tmp_path: Path) -> None:
    tree = {
        **ROOT,
        "apps/a.yaml": application("a", "path: x", "https://elsewhere.example/o/r"),
        "apps/b.yaml": application("b", "path: kust"),
        "apps/c.yaml": application("c", "path: chart"),
        "apps/d.yaml": application("d", "path: nothing"),
        "apps/e.yaml": application("e", "path: js"),
        "apps/set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: set}\nspec: {}\n",
        "kust/kustomization.yaml": "resources: []\n",
        "chart/Chart.yaml": "name: chart\n",
        "js/a.jsonnet": "{}",
    }
    assert unchecked(found(tmp_path, tree)) == [
        ("source x", "it is in another repository, https://elsewhere.example/o/r"),
        ("kustomization kust", SKIPPED),
        ("chart chart", SKIPPED),
        ("source nothing", "there is no such folder in this repository"),
        ("js/a.jsonnet", "Jsonnet is not evaluated"),
        ("ApplicationSet set", "its generators are no list"),
    ]


FORKED = {
    "apps/root.yaml": application("root", "path: apps"),
    "apps/web.yaml": application("web", "path: web"),
    "web/a.yaml": config_map("a"),
}


@pytest.mark.parametrize("remote", ["https://github.com/me/r", "git@work:o/r.git", "/srv/r.git"])
def test_a_fork_or_mirror_is_the_repository_that_its_sources_name(
    tmp_path: Path, remote: str
) -> None:
    assert names(found(tmp_path, FORKED, (remote,))) == ["root", "web", "a"]


def test_a_fork_of_another_name_is_told_by_its_paths(tmp_path: Path) -> None:
    more = {
        "apps/shop.yaml": application("shop", "path: shop"),
        "shop/b.yaml": config_map("b"),
    }
    result = found(tmp_path, {**FORKED, **more}, ("https://github.com/me/fork",))
    assert result.complete
    assert {"a", "b"} <= {*names(result)}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "apps/shop.yaml": application("shop", "path: shop"),
            "shop/b.yaml": config_map("b"),
            "apps/c.yaml": application("c", "path: not-here"),
        },
    ],
)
def test_paths_that_are_here_by_chance_make_no_fork(tmp_path: Path, more: dict[str, str]) -> None:
    result = found(tmp_path, {**FORKED, **more}, ("https://github.com/me/other",))
    assert not result.complete
    assert "a" not in names(result)


def test_with_one_source_of_the_remote_others_are_of_others(tmp_path: Path) -> None:
    here = {"apps/here.yaml": application("here", "path: web", "https://github.com/me/r")}
    result = found(tmp_path, {**FORKED, **here}, ("https://github.com/me/r",))
    assert ("source apps", f"it is in another repository, {URL}") in unchecked(result)


def test_the_own_url_is_guessed_from_paths_that_are_here(tmp_path: Path) -> None:
    tree = {
        "one.yaml": application("one", "path: x", "git@git.example:o/r.git"),
        "two.yaml": application("two", "path: y", "https://elsewhere.example/o/r"),
        "x/a.yaml": config_map("a"),
    }
    assert "a" in names(found(tmp_path, tree, urls=()))


def test_values_of_this_repository_are_read(tmp_path: Path) -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: app}\n"
        "spec:\n  sources:\n"
        "    - repoURL: https://charts.example\n      chart: x\n"
        "      helm: {valueFiles: [$v/x.yaml, $w/x.yaml]}\n"
        f"    - {{repoURL: {URL}, ref: v}}\n"
    )
    assert found(tmp_path, {"app.yaml": text, "x.yaml": "a: 1\n"}).value_files == ("x.yaml",)


@pytest.mark.parametrize(
    "spec", ["3", "[]", "{source: 3}", "{sources: {}}", "{sources: [3, []]}", "{source: {path: 3}}"]
)
def test_odd_applications_do_no_harm(tmp_path: Path, spec: str) -> None:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: []\nspec: {spec}\n"
    assert len(found(tmp_path, {"app.yaml": text}).manifests) == 1


def test_a_file_for_a_template_engine_is_nobodys_manifest(tmp_path: Path) -> None:
    tree = {"a.yaml": config_map("a"), "template.yaml": config_map("{{ name }}: [") + "{% x %}\n"}
    result = found(tmp_path, tree)
    assert names(result) == ["a"]
    assert result.manifest_files == ("a.yaml",)


def test_a_root_that_does_not_parse_is_read_and_leaves_the_rest_unknown(tmp_path: Path) -> None:
    tree = {
        "apps/root.yaml": ROOT["apps/root.yaml"] + "\tbroken",
        "apps/a.yaml": application("a", "path: a"),
        "a/a.yaml": config_map("a"),
    }
    result = found(tmp_path, tree)
    assert "apps/root.yaml" in result.manifest_files
    assert not result.complete


def test_a_manifest_that_does_not_parse_leaves_its_application_unknown(tmp_path: Path) -> None:
    tree = {
        "a.yaml": application("a", "path: a"),
        "a/a.yaml": config_map("a"),
        "a/b.yaml": config_map("b") + "\tbroken",
    }
    result = found(tmp_path, tree)
    assert [application.name for application in result.incomplete] == ["a"]


@pytest.mark.parametrize(
    "name", ["chart/templates/app.yaml", ".hidden/app.yaml", "filled/in.yaml", "other.yaml"]
)
def test_a_broken_file_that_is_no_application_is_nobodys(tmp_path: Path, name: str) -> None:
    broken = application("b", "path: b") + "\tbroken"
    text = broken + "{{ .a }}" if name.startswith("filled") else broken
    tree = {
        **ROOT,
        "chart/Chart.yaml": "name: a\nversion: 1.0.0\n",
        name: text.replace("argoproj.io/", "") if name == "other.yaml" else text,
    }
    result = found(tmp_path, tree)
    assert result.manifest_files == ("apps/root.yaml",)
    assert result.complete


def test_what_stands_in_the_file_of_a_root_is_applied_with_it(tmp_path: Path) -> None:
    tree = {
        "root.yaml": application("root", "path: apps") + "---\n" + application("more", "path: z"),
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": config_map("a"),
        "z/b.yaml": config_map("b"),
    }
    result = found(tmp_path, tree)
    assert sorted(names(result)) == ["a", "b", "more", "root", "web"]
    assert result.unapplied == ()


@pytest.mark.parametrize("name", ["x.tmpl.yaml", "x.ftl.yaml", "x.template.yml", "template.yaml"])
def test_files_that_somebody_fills_in_are_none_of_the_repository(tmp_path: Path, name: str) -> None:
    tree = {"web.yaml": application("web", "path: x"), f"in/{name}": application("in", "path: y")}
    tree[f"broken.{name}"] = f"{application('b', 'path: z')}<#if x>\n"
    tree["x/a.yaml"] = config_map("a")
    result = found(tmp_path, tree)
    assert sorted(names(result)) == ["a", "web"]
    assert result.manifest_files == ("web.yaml", "x/a.yaml")


def test_a_source_takes_files_of_any_name(tmp_path: Path) -> None:
    tree = {"web.yaml": application("web", "path: x"), "x/a.tmpl.yaml": config_map("a")}
    assert sorted(names(found(tmp_path, tree))) == ["a", "web"]


def test_what_nothing_applies_is_known_where_every_application_is_a_root(tmp_path: Path) -> None:
    tree = {"web.yaml": application("web", "path: x"), "x/a.yaml": config_map("a")}
    tree["by-hand/b.yaml"] = config_map("b")
    result = found(tmp_path, tree)
    assert [manifest.file for manifest in result.unapplied] == ["by-hand/b.yaml"]
    assert result.unreached == ()


def test_what_has_no_spec_beside_a_kustomization_is_a_patch(tmp_path: Path) -> None:
    kept = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\n"
    tree = {
        "web.yaml": application("web", "path: x"),
        "x/a.yaml": config_map("a"),
        "over/kustomization.yaml": "resources: []\n",
        "over/patches/wave.yaml": kept,
    }
    assert sorted(names(found(tmp_path, tree))) == ["a", "web"]


def test_beside_a_set_that_generates_what_nobody_knows_all_are_roots(tmp_path: Path) -> None:
    tree = {
        "set.yaml": (
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set}\n"
            "spec: {generators: [{clusters: {}}], template: {metadata: {name: '{{name}}'}}}\n"
        ),
        "web.yaml": application("web", "path: x"),
        "x/a.yaml": config_map("a"),
    }
    result = found(tmp_path, tree)
    assert sorted(names(result)) == ["a", "set", "web"]
    assert result.unreached == ()


JSON = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}'


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (JSON, ["a.json"]),
        (JSON.replace('"metadata": {"name": "a"}', '"metadata": {"name": "a"'), ["a.json"]),
        (f'{{"examples": [{JSON}]}}', []),
        (f'{{"examples": [{JSON}]', []),
        ('{"name": "web", "version": "1.0.0"}', []),
    ],
    ids=["a manifest", "a broken one", "examples", "broken examples", "another program's"],
)
def test_json_where_no_application_is(tmp_path: Path, text: str, files: list[str]) -> None:
    assert list(found(tmp_path, {"a.json": text}).manifest_files) == files


@pytest.mark.parametrize(
    "head",
    [
        "apiVersion: backstage.io/v1alpha1\nkind: Component",
        "apiVersion: skaffold/v4beta6\nkind: Config",
        "apiVersion: tanka.dev/v1alpha1\nkind: Environment",
        "apiVersion: v1\nkind: Config",
    ],
)
def test_settings_of_other_programs_are_nobody_s_to_apply(tmp_path: Path, head: str) -> None:
    tree = {"a.yaml": f"{head}\nmetadata: {{name: a}}\n"}
    assert found(tmp_path / "one", tree | {"b.yaml": config_map("b")}).manifests[0].file == "b.yaml"
    tree |= {"root.yaml": application("root", "path: apps"), "apps/b.yaml": config_map("b")}
    tree["apps/web.yaml"] = application("web", "path: web")
    result = found(tmp_path / "two", tree)
    assert result.unapplied == ()
    assert result.unreached == ()


def test_who_applies_an_overlay_stands_in_for_nobody_s_chart(tmp_path: Path) -> None:
    tree = {
        "base/kustomization.yaml": "resources: [app.yaml]\n",
        "base/app.yaml": application("web", "path: web"),
        "over/kustomization.yaml": "namePrefix: a-\nresources: [../base]\n",
        "web/a.yaml": config_map("a"),
    }
    result = found(tmp_path, tree)
    assert ("kustomization over", SKIPPED) in unchecked(result)
    assert result.stand_ins == frozenset()
