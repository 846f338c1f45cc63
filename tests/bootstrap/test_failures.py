from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess

    from tests.bootstrap.room import Room


def error_of(done: subprocess.CompletedProcess[str]) -> str:
    """The one error line of a run that failed."""
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    return line


@pytest.mark.parametrize(
    ("refused", "step"),
    [
        ("sudo tee /etc/sysctl.d", "preparing k-m1"),
        ("install -q -y nfs-common", "preparing k-m1"),
        ("exportfs", "exporting /srv/nfs/kubedata from 192.168.1.21"),
        ("tee /etc/rancher/k3s/config.yaml", "installing k3s on the first server, k-m1"),
        ("k3sup install", "installing k3s on the first server, k-m1"),
        ("kube-vip/manifests", "bringing up the API address 192.168.1.20"),
        ("config set-cluster", "bringing up the API address 192.168.1.20"),
        ("k3sup join --ip 192.168.1.12", "joining the server k-m2"),
        ("k3sup join --ip 192.168.1.22", "joining the worker k-w2"),
        ("create namespace cert-manager", "handing over the secrets"),
        ("--filename -", "handing over the secrets"),
        ("helm template", "installing Argo CD (chart argo-cd 10.1.1)"),
        ("--namespace argocd --filename", "installing Argo CD (chart argo-cd 10.1.1)"),
        ("/repository/projects", "applying the root Application"),
    ],
)
def test_a_step_that_fails_ends_the_run(room: Room, refused: str, step: str) -> None:
    done = room.run("--accept-host-keys", REFUSE=refused)
    assert error_of(done).startswith(f"error: {step}: ")
    # Nothing at all ran after it.
    assert refused in str(room.calls()[-1])
    assert done.stdout.rstrip().rpartition("\n== ")[2].startswith(step)


def test_a_machine_that_does_not_answer(room: Room) -> None:
    error = error_of(room.run("--accept-host-keys", REFUSE="ssh-keyscan -p 22 -T 10 192.168.1.13"))
    assert "k-m3 (192.168.1.13) does not answer on SSH port 22" in error
    assert {call.program for call in room.calls()} == {"k3sup", "ssh-keyscan"}


def test_sudo_that_asks_for_a_password(room: Room) -> None:
    error = error_of(room.run("--accept-host-keys", REFUSE="192.168.1.11 sudo -n true"))
    assert "cannot log in to k-m1 (192.168.1.11)" in error
    assert room.calls()[-1].arguments[-1] == "true"


def test_a_changed_host_key_stops_before_k3sup(room: Room) -> None:
    assert room.run("--accept-host-keys", REFUSE="k3sup install").returncode == 1
    known_hosts = room.state / "known_hosts"
    first, *others = known_hosts.read_text(encoding="utf-8").splitlines(keepends=True)
    # Not the key that the machine shows now.
    known_hosts.write_text(first[:-10] + "AAAAAAAAA\n" + "".join(others), encoding="utf-8")
    room.forget_calls()
    error = error_of(room.run("--accept-host-keys"))
    assert f"remove its line from {known_hosts}" in error
    assert [str(call) for call in room.calls() if call.program == "k3sup"] == ["k3sup version"]


def test_host_keys_are_not_trusted_unasked(room: Room) -> None:
    error = error_of(room.run())
    assert "compare the keys yourself, then pass --accept-host-keys" in error
    assert not (room.state / "known_hosts").exists()


def test_waiting_ends(room: Room) -> None:
    done = room.run("--accept-host-keys", REFUSE="get application root", BOOTSTRAP_SYNC_SECONDS="0")
    assert error_of(done).startswith(
        "error: waiting for the root Application: gave up after 0 s: root is Synced and Healthy"
    )


def test_another_k3sup_is_warned_of(room: Room) -> None:
    done = room.run("--accept-host-keys", REFUSE="k3sup ")
    assert "warning: this script was written for k3sup " in done.stderr


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("cluster.yaml", "kubernetes: ", "cluster.yaml has no line 'kubernetes: "),
        ("apps/argocd.yaml", "chart: ", "apps/argocd.yaml names no version of the chart argo-cd"),
    ],
)
def test_a_repository_without_versions(room: Room, file: str, line: str, message: str) -> None:
    path = room.repository / file
    path.write_text(path.read_text(encoding="utf-8").replace(line, "other: "), encoding="utf-8")
    assert message in error_of(room.run("--accept-host-keys"))
    assert room.calls() == []
