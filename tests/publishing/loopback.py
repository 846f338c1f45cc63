"""An HTTP server on the loopback interface that keeps what it was asked and fails when told to."""

from __future__ import annotations

import gzip
import json
import socket
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.publishing.faults import Fault


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: names of headers in lower case, the body without its encodings."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None where there is none."""
        return json.loads(self.body) if self.body else None

    @property
    def parameters(self) -> dict[str, str]:
        """The query's parameters; of one that comes twice the last."""
        return {name: values[-1] for name, values in parse_qs(self.query).items()}

    @property
    def authorization(self) -> str:
        """The Authorization header, "" without one."""
        return self.headers.get("authorization", "")

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered; Content-Length is added."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Injected:
    method: str
    path: str
    fault: Fault
    skip: int
    times: int | None

    def is_due(self, request: Request) -> bool:
        """Whether this request gets it; counts."""
        if not fnmatchcase(request.method, self.method) or not fnmatchcase(request.path, self.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
            return self.times >= 0
        return True


class Loopback:
    """A server for applications: the first one that does not answer None answers a request.

    `requests` are all that came, in order. A mistake in an application is answered with 500 and
    raised again when the server is closed.
    """

    def __init__(self) -> None:
        self.applications: list[Callable[[Request], Response | None]] = []
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self.connections: set[socket.socket] = set()
        self.mistakes: list[str] = []
        self._lock = threading.Lock()
        self._injected: list[_Injected] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def inject(
        self,
        fault: Fault,
        method: str = "*",
        path: str = "*",
        *,
        skip: int = 0,
        times: int | None = None,
    ) -> None:
        """Answer requests with a fault: those whose method and path fit the patterns (fnmatch).

        The first `skip` of them are answered as ever, then `times` of them are not (None: all).
        """
        self._injected.append(_Injected(method, path, fault, skip, times))

    def heal(self) -> None:
        """Take all faults away."""
        self._injected.clear()

    def asked(self, method: str = "*", path: str = "*") -> list[Request]:
        """The requests whose method and path fit the patterns (fnmatch)."""
        return [
            request
            for request in self.requests
            if fnmatchcase(request.method, method) and fnmatchcase(request.path, path)
        ]

    def serve(self, request: Request) -> Response | Fault:
        """Keep a request and find what to answer."""
        with self._lock:
            self.requests.append(request)
            fault = next((one.fault for one in self._injected if one.is_due(request)), None)
        if fault is None:
            return self._ask(request)
        if fault.done:
            self._ask(request)
        return fault

    def _ask(self, request: Request) -> Response:
        try:
            for application in self.applications:
                if (response := application(request)) is not None:
                    return response
        except Exception:
            self.mistakes.append(f"{request}\n{traceback.format_exc()}")
            return Response(500, b"the server of the tests has a mistake")
        return Response(404, b"no application answers this")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.closing.set()
        self._server.shutdown()
        for connection in list(self.connections):
            # Somebody may keep a connection for later requests; its thread waits for those.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()
        if self.mistakes and exception[0] is None:
            raise AssertionError("\n".join(self.mistakes))


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, loopback: Loopback) -> None:
        class Handler(_Handler):
            served = loopback

        self._mistakes = loopback.mistakes
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no mistake; all else is."""
        if not isinstance(sys.exception(), OSError):
            self._mistakes.append(traceback.format_exc())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one piece: a client's delayed acknowledgement would cost 40 ms between them.
    wbufsize = 2**16
    served: Loopback

    def setup(self) -> None:
        super().setup()
        self.served.connections.add(self.connection)

    def finish(self) -> None:
        self.served.connections.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._body(headers)
        request = Request(self.command, unquote(parts.path), parts.query, headers, body)
        found = self.served.serve(request)
        if not isinstance(found, Response):
            found.answer(self, self.served.closing)
            return
        self.send(found)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

    def send(self, response: Response, cut: int | None = None) -> None:
        """Send a response; with `cut`, that many bytes of it, and then close the connection."""
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body[:cut])
        self.close_connection = self.close_connection or cut is not None

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = self.rfile.read(int(headers.get("content-length", "0")))
        return gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().partition(b";")[0], 16)
        content = self.rfile.read(size)
        self.rfile.readline()
        return content

    def log_message(self, format: str, *arguments: object) -> None:
        pass
