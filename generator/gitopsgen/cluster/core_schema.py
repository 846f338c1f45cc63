"""The JSON Schema of everything in cluster.yaml that is not a component's option.

Keywords of our own: `x-gitopsgen-form` says in words what a string looks like, and
`x-gitopsgen-rules` names the rule that a broken keyword belongs to, where that is not
plan-schema. The patterns are strict enough that no value can mean anything to YAML, a shell or a
template.
"""

from __future__ import annotations

from typing import Any

FORM = "x-gitopsgen-form"
RULES = "x-gitopsgen-rules"

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = rf"{_OCTET}(\.{_OCTET}){{3}}"
_NETWORK = rf"{_ADDRESS}/(3[0-2]|[12]?[0-9])"
_RANGE = rf"{_ADDRESS}( *- *{_ADDRESS}|/(3[0-2]|[12]?[0-9]))?"

# A host name of at least two labels; the last one is not a number (RFC 1123, RFC 3696).
DOMAIN_PATTERN = rf"^({_LABEL}\.)+[a-z]([-a-z0-9]{{0,61}}[a-z0-9])?$"
NODE_NAME_PATTERN = rf"^{_LABEL}$"


def _text(pattern: str, form: str, description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern, FORM: form, "description": description, **more}


def _address(description: str) -> dict[str, Any]:
    form = "an IPv4 address such as 192.168.1.10"
    return _text(rf"^{_ADDRESS}$", form, description)


def _network(description: str, **more: Any) -> dict[str, Any]:
    form = "a network in CIDR form such as 192.168.1.0/24"
    return _text(rf"^{_NETWORK}$", form, description, **more)


def _mapping(
    description: str, required: list[str], properties: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "required": required,
        "additionalProperties": False,
        "properties": properties,
        **more,
    }


_REPOSITORY = _mapping(
    "The git repository that Argo CD reads.",
    ["url"],
    {
        "url": _text(
            r"^(https?://|ssh://([A-Za-z0-9._-]+@)?|[A-Za-z0-9._-]+@)"
            r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]+)?[:/]"
            r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*/?$",
            "a git URL such as https://github.com/owner/home-cluster",
            "Its address, over https or ssh, as Argo CD will use it.",
            maxLength=512,
        ),
        "branch": _text(
            r"^[A-Za-z0-9]([A-Za-z0-9_-]|[./][A-Za-z0-9_-])*$",
            "a branch name such as main",
            "The branch that Argo CD follows.",
            default="main",
            maxLength=200,
            **{"not": {"enum": ["gitopsgen/render", "HEAD"]}},
        ),
    },
)

_SSH = _mapping(
    "How the bootstrap script reaches the nodes.",
    [],
    {
        "user": _text(
            r"^[a-z_][a-z0-9_-]{0,31}$",
            "a user name such as ubuntu",
            "A user who may run sudo without a password.",
            default="ubuntu",
        ),
        "port": {
            "type": "integer",
            "minimum": 1,
            "maximum": 65535,
            "description": "The port of the nodes' SSH server.",
            "default": 22,
        },
    },
    default={},
)

_NODE = _mapping(
    "One machine of the cluster.",
    ["name", "address", "role"],
    {
        "name": _text(
            NODE_NAME_PATTERN,
            "a DNS label: lower-case letters, digits and hyphens, such as k-m1",
            "The machine's host name.",
            **{RULES: {"pattern": "plan-node-name"}},
        ),
        "address": _address("Its address in network.subnet."),
        "role": {
            "enum": ["server", "worker"],
            "description": "A server runs the control plane and etcd; a worker only workloads.",
        },
    },
)

_NETWORK_SCHEMA = _mapping(
    "The network that the machines are in. IPv4 only.",
    ["subnet", "gateway", "dns", "interface", "api_address", "load_balancer_pool"],
    {
        "subnet": _network("The network of the machines."),
        "gateway": _address("The router."),
        "dns": {
            "type": "array",
            "minItems": 1,
            "items": _address("A name server."),
            "description": "The name servers that the machines ask.",
        },
        "interface": _text(
            r"^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$",
            "the name of a network interface such as eth0",
            "The machines' network interface, the same on all of them (ip -br link).",
        ),
        "api_address": _address("A free address for the Kubernetes API; kube-vip holds it."),
        "load_balancer_pool": _text(
            rf"^$|^{_RANGE}( *, *{_RANGE})*$",
            "a range of addresses such as 192.168.1.30-192.168.1.49",
            "Free addresses for Services of type LoadBalancer: ranges, networks or single "
            "addresses, separated by commas.",
            maxLength=1000,
        ),
        "pod_cidr": _network("The network of the pods.", default="10.42.0.0/16"),
        "service_cidr": _network("The network of the Services.", default="10.43.0.0/16"),
    },
)

CORE_PROPERTIES: dict[str, Any] = {
    "apiVersion": {
        "enum": ["gitopsgen/v1"],
        "description": "The format of this file.",
    },
    "name": _text(
        NODE_NAME_PATTERN,
        "a DNS label: lower-case letters, digits and hyphens, such as home",
        "The cluster's name.",
    ),
    "domain": _text(
        DOMAIN_PATTERN,
        "a DNS name such as example.net",
        "The domain below which the cluster's hosts are.",
        maxLength=253,
        **{RULES: {"pattern": "plan-domain", "maxLength": "plan-domain"}},
    ),
    "kubernetes": _text(
        r"^v1\.[1-9][0-9]?\.(0|[1-9][0-9]{0,2})\+k3s[1-9][0-9]?$",
        "a k3s release such as v1.35.7+k3s1",
        "The k3s release that every node runs.",
    ),
    "repository": _REPOSITORY,
    "ssh": _SSH,
    "nodes": {
        "type": "array",
        "items": _NODE,
        "description": "The machines.",
    },
    "network": _NETWORK_SCHEMA,
}

CORE_REQUIRED = [
    "apiVersion",
    "name",
    "domain",
    "kubernetes",
    "repository",
    "nodes",
    "network",
    "components",
]
