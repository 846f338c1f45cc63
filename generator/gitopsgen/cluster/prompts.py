"""The questions that `gitopsgen new` asks on a terminal, and the plan that it shows."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING, Any

import click

from gitopsgen.cluster.addresses import address_table
from gitopsgen.cluster.core_schema import CORE_PROPERTIES, FORM
from gitopsgen.cluster.proposals import Answers, compose_text, propose_network
from gitopsgen.cluster.schema_findings import schema_problems
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gitopsgen.cluster.components import ComponentSpec
    from gitopsgen.cluster.model import Cluster

_PROMPT = "x-prompt"
# Only where the domain's DNS is there: the one component that is not for everybody.
_OPTIONAL_ROLE = "wildcard-certificate"


def ask(specs: Sequence[ComponentSpec]) -> str:
    """Ask for what cannot be known and return a cluster.yaml with everything else proposed.

    An answer that cannot be right is asked for again, with the reason. Raises `click.Abort`
    where the person gives up.
    """
    network = CORE_PROPERTIES["network"]["properties"]
    name = _ask("Name of the cluster", _matching(CORE_PROPERTIES["name"]), "home")
    domain = _ask("Domain of its hosts", _matching(CORE_PROPERTIES["domain"]))
    url = CORE_PROPERTIES["repository"]["properties"]["url"]
    repository = _ask("git repository that Argo CD will read", _matching(url))
    servers = _ask("Addresses of the servers (one or three, separated by spaces)", _servers)
    workers = _ask(
        "Addresses of the workers (may be empty)", lambda text: _machines(text, servers), ""
    )
    interface = _ask("Network interface of the machines", _matching(network["interface"]), "eth0")
    optional = [spec for spec in specs if spec.role == _OPTIONAL_ROLE]
    chosen = tuple(spec.name for spec in specs if spec not in optional)
    if optional and click.confirm(f"{optional[0].name}: {optional[0].summary}. Install it?"):
        chosen += (optional[0].name,)
    options = {spec.name: _ask_options(spec) for spec in specs if spec.name in chosen}
    answers = Answers(name, domain, repository, servers, workers, interface, chosen, options)
    return compose_text(answers, specs)


def _ask_options(spec: ComponentSpec) -> dict[str, Any]:
    """Ask for the required options that nothing proposes: they have a prompt and no mark."""
    return {
        key: _ask(schema[_PROMPT], _matching(schema))
        for key, schema in spec.options.get("properties", {}).items()
        if _PROMPT in schema and "x-gitopsgen" not in schema and "default" not in schema
    }


def ask_missing(
    spec: ComponentSpec, missing: Iterable[str], proposed: Mapping[str, Any]
) -> dict[str, Any]:
    """Ask for options of one component, each with what is proposed for it.

    An answer that the option's schema refuses is asked for again. Items of a list are separated
    by spaces. Raises `click.Abort` where the person gives up.
    """
    answers = {}
    for key in missing:
        schema = spec.options.get("properties", {}).get(key, {})
        question = schema.get(_PROMPT) or schema.get("description") or key
        default = proposed.get(key)
        shown = " ".join(map(str, default)) if isinstance(default, list) else default
        answers[key] = _ask(f"{key}: {question.rstrip('.')}", _fitting(key, schema), shown)
    return answers


def _fitting(key: str, schema: Mapping[str, Any]) -> Callable[[str], Any]:
    """From what a person types to a value that a schema takes."""

    def check(text: str) -> Any:
        value: Any = text
        if schema.get("type") == "array":
            value = text.replace(",", " ").split()
        elif schema.get("type") not in ("string", None):
            documents = read_documents(text).documents
            value = documents[0].data if documents else None
        whole = {"type": "object", "properties": {key: schema}}
        for problem in schema_problems(whole, {key: value}):
            raise ValueError(problem.message)
        return value

    return check


def _ask(question: str, check: Callable[[str], Any], default: str | None = None) -> Any:
    def convert(text: str) -> Any:
        try:
            return check(text.strip())
        except (ValueError, UsageError) as error:
            raise click.BadParameter(str(error)) from error

    return click.prompt(question, value_proc=convert, default=default, show_default=bool(default))


def _matching(schema: Mapping[str, Any]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.search(schema.get("pattern", ""), text):
            raise ValueError(f"not {schema.get(FORM, 'of the right form')}")
        return text

    return check


def _servers(text: str) -> tuple[str, ...]:
    machines = _machines(text, ())
    if len(machines) % 2 == 0:
        raise ValueError("etcd needs an odd number of servers: one or three")
    return machines


def _machines(text: str, others: tuple[str, ...]) -> tuple[str, ...]:
    machines = tuple(text.replace(",", " ").split())
    for machine in machines:
        try:
            IPv4Address(machine)
        except AddressValueError as error:
            raise ValueError(f"{machine} is not an IPv4 address") from error
    if len({*machines, *others}) < len(machines) + len(others):
        raise ValueError("an address is there twice")
    if machines or others:
        propose_network([*others, *machines])
    return machines


def plan_table(cluster: Cluster, specs: Sequence[ComponentSpec]) -> str:
    """The plan as a person reads it before a yes: every address, then what is installed."""
    rows = address_table(cluster, specs)
    width = max(len(row["address"]) for row in rows)
    lines = [f"  {row['address']:<{width}}  {row['what']}" for row in rows]
    components = ", ".join(cluster.components)
    return "\n".join((f"{cluster.name}: k3s {cluster.kubernetes}, {components}", "", *lines, ""))
