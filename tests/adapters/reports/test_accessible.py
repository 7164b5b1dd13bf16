"""The report for who cannot see it: headings of tables, words of figures, and the tags of the PDF."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest
from test_document import CASES, made, pages

from trialwright.adapters.reports.document import Document


class Reader(HTMLParser):
    """What a screen reader needs to know of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[dict[str, int]] = []
        self.unscoped: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.figures = self.captions = 0
        self.levels: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count what matters."""
        told = dict(attrs)
        if tag == "table":
            self.tables.append({"caption": 0, "th": 0})
        elif tag in ("caption", "th") and self.tables:
            self.tables[-1][tag] += 1
        if tag == "th" and told.get("scope") not in ("col", "row", "rowgroup"):
            self.unscoped.append(str(told))
        elif tag == "svg":
            self.pictures.append(told)
        elif tag in ("h1", "h2", "h3", "h4"):
            self.levels.append(int(tag[1]))
        self.figures += tag == "figure"
        self.captions += tag == "figcaption"


def read(document: Document) -> Reader:
    """The page as read."""
    reader = Reader()
    reader.feed(pages(document))
    return reader


@pytest.mark.parametrize("case", CASES)
def test_every_table_has_a_caption_and_every_heading_its_scope(case) -> None:
    reader = read(made(case))
    assert reader.tables
    assert all(table["caption"] == 1 and table["th"] >= 1 for table in reader.tables)
    assert reader.unscoped == []


@pytest.mark.parametrize("case", CASES)
def test_every_figure_is_said_in_words_and_has_a_caption(case) -> None:
    document = made(case)
    reader = read(document)
    said = [one.get("aria-label") for one in reader.pictures]
    assert all(one.get("role") == "img" for one in reader.pictures)
    assert said == [drawing.alt for drawing in document.drawings()]
    assert reader.figures == reader.captions == len(said)


def test_no_level_of_headings_is_left_out() -> None:
    levels = read(made("the small trial")).levels
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
