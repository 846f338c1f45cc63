"""A room of machines that do not exist: bootstrap.sh runs in it as it does for a person."""

from __future__ import annotations

import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gitopsgen.blueprints.catalogue import load_catalogue
from gitopsgen.lifecycle.render import read_input, render_repository
from gitopsgen.tree import Tree, write_tree
from tests.sample import SAMPLE

STAND_IN = Path(__file__).parent / "machines.sh"
PROGRAMS = ("ssh", "ssh-keyscan", "k3sup", "kubectl", "helm", "curl")
SECRETS = (
    "LOOPIA_CREDENTIALS_USERNAME=api-user@loopiaapi\n"
    "LOOPIA_CREDENTIALS_PASSWORD=hunter2-the-secret\n"
)


@functools.cache
def render_text(text: str) -> Tree:
    """The repository of a cluster.yaml."""
    catalogue = load_catalogue()
    source = read_input(text, catalogue, "cluster.yaml")
    cluster = source.result.cluster
    assert cluster is not None, source.result.findings
    return render_repository(cluster, source, catalogue)


def sample_text() -> str:
    return (SAMPLE / "cluster.yaml").read_text(encoding="utf-8")


def variants() -> dict[str, str]:
    """Clusters whose bootstrap.sh differs in more than its values."""
    text = sample_text()
    lines = text.splitlines(keepends=True)
    one_server = "".join(line for line in lines if "k-m2" not in line and "k-m3" not in line)
    no_workers = "".join(line for line in lines if "role: worker" not in line)
    off_nodes = ("server: 192.168.1.21", "server: 192.168.1.5")
    return {
        "sample": text,
        "one server": one_server,
        "no workers": no_workers.replace(*off_nodes),
        "no secrets": "".join(line for line in lines if "loopia:" not in line),
        "file server of its own": text.replace(*off_nodes),
        "another SSH port": text.replace("port: 22}", "port: 2222}"),
        "load balancer of its own": "".join(
            line for line in lines if "kube-vip:" not in line and "ingress-nginx:" not in line
        ),
        "one machine": "".join(
            line
            for line in one_server.splitlines(keepends=True)
            if "role: worker" not in line and "loopia:" not in line
        ).replace(*off_nodes),
    }


@dataclass(frozen=True, slots=True)
class Call:
    """One program that ran: its arguments, and what it read from standard input."""

    program: str
    arguments: tuple[str, ...]
    given: str

    def __str__(self) -> str:
        return " ".join((self.program, *self.arguments))


@dataclass(frozen=True, slots=True)
class Room:
    """The repository, a home, and a folder of stand-ins that log to `log`."""

    repository: Path
    home: Path
    log: Path
    programs: Path

    @property
    def state(self) -> Path:
        """Where the script keeps what it needs from run to run."""
        return self.home / ".config/gitopsgen/home"

    @property
    def secrets(self) -> Path:
        return self.state / "secrets.env"

    def write_secrets(self, text: str = SECRETS, mode: int = 0o600) -> None:
        self.secrets.write_text(text, encoding="utf-8")
        self.secrets.chmod(mode)

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run bootstrap.sh as nobody who could be asked anything."""
        return subprocess.run(
            [self.repository / "bootstrap/bootstrap.sh", *arguments],
            cwd=self.home,
            env={
                "PATH": f"{self.programs}:/usr/bin:/bin",
                "HOME": str(self.home),
                "ROOM": str(self.log),
                "TMPDIR": str(self.home),
                "BOOTSTRAP_POLL_SECONDS": "0",
                **variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
            check=False,
        )

    def calls(self) -> list[Call]:
        """Every call so far, in order."""
        found = []
        for file in sorted((self.log / "calls").iterdir()):
            program, *arguments = file.read_text(encoding="utf-8").split("\x1f")[:-1]
            given = (self.log / "stdin" / file.name).read_text(encoding="utf-8")
            found.append(Call(program, tuple(arguments), given))
        return found

    def forget_calls(self) -> None:
        """Empty the log; the machines stay as they are."""
        for file in (self.log / "calls").iterdir():
            file.unlink()


def furnish(folder: Path, text: str, host_key: str) -> Room:
    """A new room below `folder` with bare machines, for the cluster.yaml `text`."""
    room = Room(folder / "repository", folder / "home", folder / "log", folder / "programs")
    for path in (room.repository, room.state, room.programs):
        path.mkdir(parents=True)
    for name in ("calls", "stdin", "state"):
        (room.log / name).mkdir(parents=True)
    write_tree(room.repository, render_text(text))
    (room.log / "number").write_text("0", encoding="utf-8")
    (room.log / "host_key.pub").write_text(host_key, encoding="utf-8")
    for program in PROGRAMS:
        (room.programs / program).symlink_to(STAND_IN)
    room.write_secrets()
    return room
