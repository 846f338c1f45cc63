from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.blueprints.metadata import Component, load_component
from gitopsgen.blueprints.render import render
from gitopsgen.errors import UsageError
from gitopsgen.tree import File, Tree

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "#{cookiecutter.name}#"
BINARY = bytes(range(256)) + b"#{ cookiecutter.nothing }#"


def template(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A template with these files below its root folder."""
    (folder / ROOT).mkdir(parents=True)
    for name, content in files.items():
        path = folder / ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def component(folder: Path, files: dict[str, str | bytes]) -> Component:
    template(folder, files)
    (folder / "blueprint.yaml").write_text(
        f"name: {folder.name}\nversion: 1\nsummary: s\nwave: 5\nnamespace: web\noptions: {{}}\n",
        encoding="utf-8",
    )
    return load_component(folder)


def context(*components: Component) -> dict[str, Any]:
    described = {item.name: {"name": item.name, "wave": item.wave} for item in components}
    return {"name": "home", "_cluster": {"domain": "example.net"}, "_components": described}


def rendered(folder: Path, *components: Component) -> Tree:
    return render(folder, components, context(*components))


def error_of(folder: Path, *components: Component) -> UsageError:
    with pytest.raises(UsageError) as caught:
        rendered(folder, *components)
    return caught.value


def test_skeleton_and_components_make_one_tree(tmp_path: Path) -> None:
    skeleton = template(tmp_path / "repository", {"README.md": "# #{ cookiecutter.name }#\n"})
    blog = component(
        tmp_path / "blog",
        {
            "apps/#{cookiecutter._component.name}#.yaml": (
                "#| a remark |#\n"
                "#% if cookiecutter._component.wave == 5 %#\n"
                "wave: #{ cookiecutter._component.wave }#\n"
                "#% endif %#\n"
            )
        },
    )
    zoo = component(tmp_path / "zoo", {"apps/zoo.yaml": "#{ cookiecutter._component.name }#\n"})
    assert rendered(skeleton, blog, zoo) == {
        "README.md": File(b"# home\n"),
        "apps/blog.yaml": File(b"wave: 5\n"),
        "apps/zoo.yaml": File(b"zoo\n"),
    }


def test_what_other_tools_write_in_braces_is_left_alone(tmp_path: Path) -> None:
    text = "${{ github.ref }} {{ .Values.x }} {% raw %} {# no #} ${a#b} ${a%%b} $(c)\n"
    tree = rendered(template(tmp_path / "repository", {"file": text}))
    assert tree["file"].content.decode() == text


def test_binary_files_and_the_executable_bit_are_kept(tmp_path: Path) -> None:
    skeleton = template(
        tmp_path / "repository", {"logo.png": BINARY, "run.sh": "#!/bin/sh\n", "plain": "x\n"}
    )
    (skeleton / ROOT / "run.sh").chmod(0o700)
    (skeleton / ROOT / "plain").chmod(0o666)
    assert rendered(skeleton) == {
        "logo.png": File(BINARY),
        "plain": File(b"x\n"),
        "run.sh": File(b"#!/bin/sh\n", executable=True),
    }


def test_bytes_are_the_same_on_every_machine(tmp_path: Path) -> None:
    text = "åäö – 日本\nlast line without its end"
    tree = rendered(template(tmp_path / "repository", {"file": text}))
    assert tree["file"].content.decode() == text


def test_two_templates_that_make_the_same_file(tmp_path: Path) -> None:
    skeleton = template(tmp_path / "repository", {"README.md": "x\n"})
    blog = component(tmp_path / "blog", {"README.md": "y\n"})
    message = error_of(skeleton, blog).message
    assert message == f"{blog.folder}: blog and the repository skeleton both make README.md"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a\n#{ cookiecutter.nothing }#\n", "nothing"),
        ("#{ cookiecutter._component.options.host }#\n", "_component"),
        ("a\nb\n#% if %#\n", "file:3: "),
        ("#% for x in cookiecutter.name %#\n", "file:"),
        ("#{ 1 // 0 }#\n", "ZeroDivisionError"),
        ("#{ cookiecutter.name | no_such_filter }#\n", "no_such_filter"),
        ("#{ 'a' + 1 }#\n", "TypeError"),
        ("#% include '/etc/passwd' %#\n", "passwd"),
        ("#% include '../../outside' %#\n", "outside"),
    ],
)
def test_a_template_that_is_wrong_is_named(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "outside").write_text("secret", encoding="utf-8")
    skeleton = template(tmp_path / "repository", {"file": text})
    error = error_of(skeleton)
    assert error.message.startswith(f"{skeleton}: ")
    assert part in error.message
    assert error.hint == "Mend this blueprint's template."


@pytest.mark.parametrize("link", [f"{ROOT}/link", "link"])
def test_symbolic_links_are_refused(tmp_path: Path, link: str) -> None:
    skeleton = template(tmp_path / "repository", {"file": "x\n"})
    (skeleton / link).symlink_to("/etc/passwd")
    assert error_of(skeleton).message == f"{skeleton}: {link} is a symbolic link"


def test_a_root_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / ROOT).symlink_to(tmp_path / "elsewhere")
    assert "is a symbolic link" in error_of(tmp_path / "repository").message


@pytest.mark.parametrize(
    "name",
    [
        "#{ '..' }#",
        "#{ '' }#",
        "#{ '.' }#",
        "#{ cookiecutter.name ~ '\\x2f..\\x2f..\\x2fx' }#",
        "#% if false %#folder#% endif %#",
    ],
)
@pytest.mark.parametrize("inside", ["", "/file"])
def test_names_that_lead_out_of_the_repository_are_refused(
    tmp_path: Path, name: str, inside: str
) -> None:
    skeleton = template(tmp_path / "repository", {"good": "x\n", f"{name}{inside}": "y\n"})
    before = sorted(tmp_path.rglob("*"))
    assert "renders to the name " in error_of(skeleton).message
    assert sorted(tmp_path.rglob("*")) == before


def test_hooks_never_run(tmp_path: Path) -> None:
    skeleton = template(tmp_path / "repository", {"file": "x\n"})
    (skeleton / "hooks").mkdir()
    hook = skeleton / "hooks" / "post_gen_project.sh"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    hook.chmod(0o755)
    assert rendered(skeleton) == {"file": File(b"x\n")}
    assert not (tmp_path / "ran").exists()


def test_a_folder_without_a_template_is_named(tmp_path: Path) -> None:
    skeleton = template(tmp_path / "repository", {"file": "x\n"})
    blog = component(tmp_path / "blog", {"apps/blog.yaml": "x\n"})
    (blog.folder / ROOT / "apps/blog.yaml").unlink()
    (blog.folder / ROOT / "apps").rmdir()
    (blog.folder / ROOT).rmdir()
    assert str(blog.folder) in error_of(skeleton, blog).message
