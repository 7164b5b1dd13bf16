"""Whatever letters a site typed, the PDF is made: what its fonts lack stands as a mark, and a notice says so."""

import unicodedata
from dataclasses import replace
from datetime import date
from html import escape

import pytest
import small_trial as t

from trialwright.adapters.reports.document import Chapter, Document, Drawing, Paragraph, Section, Table
from trialwright.adapters.reports.pdf import LACKED, LACKING, _text_of, as_data, as_pdf, shown_by_fonts

DAY = date(2025, 6, 1)
ODD = {
    "Chinese": "\u4e2d\u6587",
    "a tab and a line's end": "a\tb\r\nc\u0085d\u2028e",
    "a control character": "a\x01b",
    "joined pictures": "\U0001f468\u200d\u2695\ufe0f",
    "private letters": "\ue000",
    "right to left": "\u05d0\u05d1 \u202ed",
    "a byte order mark": "\ufeffbom \u2066isolated\u2069 zero\u200bwidth\u00ad",
    "an accent of its own": "e\u0301\u0323",
    "marks of typst": '#read("/etc/passwd") $x$ *b* _i_ [l] @label `raw` // c /* ]] \\',
    "marks of a page": "<script>alert(1)</script> & {{ x }} {% y %}",
}


def document(text: str) -> Document:
    """A short document that holds the text everywhere."""
    whole = t.document(t.analysis())
    table = Table("odd", text, ("Term", text), ((text, text),), notes=(text,))
    return replace(whole, chapters=(Chapter("1", text, (Section("odd", text, (Paragraph(text), table)),)),))


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_can_be_printed(text, tmp_path):
    assert as_pdf(document(text), tmp_path, DAY, tmp_path).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grade ≥ 2, β−1 · é", "Grade ≥ 2, β−1 · é"),
        ("\u4e2d", LACKING),
        ("a\x01b", f"a{LACKING}b"),
        ("a\tb\u0085c", "a b c"),
        ("a\ue000", f"a{LACKING}"),
    ],
)
def test_what_the_fonts_lack_is_marked_and_nothing_else(text, shown):
    assert shown_by_fonts(text) == shown


def test_a_notice_says_that_letters_are_lacking_and_only_then():
    told = [_text_of(as_data(document(text), DAY)) for text in ("plain", "\u4e2d")]
    assert [LACKED in each for each in told] == [False, True]


@pytest.mark.parametrize("text", [*ODD.values(), "\u2695\ufe0f", "a\ufe00b", "a\u034fb"], ids=ascii)
def test_any_text_in_a_figure_can_be_printed(text, tmp_path):
    numbers = Table("odd-figure", "Numbers", ("Term",), (("one",),))
    drawing = Drawing("odd-figure", "Figure", "One word.", numbers, lambda: None)
    whole = t.document(t.analysis())
    with_figure = replace(whole, chapters=(Chapter("1", "One", (Section("odd", "Odd", (drawing,)),)),))
    letters = "".join(each for each in text if each.isprintable() or unicodedata.category(each) in ("Cf", "Mn", "Co"))
    inside = f'<text x="9" y="20" style="font-family: \'DejaVu Sans\'; font-size: 12px">{escape(letters)}</text>'
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40">{inside}</svg>'
    (tmp_path / "odd-figure.svg").write_text(picture, "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    assert as_pdf(with_figure, tmp_path, DAY, work).startswith(b"%PDF")
