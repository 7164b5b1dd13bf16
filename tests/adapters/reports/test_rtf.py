"""The tables and figures as RTF, read again by a small reader that knows nothing of the writer."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
import small_trial as t
from rtf_reader import read_rtf
from test_document import CASES, made

from trialwright.adapters.reports.document import Document, Table
from trialwright.adapters.reports.figures.palette import drawn
from trialwright.adapters.reports.rtf import ALL, MOST_TOGETHER, WIDTH, as_rtf, escaped


def files_of(document: Document, pictures: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The files by their names."""
    return dict(as_rtf(document, pictures))


def rows_of(table: Table) -> list[list[str]]:
    """The cells of a table with its headings, its first cells left out where they are lines of their own."""
    cut = 1 if table.stub else 0
    return [list(row[cut:]) for row in (table.headings, *table.rows)]


@pytest.mark.parametrize("case", CASES)
def test_every_table_is_read_again_cell_by_cell(case) -> None:
    document = made(case)
    files = files_of(document)
    for table in document.tables():
        told = read_rtf(files[table.name])
        stubs = {row[0] for row in table.rows} if table.stub else set()
        own = [row for row in told.rows if not (len(row) == 1 and row[0] in stubs)]
        assert own == (rows_of(table) if table.rows else [])
        assert told.headings == bool(table.rows)
        assert told.widest <= WIDTH
        if not table.rows:
            assert told.text.strip() == table.empty
    assert set(files) == {table.name for table in document.tables()} | {ALL}


def test_every_page_says_what_it_shows_on_what_it_stands_and_that_it_is_simulated() -> None:
    told = read_rtf(files_of(made("the small trial"))["baseline"])
    (header,), (footer,) = told.headers, told.footers
    assert "Baseline characteristics" in header
    assert "Simulated data" in header
    assert "Page 1 of 1" in footer
    assert "head cdcdcdcdcdcdcdcd" in footer
    assert "Cut-off 1 Jun 2025" in footer
    assert {"landscape", "lndscpsxn", "trhdr", "trkeep"} <= told.words


def test_real_data_bear_no_mark() -> None:
    files = files_of(t.document(t.analysis(kind="real"), kind="real"))
    assert not any(b"imulated" in data for data in files.values())


def test_the_one_file_of_all_has_each_of_them_on_its_own_page() -> None:
    document = made("two arms")
    told = read_rtf(files_of(document)[ALL])
    names = [table.title for table in document.tables()]
    assert told.sections == len(told.headers) == len(names)
    for header, title in zip(told.headers, names, strict=True):
        assert title in header


@pytest.mark.parametrize(
    "words",
    ["{\\b evil}", "\\'e9", "é µ ≤ “q” – −1\u2009mg", "日本 🧬 ﷽", "\\u8217?", "a\tb", "\x00\x1b", "\ud800 alone"],
)
def test_words_of_strangers_are_words_and_nothing_else(words) -> None:
    document = made("one participant")
    own = replace(document.chapters[0].sections[0], blocks=(Table("t", "T", ("a", "b"), ((f"x{words}", "1"),)),))
    strange = replace(document, chapters=(replace(document.chapters[0], sections=(own,)),), title=words)
    told = read_rtf(files_of(strange)["t"])
    seen = told.rows[1][0]
    for character in words:
        expected = character if ord(character) >= 32 else " " if character != "\t" else "\t"
        assert (expected if not 0xD800 <= ord(character) < 0xE000 else "?") in seen
    assert told.words.isdisjoint({"evil", "e"})


def test_the_escape_of_a_character_is_what_the_format_prints() -> None:
    r"""RTF 1.9.1: `\uN` with N a signed 16-bit number and one character for readers without Unicode."""
    assert escaped("≤") == "\\u8804?"
    assert escaped("\uf900") == "\\u-1792?"  # U+F900 is 63744, less 65536
    assert escaped("🧬") == "\\u-10178?\\u-8724?"  # D83E and DDEC: 55358 and 56812, less 65536


def test_a_figure_comes_with_its_picture_and_its_words() -> None:
    document = made("one participant")
    figure = next(iter(document.drawings()))
    _, png = drawn(figure.draw, document.simulated)
    files = files_of(document, {figure.name: png})
    data = files[f"figure-{figure.name}"]
    told = read_rtf(data)
    assert figure.alt in told.footers[0]
    assert png.hex().encode() in data
    assert {"pict", "pngblip"} <= told.words


def test_the_same_document_gives_the_same_bytes() -> None:
    assert files_of(made("two arms")) == files_of(made("two arms"))


@pytest.mark.parametrize("rows", [MOST_TOGETHER - 1, MOST_TOGETHER, MOST_TOGETHER + 1])
def test_a_very_long_listing_stands_whole_in_its_own_file_and_is_named_among_all(rows) -> None:
    document = made("one participant")
    table = Table("long", "Long", ("No.",), tuple((str(n),) for n in range(rows)), "l")
    own = replace(document.chapters[0].sections[0], blocks=(table,))
    files = files_of(replace(document, chapters=(replace(document.chapters[0], sections=(own,)),)))
    assert len(read_rtf(files["long"]).rows) == rows + 1
    together = read_rtf(files[ALL])
    if rows > MOST_TOGETHER:
        assert together.text.strip() == "This listing has 5,001 rows and stands in the file long.rtf."
    else:
        assert len(together.rows) == rows + 1
