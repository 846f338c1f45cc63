"""The sample repository: renders sample-output/ from its own cluster.yaml.

`python -m tests.sample` writes it again; the tests compare it byte for byte.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from gitopsgen.blueprints.catalogue import load_catalogue
from gitopsgen.lifecycle.render import read_input, render_repository
from gitopsgen.repository.layout import CLUSTER_FILE
from gitopsgen.tree import Tree, write_tree

SAMPLE = Path(__file__).resolve().parent.parent / "sample-output"


def render_sample() -> Tree:
    """Render the sample cluster with the shipped blueprints."""
    text = (SAMPLE / CLUSTER_FILE).read_text(encoding="utf-8")
    catalogue = load_catalogue()
    source = read_input(text, catalogue, CLUSTER_FILE)
    if source.result.cluster is None:
        raise SystemExit("\n".join(str(finding) for finding in source.result.findings))
    return render_repository(source.result.cluster, source, catalogue)


def main() -> None:
    """Replace sample-output/ by a new render."""
    tree = render_sample()
    shutil.rmtree(SAMPLE)
    SAMPLE.mkdir()
    write_tree(SAMPLE, tree)


if __name__ == "__main__":
    main()
