"""A repository's own yamllint settings, wherever yamllint is run from.

yamllint takes the file names in `extends` and `ignore-from-file` relative to the working directory,
and reads files in the encoding that an environment variable names. Here such names are relative to
the repository and files are UTF-8; everything else is left to yamllint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yamllint.config import YamlLintConfig, YamlLintConfigError, get_extended_config_file

from gitopsgen.documents.positions import Locator, Position
from gitopsgen.documents.reader import decode, read_documents

# Settings are short; whatever is larger is something else.
_MAX_BYTES = 1024 * 1024
_SETTING = re.compile(r"\b(rules|extends|ignore-from-file|ignore|yaml-files|locale)\b")


class SettingsError(Exception):
    """yamllint cannot use the settings; `position` is the place in their file to change."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that yamllint accepts and that name no other file, so that any process can use them.

    `text` is YAML for `YamlLintConfig`.
    """

    text: str

    def config(self) -> YamlLintConfig:
        """Return yamllint's own form of the settings."""
        return YamlLintConfig(content=self.text)


def load_settings(root: Path, name: str) -> Settings:
    """Return the settings in the file `name` of the repository `root`.

    Raises SettingsError where yamllint cannot use them.
    """
    text = ""
    try:
        text = _read(root / name)
        settings = Settings(yaml.safe_dump(_flatten(text, root, ())))
        settings.config()
    except _RefusedError as error:
        raise SettingsError(str(error), _place(text, str(error))) from None
    except YamlLintConfigError as error:
        message = " ".join(str(error).removeprefix("invalid config: ").split())
        raise SettingsError(message, _place(text, message)) from None
    except yaml.YAMLError as error:
        raise _syntax_error(text, error) from None
    except Exception as error:
        # PyYAML and yamllint stumble in many ways over settings of another form: a list for a
        # name, a pattern that is none, nesting without end.
        message = f"yamllint cannot read them ({type(error).__name__})"
        raise SettingsError(message, Position(1, 1)) from None
    return settings


class _RefusedError(Exception):
    """The settings name a file that cannot be used."""


def _flatten(text: str, root: Path, extended_by: tuple[Path, ...]) -> Any:
    """Return settings with everything put in that they take from other files."""
    data = yaml.safe_load(text)
    if not isinstance(data, dict) or not isinstance(data.get("rules", {}), dict):
        return data  # yamllint says what is wrong with it
    flat = {**data, "rules": {}}
    if "ignore" not in flat:
        _take_in_ignored(flat, root)
    rules = {name: _rule(options, root) for name, options in data.get("rules", {}).items()}
    base = _base(flat.pop("extends"), root, extended_by) if "extends" in flat else {}
    flat["rules"] = {**base.get("rules", {}), **rules}
    for name, options in rules.items():
        inherited = base.get("rules", {}).get(name)
        if isinstance(options, dict) and isinstance(inherited, dict):
            flat["rules"][name] = {**inherited, **options}
    if "ignore" in base and not {"ignore", "ignore-from-file"} & flat.keys():
        flat["ignore"] = base["ignore"]
    return flat


def _base(name: Any, root: Path, extended_by: tuple[Path, ...]) -> dict[str, Any]:
    if not isinstance(name, str):
        raise _RefusedError("extends should name a file, or `default` or `relaxed`")
    shipped = Path(get_extended_config_file(name))
    path = shipped if shipped.is_absolute() else root / name
    if path in extended_by:
        raise _RefusedError(f"extends: {name!a} extends itself")
    base = _flatten(_read(path), root, (*extended_by, path))
    if not isinstance(base, dict) or not isinstance(base.get("rules"), dict):
        raise _RefusedError(f"extends: {name!a} is no mapping of settings")
    return base


def _rule(options: Any, root: Path) -> Any:
    if isinstance(options, dict):
        options = dict(options)
        _take_in_ignored(options, root)
    elif options == "enable":
        return {}
    elif options == "disable":
        return False
    return options


def _take_in_ignored(options: dict[str, Any], root: Path) -> None:
    names = options.get("ignore-from-file")
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return  # not there, or yamllint says what is wrong with it
    del options["ignore-from-file"]
    options["ignore"] = [line for name in names for line in _read(root / name).splitlines()]


def _read(path: Path) -> str:
    try:
        if not path.is_file():
            raise _RefusedError(f"there is no file {path.name!a}")
        if path.stat().st_size > _MAX_BYTES:
            raise _RefusedError(f"{path.name!a} is too large for settings")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _RefusedError(f"a file cannot be read: {error}") from None
    text, problem = decode(content)
    if problem:
        raise _RefusedError(f"{path.name!a}: {problem.message}")
    return text


def _syntax_error(text: str, error: yaml.YAMLError) -> SettingsError:
    for problem in read_documents(text).problems:
        if problem.rule == "yaml-syntax":
            return SettingsError(problem.message, Position(problem.line, problem.column))
    message = " ".join(str(error).split())
    return SettingsError(message, _place(text, "extends"))


def _place(text: str, message: str) -> Position:
    """Return the place of what a message of yamllint names: `unknown option "x" for rule "y"`."""
    locator = Locator(text)
    names = re.findall(r'"([^"]*)"', message)
    for path in (("rules", *reversed(names)), ("rules", *names)):
        found = locator.key(0, path)
        if names and found != locator.key(0, ("rules",)):
            return found
    setting = _SETTING.search(message)
    return locator.key(0, (setting[1],)) if setting else Position(1, 1)
