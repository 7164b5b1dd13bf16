"""The pack of a monitoring committee: rules as they stand, and an open part in which no arm can be told apart."""

from dataclasses import replace
from datetime import date

import pytest
import small_trial as t
from test_document import ARMS
from test_tied import numbers_in, untied

from trialwright.adapters.reports.document import Document
from trialwright.adapters.reports.sections.opening import CLOSED_PART, OPEN_PART, PACK, REPORT, document_of
from trialwright.adapters.reports.tied import located
from trialwright.adapters.reports.writing import check_place, documents_of, write_documents
from trialwright.core.protocol import Population, Safety, Stage, StoppingRule

DEATHS = StoppingRule(id="deaths", source="label", label="Deaths", deaths=True, first=10, at_least=2)
GATE = Stage(
    id="gate", source="label", after=3, endpoint="response_rate", continue_if_more_than=0, of=Population.TREATED
)
EFFICACY = ("response", "waterfall", "swimmer", "curve", "median", "landmark", "listing", "means", "best")


def pack(arms: bool = False, rules: bool = True, cut: date = t.CUT, people=None) -> dict[str, Document]:
    """The documents of a pack."""
    version = t.protocol(arms=t.TWO_ARMS) if arms else t.protocol()
    if rules:
        version = replace(version, safety=Safety(stopping=(DEATHS,)), design=replace(version.design, stages=(GATE,)))
    told = t.analysis(people or (ARMS if arms else None), cut, version)
    return dict(documents_of(told, t.standing(cut=cut), "", PACK))


def cells_of(document: Document) -> list[str]:
    """Everything that the tables say, headings and titles too."""
    return [
        text
        for table in document.tables()
        for text in (table.title, *table.headings, *(cell for row in table.rows for cell in row), *table.notes)
    ]


def test_with_one_arm_there_is_one_document() -> None:
    assert list(pack()) == [""]


def test_with_several_arms_there_is_an_open_and_a_closed_part() -> None:
    assert list(pack(arms=True)) == [OPEN_PART, CLOSED_PART]


@pytest.mark.parametrize("part", [OPEN_PART, CLOSED_PART])
def test_a_part_says_who_may_read_it(part) -> None:
    document = pack(arms=True)[part]
    assert any(f"{part.capitalize()} part" in notice for notice in document.notices)
    assert f"{part} part" in document.running


def test_the_open_part_tells_no_arm_apart_and_has_no_efficacy() -> None:
    parts = pack(arms=True)
    for label in ("Drug", "Placebo"):
        assert any(label in text for text in cells_of(parts[CLOSED_PART]))
        assert not any(label in text for text in cells_of(parts[OPEN_PART]))
    names = [table.name for table in parts[OPEN_PART].tables()]
    assert not [name for name in names if name.startswith(EFFICACY)]
    assert [table.name for table in parts[CLOSED_PART].tables() if table.name.startswith("response-rate")]


def test_no_figure_of_the_open_part_names_an_arm() -> None:
    for figure in pack(arms=True)[OPEN_PART].drawings():
        assert "Placebo" not in figure.alt


@pytest.mark.parametrize("arms", [False, True])
def test_the_numbers_of_a_pack_are_tied_too(arms) -> None:
    for document in pack(arms=arms).values():
        assert untied(document) == []
        cells = located(document)
        assert all(number in cells for number in numbers_in(document) if number.in_a_cell)
        tables = {table.name for table in document.tables()}
        assert {number.table for number in numbers_in(document) if number.table} <= tables


def test_the_rules_are_told_as_they_stand() -> None:
    """Three are treated and nobody died; the partial response of P-1 is more than none, so the gate lets go on."""
    tables = {table.name: table for table in pack()[""].tables()}
    rule, gate = tables["stopping"].rows[0], tables["stages"].rows[0]
    assert (rule[0], rule[2]) == ("Deaths", "0 of 3")
    assert "open" in rule[5]
    assert (gate[1], gate[5]) == ("more than 0 of the first 3", "✓ continue")


def test_where_the_protocol_names_no_rule_none_is_assumed() -> None:
    document = pack(rules=False)[""]
    assert any("neither a stopping rule nor a gate" in text for text in prose_of(document))
    assert "stopping" not in {table.name for table in document.tables()}


def prose_of(document: Document) -> list[str]:
    """The sentences of a document."""
    return [block.text for block in document.blocks() if hasattr(block, "text")]


@pytest.mark.parametrize("cut", [date(2004, 1, 1), date(2025, 1, 3), date(2025, 2, 15)])
@pytest.mark.parametrize("arms", [False, True])
def test_a_pack_can_be_made_at_any_cut_off(cut, arms) -> None:
    for document in pack(arms=arms, cut=cut).values():
        assert len(document.sections) >= 4


def test_the_chair_signs_the_part_with_the_decision() -> None:
    parts = pack(arms=True)
    assert [one.role for one in parts[CLOSED_PART].signatures] == ["Chair of the data-monitoring committee"]
    assert parts[OPEN_PART].signatures == ()
    assert len(document_of(t.analysis(), t.standing(), "", REPORT).signatures) == 3


def test_each_part_is_a_folder_that_can_be_handed_on_alone(tmp_path) -> None:
    out = tmp_path / "pack"
    files = write_documents(pack(arms=True), t.standing(), out)
    assert {"open/report.html", "open/report.pdf", "closed/report.html", "closed/report.pdf"} <= set(files)
    assert "Placebo" not in (out / "open/report.html").read_text("utf-8")
    assert not [file for file in (out / "open/tables").iterdir() if "Placebo" in file.read_text("utf-8")]
    check_place(out)  # it is a report of ours, and may be replaced
