"""The document as one HTML file that asks nothing of the network: styles and figures are inside it.

The page reads in light, in dark and in print; every figure has its words and, folded under it, its numbers. Everything
that comes from a file or a participant is escaped. Read `as_html`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from trialwright.adapters.reports.document import SIMULATED, SIMULATED_MEANS, Document, Drawing, Paragraph, Table
from trialwright.adapters.reports.figures.palette import THEMED

TEMPLATES = Path(__file__).with_name("templates")
INSIDE_SVG = re.compile(r"<svg.*</svg>", re.DOTALL)
IDS = re.compile(r'(\bid="|url\(#|xlink:href="#|href="#)')


def as_html(document: Document, pictures: Mapping[str, str]) -> str:
    """The report as one page; `pictures` are the SVG texts by the name of their figure."""
    styles = Markup((TEMPLATES / "report.css").read_text("utf-8"))  # noqa: S704 - our own file
    inside = {figure.name: inline(pictures[figure.name], figure) for figure in document.drawings()}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(document=document, pictures=inside, styles=styles, simulated=SIMULATED, simulated_means=SIMULATED_MEANS)
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    kinds = {"table": Table, "drawing": Drawing, "paragraph": Paragraph}
    environment.tests.update({name: _is(kind) for name, kind in kinds.items()})
    environment.filters["stubs"] = stubs
    return environment


def _is(kind: type) -> Callable[[object], bool]:
    return lambda block: isinstance(block, kind)


def stubs(table: Table) -> list[tuple[str, list[tuple[str, ...]]]]:
    """The rows under each first cell where the table has stubs, else all under none."""
    if not table.stub:
        return [("", list(table.rows))]
    return [(name, [row[1:] for row in rows]) for name, rows in groupby(table.rows, key=lambda row: row[0])]


def inline(svg: str, figure: Drawing) -> Markup:
    """A figure as part of the page: its words for a screen reader, its ids its own, its colours the page's."""
    body = INSIDE_SVG.search(svg)
    if body is None:
        raise ValueError(f"Figure {figure.name} is not an SVG.")
    own = IDS.sub(rf"\g<1>{figure.name}-", body[0])
    for colour, variable in THEMED.items():
        own = re.sub(rf"(?<=[: ]){colour}(?=[;\"])", f"var(--{variable})", own, flags=re.IGNORECASE)
    label = escape(figure.alt)
    return Markup(own.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # noqa: S704 - drawn here
