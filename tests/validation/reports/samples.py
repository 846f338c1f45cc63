"""Reports that formats have to cope with."""

from __future__ import annotations

from gitopsgen.findings import Counts, Finding, Report, Severity, Unchecked

NOTHING = Report()

ERROR = Finding(
    "schema-invalid",
    Severity.ERROR,
    "apps/a.yaml",
    2,
    3,
    'unknown field "replicaz"',
    "Did you mean replicas?",
    "apps/v1/Deployment web/a",
    "web",
)
WARNING = Finding("yamllint/colons", Severity.WARNING, "b.yaml", 9, 1, "too many spaces")
SKIPPED = Unchecked("chart argo-cd 10.1.1", "charts were skipped", "argocd")
MISSING = Unchecked("chart x 1.0", "no such host", required=True)

ORDINARY = Report((ERROR, WARNING), (SKIPPED,), Counts(2, 1, 1, 1))
WARNED = Report((WARNING,), (), Counts(1, 1, 0, 0))
UNAVAILABLE = Report((), (SKIPPED, MISSING), Counts(1, 1, 1, 2))

# Names, messages and hints may hold whatever a file or a program's output holds.
NASTY = Report(
    findings=(
        Finding(
            "schema-invalid",
            Severity.ERROR,
            "apps, %2c:\x1b[31m/\udcff <ü>&\"'.yaml",
            1,
            1,
            "100% wrong:\r\n::set-output name=x::\x00\x1b[0m \ufffe\ud800 ]]> 🦆",
            "a\nb",
            "v1/ConfigMap <a>&/\x07b",
            "web\x1b]0;\x07",
        ),
        *(
            Finding("no-such-rule", Severity.WARNING, "b.yaml", 1, 1, "twice", hint)
            for hint in ("", "other")
        ),
    ),
    unchecked=(Unchecked("\x1b%\n", "::error::\r\nx", "\ud800,:"),),
)

ALL = {
    "nothing": NOTHING,
    "ordinary": ORDINARY,
    "warned": WARNED,
    "unavailable": UNAVAILABLE,
    "nasty": NASTY,
}
