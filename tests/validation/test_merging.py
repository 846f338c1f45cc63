from __future__ import annotations

from dataclasses import replace

from gitopsgen.findings import Finding, Severity
from gitopsgen.validation.merging import merged

FINDING = Finding("r", Severity.ERROR, "a.yaml", 1, 2, "bad", "h", "v1/Pod a", "web")


def of(name: str, message: str = "bad", **more: object) -> Finding:
    resource = f"v1/Pod {name}"
    text = f"{message} (in {resource}, from chart web)"
    return replace(FINDING, message=text, resource=resource, **more)  # type: ignore[arg-type]


def test_one_place_that_is_wrong_for_several_objects() -> None:
    (one,) = merged([of("c"), of("a"), of("b"), of("a", application="shop")])
    assert one.message == "bad (in v1/Pod a, from chart web, and 2 more)"
    assert one.resource == "v1/Pod a"


def test_one_object_of_several_applications() -> None:
    assert merged([FINDING, replace(FINDING, application="shop")]) == [
        replace(FINDING, application="shop")
    ]


def test_findings_that_differ() -> None:
    findings = [
        FINDING,
        replace(FINDING, line=2),
        replace(FINDING, rule="s"),
        replace(FINDING, message="worse"),
        of("a", "worse"),
        of("a", hint="i"),
        replace(FINDING, severity=Severity.WARNING),
    ]
    assert set(merged(findings)) == set(findings)


def test_what_a_placeholder_breaks_is_said_once() -> None:
    placeholder = replace(FINDING, rule="placeholder")
    quantity, schema = (replace(FINDING, rule=r) for r in ("k8s-quantity", "schema-invalid"))
    elsewhere = replace(schema, line=7)
    assert merged([quantity, placeholder, schema, elsewhere]) == [placeholder, elsewhere]
    warning = replace(placeholder, severity=Severity.WARNING)
    assert set(merged([quantity, warning])) == {quantity, warning}


def test_a_wave_that_is_no_text_is_said_once() -> None:
    wave = replace(FINDING, rule="argo-wave-invalid")
    assert merged([wave, replace(FINDING, rule="schema-invalid")]) == [wave]
