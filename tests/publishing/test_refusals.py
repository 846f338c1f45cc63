from __future__ import annotations

import pytest

from gitopsgen.publishing.refusals import refusal
from gitopsgen.tools.programs import Completed

PUSH = "To https://ada:pw@h/o/r\n!\trefs/heads/main:refs/heads/main\t"
FATAL = "fatal: unable to access 'http://127.0.0.1:1/o/r/': "


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (f"{PUSH}[rejected] (fetch first)\nDone", "it has commits that are not here"),
        (f"{PUSH}[rejected] (non-fast-forward)\nDone", "it has commits that are not here"),
        (
            "fatal: the receiving end does not support --atomic push",
            "it cannot take both branches in one step",
        ),
        (
            f"{PUSH}[remote rejected] (refusing to allow a Personal Access Token to create or "
            "update workflow `.github/workflows/a.yaml` without `workflow` scope)",
            "the scope workflow",
        ),
        (
            f"remote: error: GH006: Protected branch update failed\n{PUSH}",
            "the branch is protected",
        ),
        (f"remote: error: GH013: Repository rule violations\n{PUSH}", "a rule of the repository"),
        (f"{FATAL}The requested URL returned error: 403", "may not push there (403)"),
        (f"{FATAL}The requested URL returned error: 429", "too many requests"),
        (f"{FATAL}The requested URL returned error: 503", "the server is in trouble"),
        ("fatal: Authentication failed for 'https://ada:pw@h/'", "is not valid there"),
        ("fatal: could not read Username for 'https://h': terminal prompts", "GIT_USERNAME"),
        ("fatal: repository 'https://h/o/r/' not found", "there is no such repository"),
        (f"{FATAL}Could not resolve host: h", "the host is not known"),
        (f"{FATAL}Operation too slow. Less than 1 bytes/sec", "did not answer in time"),
        (f"{FATAL}Failed to connect to h port 1: Connection refused", "cannot be reached"),
        (
            "error: RPC failed; curl 56\nsend-pack: unexpected disconnect",
            "the connection broke off",
        ),
        ("git@h: Permission denied (publickey).", "may not push there"),
        (f"{FATAL}server certificate verification failed", "its certificate is not trusted"),
        ("Host key verification failed.\nfatal: Could not read", "its host key is not known"),
        ("fatal: something new\n", "fatal: something new"),
        ("", "git gave no reason"),
    ],
)
def test_one_line_for_people(said: str, meaning: str) -> None:
    error = refusal("h did not take it", Completed((), 1, b"", said.encode()))
    assert error.message.startswith("h did not take it: ")
    assert meaning in error.message
    assert "\n" not in error.message
    assert "pw" not in error.message + error.hint


def test_what_the_server_itself_says_is_shown() -> None:
    said = (
        "remote: =========        \nremote: No pushes on Fridays, \x1b[31mAda        \n"
        f"remote: Ask Bob.\n{PUSH}[remote rejected] (pre-receive hook declined)\n"
    )
    error = refusal("h", Completed((), 1, said.encode(), b""))
    assert error.message == "h: pre-receive hook declined: No pushes on Fridays, [31mAda"
    assert error.hint == "Ask Bob."


def test_bytes_that_are_no_text() -> None:
    assert refusal("h", Completed((), 1, b"\xff\xfe", b"fatal: \xff")).message
