"""The report as pages: nothing empty, nothing not-a-number, nothing of a stranger's run, the same bytes twice."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import small_trial as t

from builders import registered, screened
from trialwright.adapters.reports import writing
from trialwright.adapters.reports.document import Document, Table
from trialwright.adapters.reports.figures.palette import drawn
from trialwright.adapters.reports.html import as_html
from trialwright.adapters.reports.pdf import breakable
from trialwright.adapters.reports.sections.opening import document_of
from trialwright.adapters.reports.writing import CannotReport, as_csv, check_place, write_document
from trialwright.core.protocol import RegistryFact

NOT_A_NUMBER = re.compile(r"\b(nan|inf|None)\b")
ONE = {"P-1": t.PEOPLE["P-1"]}
CENSORED = {"P-2": t.PEOPLE["P-2"]}
SCREENING = {"P-1": (screened("2025-01-01"),)}
WAITING = {"P-1": (screened("2025-01-01"), registered("2025-01-01"))}
ARMS = {
    name: (*t.PEOPLE[name][:2], t.arm(arm, "2025-01-01"), *t.PEOPLE[name][2:])
    for name, arm in (("P-1", "A"), ("P-2", "B"), ("P-3", "B"))
}
CASES = {
    "the small trial": ({}, {}),
    "nobody": ({"people": {}}, {}),
    "before the first event": ({"cut": date(2004, 1, 1)}, {}),
    "one in screening": ({"people": SCREENING}, {}),
    "one who waits for the first dose": ({"people": WAITING}, {}),
    "one participant": ({"people": ONE}, {}),
    "all censored": ({"people": CENSORED}, {}),
    "two arms": ({"people": ARMS}, {"arms": t.TWO_ARMS}),
    "two arms, one of them empty": ({"people": ARMS, "cut": date(2025, 1, 3)}, {"arms": t.TWO_ARMS}),
    "two arms, nobody": ({"people": {}}, {"arms": t.TWO_ARMS}),
    "values only, none recorded": (
        {"response": False},
        {"endpoints": [t.PAIN | {"at": ["week_1"]}, t.PAIN_CHANGE], "questions": []},
    ),
    "no endpoint at all": ({"response": False}, {"endpoints": [], "questions": [], "encounters": []}),
}


def made(case: str) -> Document:
    """The document of one of the cases."""
    others, parts = CASES[case]
    return t.document(t.analysis(version=t.protocol(**parts), **others))


@pytest.mark.parametrize("case", CASES)
def test_every_case_makes_an_honest_report(case) -> None:
    """An empty cell would not even be made: `Table` refuses it."""
    document = made(case)
    told = " ".join(cell for table in document.tables() for row in table.rows for cell in row)
    assert not NOT_A_NUMBER.search(told)
    assert len(document.sections) >= 4
    for each in document.drawings():
        assert each.draw().axes


@pytest.mark.parametrize("case", ["nobody", "one participant", "values only, none recorded"])
def test_every_case_is_written_whole(case, tmp_path) -> None:
    files = write_document(made(case), t.standing(), tmp_path / "out")
    assert {"report.html", "report.pdf"} <= set(files)
    assert (tmp_path / "out/report.pdf").read_bytes().startswith(b"%PDF")


def test_a_row_with_an_empty_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fill"):
        Table("t", "T", ("a", "b"), (("1", " "),))


def test_the_names_of_tables_are_their_own_and_so_are_their_files(tmp_path) -> None:
    document = made("two arms")
    names = [table.name for table in document.tables()]
    assert len(names) == len(set(names))


def test_the_same_ledger_gives_the_same_bytes(tmp_path) -> None:
    for name in ("first", "second"):
        write_document(made("one participant"), t.standing(), tmp_path / name)
    first, second = (
        {
            each.relative_to(tmp_path / name): each.read_bytes()
            for each in (tmp_path / name).rglob("*")
            if each.is_file()
        }
        for name in ("first", "second")
    )
    assert first == second
    assert len(first) > 10


def pages(document: Document) -> str:
    """The HTML, with its figures."""
    return as_html(document, {each.name: drawn(each.draw, document.simulated)[0] for each in document.drawings()})


def test_simulated_data_are_marked_on_the_page_and_in_every_figure() -> None:
    document = made("the small trial")
    pictures = {each.name: drawn(each.draw, document.simulated)[0] for each in document.drawings()}
    assert len(pictures) == 7
    assert all("Simulated data" in picture for picture in pictures.values())
    marks = as_html(document, pictures).count("Simulated data")
    assert marks == 4 + len(document.sections) + len(pictures)  # title, print, header, front page; sections; figures


def test_real_data_are_never_marked_simulated() -> None:
    document = t.document(t.analysis(ONE, kind="real"), kind="real")
    assert "imulated" not in pages(document)


def test_the_page_asks_nothing_of_the_network() -> None:
    page = pages(made("one participant"))
    asked = re.findall(r"""(?:src|href|url|@import)\s*[=(]\s*["']?([^"')\s>]+)""", page)
    assert [each for each in asked if not each.startswith(("#", "data:font/woff;base64,"))] == []


def test_words_from_files_and_participants_cannot_become_markup(tmp_path) -> None:
    bad = "<script>alert(1)</script>"
    document = t.document(t.analysis({bad: t.PEOPLE["P-1"]}))
    page = pages(document)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    write_document(replace(document, title=f"#import {bad} $x$ \\ *b*"), t.standing(), tmp_path / "out")


def test_every_figure_has_words_and_numbers() -> None:
    for each in made("two arms").drawings():
        assert len(each.alt) > 40
        assert each.numbers.rows


def test_a_table_of_one_group_does_not_name_it_in_every_row() -> None:
    alone, arms = ({table.name: table for table in made(case).tables()} for case in ("the small trial", "two arms"))
    assert "Group" not in alone["response-rate"].headings
    assert "Group" in arms["response-rate"].headings


def test_the_registry_s_notice_is_kept() -> None:
    told = t.analysis()
    notice = RegistryFact(id="notice", field="notice", value="Listing does not mean evaluation.", source="label")
    version = replace(told.gathered.protocol, facts=(notice,))
    document = document_of(replace(told, gathered=replace(told.gathered, protocol=version)), t.standing())
    assert document.notices == ("Listing does not mean evaluation.",)


# ---- whole or not at all --------------------------------------------------------------------------------------------


def test_a_report_that_cannot_be_finished_leaves_nothing(tmp_path, monkeypatch) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("no more space")

    monkeypatch.setattr(writing, "as_pdf", broken)
    with pytest.raises(RuntimeError):
        write_document(made("one participant"), t.standing(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_report_before_stays_until_the_new_one_is_whole(tmp_path, monkeypatch) -> None:
    write_document(made("before the first event"), t.standing(), tmp_path / "out")
    before = (tmp_path / "out/report.html").read_bytes()
    monkeypatch.setattr(writing, "as_pdf", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_document(made("nobody"), t.standing(), tmp_path / "out")
    assert (tmp_path / "out/report.html").read_bytes() == before
    monkeypatch.undo()
    write_document(made("one in screening"), t.standing(), tmp_path / "out")
    assert (tmp_path / "out/report.html").read_bytes() != before
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    check_place(tmp_path / "new")
    check_place(tmp_path)
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(CannotReport) as refusal:
        check_place(tmp_path)
    assert "nothing was written" in refusal.value.findings[0].matters


@pytest.mark.parametrize(
    ("cell", "written"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("+1", "'+1"), (" =1", "' =1"), ("−1", "−1"), ("a=b", "a=b")],
)
def test_a_cell_is_never_a_formula_for_a_spreadsheet(cell, written) -> None:
    assert as_csv(Table("t", "T", ("a",), ((cell,),))).splitlines()[1] == written


def test_long_ids_can_break_and_words_cannot() -> None:
    assert breakable("no_step_up_not_tolerated") == "no_\u200bstep_\u200bup_\u200bnot_\u200btolerated"
    assert breakable("a_b of 3") == "a_b of 3"


@pytest.mark.parametrize(
    ("record", "notices"),
    [
        (
            "A Trial\nThe safety and scientific validity of this study is its sponsor's duty.  Listing a study "
            "does not mean it was evaluated by the U.S. Federal Government. Read our disclaimer for details.",
            (
                "The safety and scientific validity of this study is its sponsor's duty. Listing a study does not "
                "mean it was evaluated by the U.S. Federal Government.",
            ),
        ),
        ("A Trial of Sampledrug", ()),
    ],
)
def test_the_registry_s_disclaimer_is_taken_from_the_record(record, notices) -> None:
    assert document_of(t.analysis(ONE), t.standing(), record).notices == notices
