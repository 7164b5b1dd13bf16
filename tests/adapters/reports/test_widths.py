"""How the columns of a table share the width of a page."""

from trialwright.adapters.reports.document import Table
from trialwright.adapters.reports.pdf import LINE, SHORT, widths

SENTENCE = "Another treatment of the disease counts as progression"
RATE = "76.2% (56.3–87.9%)"


def table(headings: tuple[str, ...], *rows: tuple[str, ...], align: str = "") -> Table:
    return Table("t", "T", headings, rows, align)


def test_numbers_and_short_words_keep_their_width_and_sentences_share_what_is_left() -> None:
    assert widths(table(("Variant", "Followed", "Events"), (SENTENCE, "32", "30"))) == [len(SENTENCE), 0, 0]


def test_where_long_headings_of_numbers_would_take_it_all_a_sentence_still_has_its_part() -> None:
    headings = ("Variant", *(f"Without it at {months} months, with interval" for months in (6, 12, 24)))
    found = widths(table(headings, (SENTENCE, RATE, RATE, RATE)))
    assert 0 not in found
    assert found[0] > sum(found) / 3


def test_where_every_column_is_broken_a_date_is_not() -> None:
    headings = ("Participant", "From", "To", "Why it ended there", "Row of the guidance", "What else is to be said")
    found = widths(table(headings, ("S01-001", "27 Nov 2006", "1 Dec 2006", *[SENTENCE] * 3), align="llllll"))
    assert sum(len(heading) for heading in headings[:3]) < LINE
    assert found[1] == 0 or len("27 Nov 2006") <= found[1] <= SHORT + 2


def test_a_table_without_rows_keeps_the_width_of_its_headings() -> None:
    assert widths(table(("What", "Number"))) == [0, 0]
