"""Small charts in place of those of the sample: same names, versions, values and kinds of objects.

The real ones are other people's, and nothing is fetched in a test. Each of these reads the values
that the sample gives and brings what its components need; little else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutation.standins import argo_cd, cert_manager, ingress_nginx, kube_vip, loopia, nfs

if TYPE_CHECKING:
    from pathlib import Path

_CHARTS = (argo_cd, cert_manager, ingress_nginx, kube_vip, loopia, nfs)


def write_charts(folder: Path) -> None:
    """Write all charts below a folder, unpacked, as `--charts-dir` takes them."""
    for chart in _CHARTS:
        for name, text in chart.files().items():
            path = folder / chart.NAME / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
