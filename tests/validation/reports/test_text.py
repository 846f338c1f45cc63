from __future__ import annotations

from gitopsgen.findings import Counts, Finding, Report, Severity, Unchecked
from gitopsgen.validation.reports.text import format_report


def finding(**changes: object) -> Finding:
    values: dict[str, object] = {
        "rule": "schema-invalid",
        "severity": Severity.ERROR,
        "file": "apps/a.yaml",
        "line": 2,
        "column": 3,
        "message": 'unknown field "replicaz"',
    }
    return Finding(**{**values, **changes})  # type: ignore[arg-type]


def test_a_finding_shows_its_line_a_caret_and_the_hint() -> None:
    report = Report(
        findings=(
            finding(hint="Did you mean replicas?", resource="apps/v1/Deployment web/a"),
            finding(file="b.yaml", severity=Severity.WARNING, line=9),
        ),
        unchecked=(Unchecked("chart argo-cd 10.1.1", "charts are skipped", "argocd"),),
        counts=Counts(files=2, documents=1, applications=1, charts=1),
    )
    assert format_report(report, lambda file: {"apps/a.yaml": "spec:\n\t é: 1\n"}.get(file)) == (
        "apps/a.yaml\n"
        '  2:3 error: unknown field "replicaz" [schema-invalid]\n'
        "      2 | \t é: 1\n"
        "        | \t ^\n"
        "      resource: apps/v1/Deployment web/a\n"
        "      hint: Did you mean replicas?\n"
        "\n"
        "b.yaml\n"
        '  9:3 warning: unknown field "replicaz" [schema-invalid]\n'
        "\n"
        "not checked:\n"
        "  chart argo-cd 10.1.1 (application argocd): charts are skipped\n"
        "\n"
        "1 error, 1 warning, 1 unchecked in 2 files, 1 document, 1 application, 1 chart\n"
    )


def test_nothing_wrong_is_one_line() -> None:
    assert format_report(Report(), lambda file: None) == "0 errors, 0 warnings, 0 unchecked\n"


def test_the_lines_of_a_secret_are_not_shown() -> None:
    report = Report(findings=(finding(resource="v1/Secret web/a"), finding(line=3)))
    text = format_report(report, {"apps/a.yaml": "data:\n  password: hunter2\n  user: me\n"}.get)
    assert "hunter2" not in text
    assert "user: me" in text


def test_a_very_long_line_is_cut_around_the_place() -> None:
    line = "x" * 5000 + "HERE" + "y" * 5000
    report = Report(findings=(finding(line=1, column=5001),))
    shown, caret = format_report(report, {"apps/a.yaml": line}.get).split("\n")[2:4]
    assert len(shown) < 200
    assert shown[caret.index("^") :].startswith("HERE")


def test_escape_sequences_of_a_file_do_not_reach_the_terminal() -> None:
    report = Report(findings=(finding(line=1, message="bad \x1b]0;title\x07 and\nmore"),))
    text = format_report(report, {"apps/a.yaml": "\x1b[31mred"}.get)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert " and more [schema-invalid]" in text


def test_the_line_of_a_secret_in_plain_text_is_not_shown() -> None:
    report = Report(findings=(finding(rule="secret-plaintext", file="values.yaml", line=1),))
    text = format_report(report, {"values.yaml": "password: hunter2\n"}.get)
    assert "secret-plaintext" in text
    assert "hunter2" not in text


def test_escape_sequences_of_names_do_not_reach_the_terminal() -> None:
    report = Report(
        findings=(finding(file="a\x1b[2J\n.yaml", resource="v1/Pod \x07a", application="\x1b]0;"),)
    )
    text = format_report(report, lambda file: None)
    assert text.split("\n")[0] == "a\N{REPLACEMENT CHARACTER}[2J .yaml"
    assert "\x1b" not in text
    assert "\x07" not in text
