"""Whatever letters a site typed, the PDF is made: what its fonts lack stands as a mark, and a notice says so."""

from dataclasses import replace
from datetime import date

import pytest
import small_trial as t

from trialwright.adapters.reports.document import Chapter, Document, Paragraph, Section, Table
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
