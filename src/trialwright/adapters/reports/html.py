"""The document as one HTML file that asks nothing of the network: styles and figures are inside it.

The page reads in light, in dark and in print; every figure has its words and, folded under it, its numbers. Everything
that comes from a file or a participant is escaped. Read `as_html`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from trialwright.adapters.reports.document import SIMULATED, SIMULATED_MEANS, Document, Drawing, Paragraph, Table
from trialwright.adapters.reports.figures.fonts import font_faces
from trialwright.adapters.reports.figures.palette import THEMED
from trialwright.adapters.reports.tied import Cell, Link, Number, Part, Quote, Tied, located, shown

TEMPLATES = Path(__file__).with_name("templates")
INSIDE_SVG = re.compile(r"<svg.*</svg>", re.DOTALL)
MOST_ROWS = 2_000
"""A table shows so many rows in the page; its file has them all."""
IDS = re.compile(r'(\bid="|url\(#|xlink:href="#|href="#)')


def as_html(document: Document, pictures: Mapping[str, str]) -> str:
    """The report as one page; `pictures` are the SVG texts by the name of their figure."""
    own = (TEMPLATES / "report.css").read_text("utf-8")
    styles = Markup(own + font_faces(pictures.values()))  # noqa: S704 - our own file, and letters as base64
    inside = {figure.name: inline(pictures[figure.name], figure) for figure in document.drawings()}
    cells = located(document)
    return (
        _environment(document, cells)
        .get_template("report.html.j2")
        .render(
            document=document,
            pictures=inside,
            styles=styles,
            simulated=SIMULATED,
            simulated_means=SIMULATED_MEANS,
            targets=frozenset((one.table, one.row, one.column) for one in cells.values()),
        )
    )


def _environment(document: Document, cells: Mapping[Number, Cell]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    kinds = {"table": Table, "drawing": Drawing, "paragraph": Paragraph}
    environment.tests.update({name: _is(kind) for name, kind in kinds.items()})
    environment.filters["stubs"] = numbered_stubs
    environment.filters["shown"] = lambda table: shown(table, MOST_ROWS)
    environment.filters["tied"] = lambda text: tied_html(text, cells, document)
    return environment


def tied_html(text: str, cells: Mapping[Number, Cell], document: Document) -> Markup:
    """A sentence in which every number leads to the cell that shows it and says where it comes from."""
    parts = text.parts if isinstance(text, Tied) else (text,)
    return Markup("").join(_part(part, cells, document) for part in parts)


def _part(part: Part, cells: Mapping[Number, Cell], document: Document) -> Markup:
    if isinstance(part, Link):
        return Markup('<a href="#{}">{}</a>').format(part.target, part.words)
    if isinstance(part, Quote):
        return Markup('<span class="quote" title="{}">{}</span>').format(f"from: {part.clause}", part.text)
    if not isinstance(part, Number):
        return escape(part)
    from_where = ", ".join([part.path, *([document.stands] if document.stands else [])])
    at = cells.get(part)
    target = at.anchor if at and at.row < MOST_ROWS else part.table
    if not target:
        return Markup('<span class="tie" title="{}">{}</span>').format(from_where, part.told)
    return Markup('<a class="tie" href="#{}" title="{}">{}</a>').format(target, from_where, part.told)


Row = tuple[int, tuple[str, ...]]


def numbered_stubs(table: Table) -> Iterable[tuple[str, list[Row]]]:
    """The rows under each first cell, as in `stubs`, each with its place in the table."""
    place = 0
    for name, rows in stubs(table):
        yield name, list(enumerate(rows, place))
        place += len(rows)


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
