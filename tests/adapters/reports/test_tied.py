"""No number of the report is typed: each digit in a sentence comes from the analysis, and leads to where it stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

import pytest
import small_trial as t
from test_document import CASES, made

from trialwright.adapters.reports.document import Chapter, Document, Paragraph, Section, Table
from trialwright.adapters.reports.html import as_html
from trialwright.adapters.reports.tied import (
    Cell,
    Number,
    Quote,
    References,
    Tied,
    joined,
    label,
    located,
    numbers_in,
    prose,
    shown,
    tell,
    untied,
)
from trialwright.core.protocol import StudyProtocol

NUMBERS = re.compile(r"[\d.]*\d").findall
COUNTS = Table(
    "counts", "Counts", ("Group", "Step", "Participants"), (("All", "Planned", "35"), ("All", "Treated", "3"))
)


def with_blocks(*blocks: Paragraph | Table) -> Document:
    """The small trial's report with one more chapter."""
    document = made("one participant")
    return replace(document, chapters=(*document.chapters, Chapter("99", "More", (Section("more", "More", blocks),))))


@pytest.mark.parametrize("case", CASES)
def test_no_digit_in_a_sentence_is_typed(case) -> None:
    assert untied(made(case)) == []


@pytest.mark.parametrize(
    "offender",
    [
        Paragraph("9 of 32 responded."),
        Paragraph(f"{9} responded.", "note"),
        Table("t", "T", ("a",), (("b",),), notes=("Counted within 30 days.",)),
    ],
)
def test_a_number_that_somebody_typed_is_found(offender) -> None:
    assert untied(with_blocks(offender)) == [offender.text if isinstance(offender, Paragraph) else offender.notes[0]]


@pytest.mark.parametrize("sentence", ["9 responded.", "{n} of 32 responded."])
def test_a_sentence_with_a_typed_number_is_not_even_made(sentence) -> None:
    with pytest.raises(ValueError, match="A number is typed"):
        tell(sentence, n=Number("9", "responders"))


def test_a_plain_text_that_is_filled_in_may_hold_no_number_either() -> None:
    with pytest.raises(ValueError, match="A number is typed"):
        tell("{who} responded.", who="9 of 32")


def test_words_of_the_protocol_keep_their_digits_and_their_clause() -> None:
    told = tell("At {visit} it says {words}.", visit=label("Course 1 day 15", "c1d15"), words=Quote("≥ 1,500", "anc"))
    assert told == "At Course 1 day 15 it says “≥ 1,500”."
    assert [part.clause for part in told.parts if isinstance(part, Quote)] == ["c1d15", "anc"]


def strings_of(node: object) -> Iterator[str]:
    """Every text of a protocol, wherever in it."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        yield from (text for each in node.items() for part in each for text in strings_of(part))
    elif isinstance(node, tuple | list | set | frozenset):
        yield from (text for part in node for text in strings_of(part))
    elif is_dataclass(node) and not isinstance(node, type):
        yield from (text for each in fields(node) for text in strings_of(getattr(node, each.name)))


def quotes_in(document: Document) -> list[Quote]:
    """Every quotation and label of the sentences."""
    return [
        part for text in prose(document) if isinstance(text, Tied) for part in text.parts if isinstance(part, Quote)
    ]


def unfounded(document: Document, version: StudyProtocol) -> list[str]:
    """Quotations and labels with a number that stands in no text of the protocol and names no file of the report."""
    known = " ".join([*strings_of(version), *(f"tables/{table.name}.csv" for table in document.tables())])
    return [one.words for one in quotes_in(document) if not set(NUMBERS(one.words)) <= set(NUMBERS(known))]


@pytest.mark.parametrize("case", CASES)
def test_a_number_in_a_quotation_or_label_stands_in_the_protocol(case) -> None:
    version = t.protocol(**CASES[case][1])
    assert unfounded(made(case), version) == []


def test_a_typed_number_that_is_called_a_label_is_found() -> None:
    document = with_blocks(Paragraph(tell("{who} responded.", who=label("9 of 32", "nobody"))))
    assert unfounded(document, t.protocol()) == ["9 of 32"]


@pytest.mark.parametrize("case", CASES)
def test_every_number_that_names_a_cell_is_in_that_cell(case) -> None:
    document = made(case)
    cells, tables = located(document), {table.name: table for table in document.tables()}
    named = [number for number in numbers_in(document) if number.in_a_cell]
    assert named
    for number in named:
        assert number in cells, f"{number.told} ({number.path}) stands in no cell of {number.table}"
        cell = cells[number]
        assert number.told in tables[cell.table].rows[cell.row][cell.column]


@pytest.mark.parametrize("case", CASES)
def test_every_table_that_a_number_names_is_in_the_report(case) -> None:
    document = made(case)
    tables = {table.name for table in document.tables()}
    assert {number.table for number in numbers_in(document) if number.table} <= tables


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        (Number("35", "p", "counts", ("Planned",)), Cell("counts", 0, 2)),
        (Number("3", "p", "counts", ("Treated",)), Cell("counts", 1, 2)),
        (Number("3", "p", "counts", ("Planned",)), None),  # 3 is no part of 35
        (Number("3", "p", "counts", ("Treated",), "step"), None),
        (Number("35", "p", "counts"), None),  # counted from the whole table
        (Number("35", "p", "elsewhere", ("Planned",)), None),
    ],
)
def test_a_number_is_found_in_the_cell_it_names_and_in_no_other(number, cell) -> None:
    document = with_blocks(Paragraph(tell("{n} were planned.", n=number)), COUNTS)
    assert located(document).get(number) == cell


def test_a_path_is_looked_up_in_the_analysis() -> None:
    told = t.analysis()
    ref = References(told)
    assert ref("flow.planned").told == str(told.flow.planned)
    assert ref("safety.deaths.count").told == "0"
    assert ref("response.rates.0.rate.n").told == str(told.response.rates[0].rate.n)
    with pytest.raises(AttributeError):
        ref("flow.planed")


@pytest.mark.parametrize(
    ("rows", "told"), [(2, []), (3, []), (4, ["The first 3 of 4 rows; all of them stand in tables/t.csv."])]
)
def test_a_long_table_says_where_the_rest_of_it_is(rows, told) -> None:
    table = shown(Table("t", "T", ("a",), tuple((str(row),) for row in range(rows))), 3)
    assert (len(table.rows), list(table.notes)) == (min(rows, 3), told)
    assert all(isinstance(note, Tied) for note in table.notes)


def test_texts_put_together_stay_tied() -> None:
    told = joined([tell("{n} planned.", n=Number("35", "flow.planned")), "", "No more."])
    assert told == "35 planned. No more."
    assert isinstance(told, Tied)
    assert [number.path for number in told.numbers] == ["flow.planned"]


def test_in_the_page_each_number_leads_to_the_cell_that_shows_it() -> None:
    document = made("the small trial")
    page = as_html(document, {each.name: "<svg></svg>" for each in document.drawings()})
    ids = set(re.findall(r'id="([^"]+)"', page))
    targets = re.findall(r'<a class="tie" href="#([^"]+)" title="([^"]+)"', page)
    assert targets
    assert {target for target, _ in targets} <= ids
    assert all("ledger position 12" in title for _, title in targets)
    cell = located(document)[next(one for one in numbers_in(document) if one.path == "flow.registered")]
    shown = re.search(rf'id="{cell.anchor}"[^>]*>([^<]+)<', page)
    assert shown and shown[1] == "4"


def test_the_links_inside_the_report_lead_somewhere() -> None:
    document = made("two arms")
    page = as_html(document, {each.name: "<svg></svg>" for each in document.drawings()})
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert {target for target in re.findall(r'href="#([^"]+)"', page) if target} <= ids
