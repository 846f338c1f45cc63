"""Small charts, and servers for them: an HTTP chart repository and an OCI registry."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  colour: {{ .Values.colour }}
"""


def chart_files(
    name: str = "gadget", version: str = "1.2.3", files: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The files of a chart that renders to one ConfigMap; `files` come beside or instead."""
    return {
        "Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n",
        "values.yaml": "colour: blue\n",
        "templates/configmap.yaml": CONFIG_MAP,
        **(files or {}),
    }


def pack(files: Mapping[str, str], folder: str = "gadget") -> bytes:
    """An archive of a chart; equal files make equal bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as opened:
        for path, text in files.items():
            info = tarfile.TarInfo(f"{folder}/{path}")
            info.size = len(text.encode())
            opened.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(buffer.getvalue(), mtime=0)


def write_chart(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a chart below `folder`."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


class ChartRepository:
    """A chart repository on the loopback interface.

    `answers` are statuses with which the next requests of a path are answered instead; `requests`
    are the paths that were asked for. With `credentials`, `user:password` in base64, nobody else
    is let in. `hang` keeps requests of index.yaml waiting until it is set.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.entries: dict[str, list[dict[str, object]]] = {}
        self.requests: list[str] = []
        self.answers: dict[str, list[int]] = {}
        self.credentials = ""
        self.hang: threading.Event | None = None
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.answer(self)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.host = f"127.0.0.1:{self._server.server_port}"

    def add(self, name: str = "gadget", version: str = "1.2.3", content: bytes = b"") -> bytes:
        """Offer a chart; returns its archive."""
        archive = content or pack(chart_files(name, version))
        self.files[f"/{name}-{version}.tgz"] = archive
        entry = {"name": name, "version": version, "urls": [f"{name}-{version}.tgz"]}
        self.entries.setdefault(name, []).append({"apiVersion": "v2", **entry})
        index = {"apiVersion": "v1", "entries": self.entries}
        self.files["/index.yaml"] = json.dumps(index).encode()
        return archive

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.requests.append(handler.path)
        if self.hang is not None and handler.path == "/index.yaml":
            self.hang.wait(30)
        waiting = self.answers.get(handler.path)
        content = self.files.get(handler.path)
        status = waiting.pop(0) if waiting else 200 if content is not None else 404
        given = handler.headers.get("Authorization", "")
        if self.credentials and given != f"Basic {self.credentials}":
            status = 401
        body = content if status == 200 and content is not None else b"no"
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self.hang is not None:
            self.hang.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class OciRegistry:
    """A registry on the loopback interface; it keeps everything in memory."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [program, "-port", "0"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        found = re.search(r"serving on port (\d+)", said)
        assert found is not None, said
        self.host = f"localhost:{found[1]}"
        # The registry logs every request: somebody has to read that.
        self._reader = threading.Thread(target=self._process.stderr.read)

    def push(self, helm: Path, archive: Path, path: str = "charts") -> None:
        """Put an archive into the registry."""
        where = f"oci://{self.host}/{path}"
        subprocess.run(
            [helm, "push", archive, where, "--plain-http"], check=True, capture_output=True
        )

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
