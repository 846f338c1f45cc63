from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.bootstrap.room import Room, furnish, variants

if TYPE_CHECKING:
    from pathlib import Path

SERVERS = {"k-m1": "192.168.1.11", "k-m2": "192.168.1.12", "k-m3": "192.168.1.13"}
WORKERS = {"k-w1": "192.168.1.21", "k-w2": "192.168.1.22", "k-w3": "192.168.1.23"}
API = "https://192.168.1.20:6443"


def position(calls: list[str], *parts: str) -> int:
    """The place of the one call that has all of these parts."""
    found = [i for i, call in enumerate(calls) if all(part in call for part in parts)]
    assert len(found) == 1, (parts, [calls[i] for i in found])
    return found[0]


def test_from_bare_machines_to_a_synced_root(finished: Room) -> None:
    calls = [str(call) for call in finished.calls()]

    install = position(calls, "k3sup install")
    kube_vip = position(calls, "kubectl", "apply", "components/kube-vip/manifests")
    answers = max(i for i, call in enumerate(calls) if call.startswith("curl "))
    assert install < kube_vip < answers

    # One after the other: its settings, k3sup, Ready, only then the next.
    stations = [kube_vip, answers]
    for name, address in (*list(SERVERS.items())[1:], *WORKERS.items()):
        config = position(calls, "ssh", f"@{address} ", "tee /etc/rancher/k3s/config.yaml")
        joins = position(calls, "k3sup join", f"--ip {address} ")
        ready = [i for i, call in enumerate(calls) if f"node/{name} " in call]
        # The first question comes too early, and is asked again.
        assert len(ready) == 2
        stations += [config, joins, ready[-1]]
    assert stations == sorted(stations)
    config = position(calls, "ssh", "@192.168.1.11 ", "tee /etc/rancher/k3s/config.yaml")
    assert config < install

    argo_cd = position(calls, "helm template")
    crds_and_all = position(calls, "kubectl", "--namespace argocd --filename")
    root = position(calls, "kubectl", "apply", "apps/root.yaml", "/projects")
    assert stations[-1] < argo_cd < crds_and_all < root
    position(calls[root:], "get application root")


def test_what_k3sup_is_told(finished: Room) -> None:
    runs = [call.arguments for call in finished.calls() if call.program == "k3sup"]
    assert runs[0] == ("version",)
    install, *joins = runs[1:]
    for arguments in (install, *joins):
        text = " ".join(arguments)
        assert "--k3s-version v1.35.7+k3s1" in text
        assert "--user ubuntu --ssh-port 22" in text
    assert {"--cluster", "--no-extras"} <= set(install)
    for address, arguments in zip([*SERVERS.values(), *WORKERS.values()][1:], joins, strict=True):
        text = " ".join(arguments)
        assert f"--server-url {API}" in text
        server = address in SERVERS.values()
        assert ("--server" in arguments) == server
        assert ("--no-extras" in arguments) == server


def test_servers_agree_on_their_settings(finished: Room) -> None:
    for address in SERVERS.values():
        config = (finished.log / "state" / f"{address}.config").read_text(encoding="utf-8")
        assert config == (
            "cluster-cidr: 10.42.0.0/16\n"
            "service-cidr: 10.43.0.0/16\n"
            f"node-ip: {address}\n"
            "flannel-iface: eth0\n"
            "tls-san:\n  - 192.168.1.20\n"
            "disable:\n  - traefik\n  - servicelb\n  - local-storage\n"
        )
    for address in WORKERS.values():
        config = (finished.log / "state" / f"{address}.config").read_text(encoding="utf-8")
        assert config == f"node-ip: {address}\nflannel-iface: eth0\n"


def test_every_k3sup_comes_right_after_a_login_that_checks_the_host_key(finished: Room) -> None:
    calls = finished.calls()
    checked = f"UserKnownHostsFile={finished.state}/known_hosts"
    for before, call in itertools.pairwise(calls):
        if call.program == "k3sup" and call.arguments[0] != "version":
            address = call.arguments[call.arguments.index("--ip") + 1]
            assert before.program == "ssh"
            assert {"StrictHostKeyChecking=yes", checked, f"ubuntu@{address}"} <= set(
                before.arguments
            )


def test_argo_cd_is_installed_as_its_application_says(finished: Room) -> None:
    (helm,) = [call for call in finished.calls() if call.program == "helm"]
    assert " ".join(helm.arguments[:7]) == (
        "template argocd argo-cd --repo https://argoproj.github.io/argo-helm --version 10.1.1"
    )
    values = str(finished.repository / "components/argocd/values.yaml")
    assert helm.arguments[-2:] == ("--values", values)
    assert "--include-crds" in helm.arguments
    # Server-side and as Argo CD's own field manager: it takes over what it finds.
    applied = [str(call) for call in finished.calls() if " apply " in str(call)]
    assert applied
    for call in applied:
        assert "--server-side --force-conflicts" in call


def test_a_second_run_installs_nothing_again(room: Room) -> None:
    assert room.run("--accept-host-keys").returncode == 0
    room.forget_calls()
    # No flag: the host keys are known by now.
    done = room.run()
    assert (done.returncode, done.stderr) == (0, "")
    calls = [str(call) for call in room.calls()]
    for once in ("k3sup install", "k3sup join", "helm ", "kube-vip/manifests", "create namespace"):
        assert [call for call in calls if once in call] == []
    for once in ("apt-get", "config.yaml", "ssh-keyscan"):
        assert [call for call in calls if once in call] == []


def test_a_new_version_in_cluster_yaml_reaches_every_machine(room: Room) -> None:
    assert room.run("--accept-host-keys").returncode == 0
    room.forget_calls()
    file = room.repository / "cluster.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("v1.35.7+k3s1", '"v1.35.8+k3s1"'), encoding="utf-8")
    assert room.run().returncode == 0
    runs = [str(call) for call in room.calls() if str(call).startswith(("k3sup i", "k3sup j"))]
    assert len(runs) == len(SERVERS) + len(WORKERS)
    assert all("--k3s-version v1.35.8+k3s1 " in run + " " for run in runs)


def test_a_run_goes_on_where_another_stopped(room: Room) -> None:
    stopped = room.run("--accept-host-keys", REFUSE="k3sup join --ip 192.168.1.13")
    assert stopped.returncode == 1
    room.forget_calls()
    assert room.run().returncode == 0
    runs = [call for call in room.calls() if call.program == "k3sup"]
    joined = [call.arguments[2] for call in runs if call.arguments[0] == "join"]
    assert joined == ["192.168.1.13", *WORKERS.values()]
    assert [call for call in runs if call.arguments[0] == "install"] == []


@pytest.mark.parametrize("name", [name for name in variants() if name != "sample"])
def test_every_variant_comes_up(tmp_path: Path, host_key: str, name: str) -> None:
    text = variants()[name]
    room = furnish(tmp_path, text, host_key)
    if "kube-vip:" not in text:
        # Something in front of the servers holds the API address.
        (room.log / "state/kube-vip").touch()
    done = room.run("--accept-host-keys")
    assert (done.returncode, done.stderr) == (0, "")
    exported = [call for call in room.calls() if "exportfs" in str(call)]
    assert len(exported) == ("server: 192.168.1.21" in text)
    nodes = text.count("role: ")
    runs = [call.arguments[0] for call in room.calls() if call.program == "k3sup"]
    assert runs == ["version", "install", *["join"] * (nodes - 1)]
