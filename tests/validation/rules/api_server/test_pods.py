from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.validation.rules.api_server.judging import container, expected, named, pod, refusals

if TYPE_CHECKING:
    from pathlib import Path

PROBE = "httpGet: {port: 80}"
TERMS = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
DATA = "volumes: [{name: data, emptyDir: {}}], "


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (pod("§containers: []"), "the pod has no container"),
        (pod("containers: [{name: §Web, image: a}]"), '"Web" cannot be the name of a container'),
        (pod("containers: [§{name: c}]"), "the container has no image"),
        (pod("containers: [{name: c, §image: ''}]"), "the container has no image"),
        (pod("containers: [{name: c, image: §'web:1 '}]"), "a blank is at an end of the image"),
        (
            pod("containers: [{name: c, image: a}, {name: §c, image: b}]"),
            "the pod has two containers called c",
        ),
        (
            pod("initContainers: [{name: §c, image: b}], containers: [{name: c, image: a}]"),
            "the pod has two containers called c",
        ),
        (
            container("ports: [{name: web, containerPort: 1}, {name: §web, containerPort: 2}]"),
            "the container has two ports called web",
        ),
        (
            container("ports: [{name: §a-very-long-port-name, containerPort: 1}]"),
            '"a-very-long-port-name" cannot be the name of a port: it has 21 characters',
        ),
        (
            container("ports: [{hostPort: 80, containerPort: 1}, {hostPort: §80, name: x}]"),
            "two ports of the pod want port 80 of the node",
        ),
        (container("env: [{name: §'A=B', value: x}]"), '"A=B" cannot be the name of a variable'),
        (
            container("env: [{name: A, value: x, §valueFrom: {fieldRef: {fieldPath: spec.host}}}]"),
            "a variable has value or valueFrom, not both",
        ),
        (container("env: [{name: A, §valueFrom: {}}]"), "there is no source"),
        (
            container("env: [{name: A, valueFrom: {fieldRef: {}, §secretKeyRef: {}}}]"),
            "there is more than one source: fieldRef and secretKeyRef",
        ),
        (
            container("env: [{name: A, valueFrom: {secretKeyRef: {name: §A_b, key: k}}}]"),
            '"A_b" cannot be the name of a Secret',
        ),
        (
            container("env: [{name: A, valueFrom: {configMapKeyRef: {name: a, key: §a/b}}}]"),
            '"a/b" cannot be a key',
        ),
        (container("envFrom: [§{prefix: A}]"), "there is no source"),
        (
            container("resources: {requests: {cpu: §2}, limits: {cpu: 1500m}}"),
            "the request of cpu, 2, is more than its limit, 1500m",
        ),
        (
            container("resources: {requests: {memory: §1Gi}, limits: {memory: 1G}}"),
            "the request of memory, 1Gi, is more than its limit, 1G",
        ),
        (container("resources: {limits: {cpu: §-1}}"), "cpu is below zero"),
        (
            container("securityContext: {privileged: true, allowPrivilegeEscalation: §false}"),
            "a privileged container can always gain privileges",
        ),
        (container("§livenessProbe: {periodSeconds: 5}"), "there is no way to probe"),
        (
            container("readinessProbe: {exec: {command: [a]}, §tcpSocket: {port: 80}}"),
            "there is more than one way to probe: exec and tcpSocket",
        ),
        (
            container(f"livenessProbe: {{{PROBE}, successThreshold: §2}}"),
            "successThreshold of a livenessProbe is 1",
        ),
        (
            container(f"startupProbe: {{{PROBE}, timeoutSeconds: §-1}}"),
            "timeoutSeconds is below zero",
        ),
        (container("lifecycle: {§preStop: {}}"), "there is no handler"),
        (
            container(
                "", f"initContainers: [{{name: i, image: a, §livenessProbe: {{{PROBE}}}}}], "
            ),
            "an init container has no livenessProbe, unless its restartPolicy is Always",
        ),
        (
            container("volumeMounts: [{name: §dta, mountPath: /data}]", DATA),
            "the pod has no volume dta",
        ),
        (
            container(
                "volumeMounts: [{name: data, mountPath: /a}, {name: data, mountPath: §/a}]", DATA
            ),
            "two volumes are mounted at /a",
        ),
        (
            container("volumeMounts: [{name: data, mountPath: /a, subPath: §../b}]", DATA),
            "subPath has to stay below the volume",
        ),
        (
            container("", "volumes: [{name: a, emptyDir: {}}, {name: §a, emptyDir: {}}], "),
            "the pod has two volumes called a",
        ),
        (
            container("", "volumes: [{name: a, emptyDir: {}, §configMap: {name: b}}], "),
            "a volume is one of emptyDir and configMap",
        ),
        (
            container("", "volumes: [{name: a, configMap: {name: b, defaultMode: §644}}], "),
            "defaultMode is more than 0777 in octal",
        ),
        (
            container("", "volumes: [{name: a, secret: {secretName: b, items: [{path: §/c}]}}], "),
            "the path of an item has to stay below the volume",
        ),
        (container("", "volumes: [{name: a, §secret: {}}], "), "the secret has no secretName"),
        (container("", "dnsPolicy: §None, "), "dnsPolicy None needs a name server"),
        (container("", "hostAliases: [{ip: §localhost}], "), '"localhost" is no address'),
        (
            container("", "serviceAccountName: §A_b, "),
            '"A_b" cannot be the name of a ServiceAccount',
        ),
        (
            container("", "tolerations: [{key: a, operator: Exists, §value: b}], "),
            "a toleration with the operator Exists has no value",
        ),
        (
            container("", "tolerations: [§{effect: NoSchedule}], "),
            "a toleration without a key needs the operator Exists",
        ),
        (
            container("", "tolerations: [{key: a, §tolerationSeconds: 5}], "),
            "tolerationSeconds goes with the effect NoExecute alone",
        ),
        (container("", "nodeSelector: {a: §b c}, "), '"b c" cannot be the value of a label'),
        (
            container(
                "",
                f"{TERMS}{{nodeSelectorTerms: [{{matchExpressions: [§{{key: a, "
                "operator: In}]}]}}}, ",
            ),
            "In needs values",
        ),
        (
            container(
                "",
                "affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuring"
                "Execution: [{weight: §0, podAffinityTerm: {topologyKey: a}}]}}, ",
            ),
            "the weight is outside 1–100",
        ),
        (
            container("", "topologySpreadConstraints: [{maxSkew: §0, topologyKey: a}], "),
            "maxSkew is below 1",
        ),
    ],
)
def test_a_pod_that_is_refused(tmp_path: Path, manifest: str, message: str) -> None:
    (found,) = refusals(tmp_path, manifest)
    assert found.startswith(expected(manifest, message)[0])


@pytest.mark.parametrize(
    "manifest",
    [
        container("ports: [{name: web, containerPort: 1}, {name: web-2, containerPort: 2}]"),
        container("ports: [{hostPort: 53, protocol: UDP}, {hostPort: 53, protocol: TCP}]"),
        container("env: [{name: my.var-1, value: ''}, {name: A, value: '', valueFrom: null}]"),
        container("env: [{name: A, value: '', valueFrom: {fieldRef: {fieldPath: spec.host}}}]"),
        container("resources: {requests: {cpu: 1, memory: 1G}, limits: {cpu: 1000m, memory: 1Gi}}"),
        container("resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}"),
        container("resources: {requests: {cpu: '{{ .cpu }}'}, limits: {cpu: 1}}"),
        container("resources: {requests: {cpu: lots}, limits: {cpu: 1}}"),
        container("readinessProbe: {httpGet: {port: 80}, exec: null, successThreshold: 3}"),
        container("securityContext: {privileged: false, allowPrivilegeEscalation: false}"),
        container("volumeMounts: [{name: data, mountPath: /a}, {name: data, mountPath: /b}]", DATA),
        container("volumeMounts: [{name: any, mountPath: /a}]", "volumes: [{name: '{{ .v }}'}], "),
        container("volumeMounts: [{name: '${NAME}', mountPath: /a}]", DATA),
        container("volumeMounts: [{name: a, mountPath: /a}]", "volumes: [{name: a}], "),
        container("volumeMounts: [{name: data, mountPath: /a, subPath: a..b/c}]", DATA),
        container("", "volumes: [{name: a, configMap: {name: b, defaultMode: 420}}], "),
        container("", "volumes: [{name: a, configMap: {name: b, defaultMode: 0644}}], "),
        container("", "volumes: [{name: a, configMap: {name: b, defaultMode: 0o755}}], "),
        container("", "volumes: [{name: a, projected: {sources: [{}]}}], "),
        container(
            "",
            "initContainers: [{name: i, image: a, restartPolicy: Always, "
            f"livenessProbe: {{{PROBE}}}}}], ",
        ),
        container(
            "",
            "tolerations: [{operator: Exists}, {key: a, effect: NoExecute, "
            "tolerationSeconds: 5}, {key: a, value: b}], ",
        ),
        container("", "nodeSelector: {kubernetes.io/os: linux, a: ''}, "),
        container("", "dnsPolicy: None, dnsConfig: {nameservers: [1.1.1.1]}, "),
        container("", "terminationGracePeriodSeconds: 0, hostAliases: [{ip: '::1'}], "),
        named("StatefulSet", "spec: {}"),
        named(
            "apps/v1/StatefulSet",
            "spec:\n  volumeClaimTemplates:\n    - metadata: {name: data}\n"
            "      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
            "  template: {spec: {containers: [{name: c, image: a, volumeMounts: "
            "[{name: data, mountPath: /d}]}]}}",
        ),
    ],
)
def test_a_pod_that_is_not(tmp_path: Path, manifest: str) -> None:
    assert refusals(tmp_path, manifest) == []


def test_a_mode_without_its_zero_is_shown_with_it(tmp_path: Path) -> None:
    from gitopsgen.validation.rules import k8s_invalid
    from tests.validation.rules.build import findings_in, make_model, one_application

    manifest = container("", "volumes: [{name: a, secret: {secretName: b, defaultMode: 400}}], ")
    model, files = make_model(tmp_path, one_application(manifest.replace("400", "640")))
    (finding,) = findings_in(model, files, [k8s_invalid])
    assert finding.hint == "Did you mean 0640? Without the 0 it is a decimal number."
    # 400 in decimal is a mode that exists, if a strange one: nobody can tell.
    assert refusals(tmp_path, manifest) == []
