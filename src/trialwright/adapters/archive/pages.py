"""The pages of an archive: each one HTML file that asks nothing of the network, reads without a program, and prints.

Everything that comes from the ledger is escaped. Simulated data is said at the top of every page, beside every heading
and on every sheet of paper. Read `book_page`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from trialwright.adapters.archive.book import Book
from trialwright.adapters.archive.words import day

TEMPLATES = Path(__file__).with_name("templates")
SIMULATED = "Simulated data"
SIMULATED_MEANS = "Simulated data: virtual patients made by this program. No person was treated."


def book_page(book: Book, about: dict[str, Any]) -> str:
    """The page of one book; `about` is what every page of the archive says."""
    return _render("book.html.j2", book=book, **about)


def front_page(about: dict[str, Any]) -> str:
    """The page that a reader opens first."""
    return _render("readme.html.j2", **about)


def _render(template: str, **values: Any) -> str:
    styles = Markup((TEMPLATES / "archive.css").read_text("utf-8"))  # noqa: S704 - our own file
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day
    told = {"styles": styles, "simulated_word": SIMULATED, "simulated_means": SIMULATED_MEANS, **values}
    return environment.get_template(template).render(**told)
