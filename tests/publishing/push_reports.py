"""What a git server reports of a push, with reasons of its own for refusing a branch.

A hook can only decline; hosts such as GitHub name the reason in the report itself, which git shows
as `! [remote rejected] main -> main (reason)`. https://git-scm.com/docs/gitprotocol-pack
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_REPORT = b"\x01"


def with_reasons(answer: bytes, reasons: Mapping[str, str]) -> bytes:
    """The answer of git-receive-pack, with `reasons` (by ref) in place of the hook's refusal."""
    packets = list(_packets(answer))
    report = b"".join(packet[1:] for packet in packets if packet.startswith(_REPORT))
    others = [packet for packet in packets if packet and not packet.startswith(_REPORT)]
    lines = [_reasoned(line, reasons) for line in _packets(report)]
    written = b"".join(map(_packet, lines))
    return b"".join(map(_packet, [*others, _REPORT + written, b""]))


def _reasoned(line: bytes, reasons: Mapping[str, str]) -> bytes:
    words = line.decode().split(" ", 2)
    if words[0] == "ng" and words[1] in reasons:
        return f"ng {words[1]} {reasons[words[1]]}\n".encode()
    return line


def _packets(stream: bytes) -> Iterable[bytes]:
    """The packets of a stream; b"" stands for a flush packet."""
    at = 0
    while at < len(stream):
        size = int(stream[at : at + 4], 16)
        yield stream[at + 4 : at + size]
        at += max(size, 4)


def _packet(content: bytes) -> bytes:
    return b"%04x%s" % (len(content) + 4, content) if content else b"0000"
