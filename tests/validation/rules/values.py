"""Charts that are given values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitopsgen.charts.model import ChartUse
from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.values import ValuesPart
from tests.validation.rules.build import application, make_model

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.validation.model import Model

CHART = "repoURL: https://charts.lab.dev, chart: db, targetRevision: 1.0.0"


def with_values(
    root: Path, values: str, *, helm: str = "", inline: bool = False
) -> tuple[Model, RepositoryFiles]:
    """A repository whose one Application gives a chart these values, in values.yaml."""
    source = f"{CHART}, helm: {{{helm}}}" if helm else CHART
    tree = {"app.yaml": application("db", source), "values.yaml": values}
    model, files = make_model(root, tree)
    (user,) = model.applications
    data = read_documents(values).documents[0].data
    part = ValuesPart("values.yaml", 0, (), data, inline)
    return replace(model, charts=(ChartUse(user, user.sources[0], (part,)),)), files
