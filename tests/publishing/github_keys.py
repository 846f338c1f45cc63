"""The part of GitHub's API about deploy keys."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tests.publishing.github_refusals import invalid, not_found
from tests.publishing.github_state import DeployKey
from tests.publishing.loopback import Response

if TYPE_CHECKING:
    from tests.publishing.github_state import Repository, State
    from tests.publishing.loopback import Request

_PUBLIC_KEY = re.compile(r"((?:ssh-(?:ed25519|rsa)|ecdsa-\S+) [A-Za-z0-9+/]{16,}=*)(?: .*)?")
_JSON = {"Content-Type": "application/json; charset=utf-8"}


def answer_about_keys(
    state: State, repository: Repository, request: Request, rest: list[str]
) -> Response:
    """Answer a request below /repos/OWNER/NAME/keys of somebody who may ask."""
    match request.method, rest:
        case "GET", []:
            return _page(request, [asdict(key) for key in repository.keys])
        case "POST", []:
            return Response(
                201, json.dumps(asdict(_add(state, repository, request.json))).encode(), _JSON
            )
        case "GET", [number]:
            return Response(200, json.dumps(asdict(_key(repository, number))).encode(), _JSON)
        case "DELETE", [number]:
            repository.keys.remove(_key(repository, number))
            return Response(204)
    raise not_found()


def _add(state: State, repository: Repository, body: dict[str, Any]) -> DeployKey:
    found = _PUBLIC_KEY.fullmatch(str(body.get("key") or "").strip())
    if found is None:
        said = "key is invalid. You must supply a key in OpenSSH public key format"
        raise invalid("PublicKey", "key", said, "Validation Failed")
    # One key opens one repository on all of GitHub.
    taken = {key.key for other in state.repositories.values() for key in other.keys}
    if found[1] in taken:
        raise invalid("PublicKey", "key", "key is already in use", "Validation Failed")
    title = str(body.get("title") or "")
    made = DeployKey(next(state.ids), title, found[1], bool(body.get("read_only", False)))
    repository.keys.append(made)
    return made


def _key(repository: Repository, number: str) -> DeployKey:
    for key in repository.keys:
        if str(key.id) == number:
            return key
    raise not_found()


def _page(request: Request, items: list[dict[str, Any]]) -> Response:
    size = int(request.parameters.get("per_page", "30"))
    page = int(request.parameters.get("page", "1"))
    headers = dict(_JSON)
    if page * size < len(items):
        url = f"http://{request.headers['host']}{request.path}"
        headers["Link"] = f'<{url}?per_page={size}&page={page + 1}>; rel="next"'
    return Response(200, json.dumps(items[(page - 1) * size : page * size]).encode(), headers)
