"""A whole `gitopsgen validate` in a process of its own, within bounds of time and memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

URL = "https://github.com/o/r"
APPLICATION = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  project: default
  destination: {{server: https://kubernetes.default.svc, namespace: default}}
  source: {{repoURL: {URL}, path: web, targetRevision: main}}
"""
HELM_APPLICATION = APPLICATION.replace("path: web,", "path: web, helm: {valueFiles: [/v.yaml]},")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
CHART = {
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": CONFIG_MAP,
}
# A process begins with the peak of the one that it was forked from, and pytest is large: a small
# one stands between. The limit on the address space is only the soft one: what gitopsgen starts
# may have bounds of its own. Without CAP_DAC_OVERRIDE (1) and CAP_DAC_READ_SEARCH (2) what nobody
# may read cannot be read by root, either.
_MEASURE = """
import ctypes, os, resource, subprocess, sys
if sys.platform == "linux":
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.RLIM_INFINITY))
status = subprocess.call(sys.argv[2:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
os.write(int(sys.argv[1]), str(peak).encode())
sys.exit(status if status >= 0 else 128 - status)
"""


@dataclass(frozen=True)
class Run:
    """What a run said, and what it cost: the memory is that of its largest process, in MiB."""

    status: int
    out: str
    error: str
    seconds: float
    memory: int

    @property
    def report(self) -> dict[str, Any]:
        """The report in JSON."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def findings(self) -> list[str]:
        """Findings as `rule file:line message`."""
        found = self.report["findings"]
        return [f"{f['rule']} {f['file']}:{f['line']} {f['message']}" for f in found]

    @property
    def unchecked(self) -> list[str]:
        """What was not checked, as `what: reason`."""
        return [f"{item['what']}: {item['reason']}" for item in self.report["unchecked"]]


def write(root: Path, tree: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for path, content in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def one_application(tree: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """A repository with one Application, whose folder is web/."""
    return {"app.yaml": APPLICATION, "web/ok.yaml": CONFIG_MAP, **tree}


def validate(
    root: Path,
    *arguments: str,
    output: str = "json",
    seconds: float = 20,
    memory: int = 250,
    env: Mapping[str, str] | None = None,
) -> Run:
    """Run `gitopsgen validate`; it must end in time, within memory (MiB), without a traceback.

    Everything that it has started is killed when the time is over.
    """
    command = [sys.executable, "-m", "gitopsgen", "validate", str(root), "--repo-url", URL]
    reading, writing = os.pipe()
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-ISc", _MEASURE, str(writing), *command, "--output", output, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
        pass_fds=[writing],
        start_new_session=True,
    ) as process:
        os.close(writing)
        timer = threading.Timer(seconds, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        try:
            out, error = process.communicate()
        finally:
            timer.cancel()
    taken = time.monotonic() - started
    with os.fdopen(reading) as measured:
        kilobytes = measured.read()
    assert process.returncode != -signal.SIGKILL, f"not done after {seconds} s"
    run = Run(process.returncode, out.decode(), error.decode(), taken, int(kilobytes) >> 10)
    assert run.status in {0, 1, 2, 3}, run.error
    assert "Traceback" not in run.out + run.error, run.error
    assert run.memory <= memory, f"{run.memory} MiB"
    return run
