"""A study as the registry's record: what was posted, what the protocol says, what the ledger tells, nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from defusedxml import ElementTree

from builders import day
from conducting import STUDY
from posted_records import SMALL, put
from status_study import PROTOCOL, RECORD
from trialwright.adapters.exchange.ctgov.posted import posted_of
from trialwright.adapters.exchange.ctgov.protocol import read_protocol_section, write_protocol_section
from trialwright.adapters.exchange.ctgov.protocol_of_study import section_of_study
from trialwright.adapters.exchange.ctgov.prs import ClinicalStudy, IndInfo
from trialwright.adapters.exchange.ctgov.prs_of_protocol import prs_study
from trialwright.adapters.exchange.ctgov.prs_required import not_said
from trialwright.adapters.exchange.ctgov.said import NOTHING_SAID, SaidOfRecord, read_said_of_record, with_uploaded
from trialwright.cli import main
from trialwright.core.registration import Reached, RecordLife, Recruitment, Stands
from trialwright.core.terms import Verdict

WAITS = Reached(None, "one is on study", ("S01-001",))
POSTED = put(
    put(SMALL, "statusModule.completionDateStruct", {"date": "2021-03", "type": "ESTIMATED"}),
    "contactsLocationsModule.locations",
    [{"facility": "S01", "city": "Here"}, {"facility": "Elsewhere"}],
)


def life(status: Recruitment, **told: Any) -> RecordLife:
    now = Stands(status, day("2020-06-01"), "because it does", told.pop("why_stopped", ""))
    usual: dict[str, Any] = {
        "history": (now,),
        "sites": {"S01": now},
        "names": {"S01": "S01"},
        "planned": 2,
        "registered": 2,
        "closed": None,
        "start": Reached(day("2020-01-15"), "the first"),
        "primary_completion": WAITS,
        "completion": WAITS,
    }
    return RecordLife(on=day("2020-07-01"), **{**usual, **told})


def section(posted: dict[str, Any], now: RecordLife, said: SaidOfRecord = NOTHING_SAID) -> dict[str, Any]:
    found, _ = section_of_study(STUDY, read_protocol_section(posted).value, now, said)
    return write_protocol_section(found)


def test_what_was_reached_is_actual_to_the_day_and_what_is_estimated_keeps_its_precision() -> None:
    status = section(POSTED, life(Recruitment.ACTIVE_NOT_RECRUITING))["statusModule"]
    assert status["overallStatus"] == "ACTIVE_NOT_RECRUITING"
    assert status["startDateStruct"] == {"date": "2020-01-15", "type": "ACTUAL"}
    assert status["completionDateStruct"] == {"date": "2021-03", "type": "ESTIMATED"}
    assert "primaryCompletionDateStruct" not in status, "nobody estimated it"


def test_the_enrollment_is_the_plan_until_primary_completion_and_then_the_number_registered() -> None:
    before = section(SMALL, life(Recruitment.RECRUITING, registered=1))
    assert before["designModule"]["enrollmentInfo"] == {"count": 2, "type": "ESTIMATED"}
    done = life(Recruitment.COMPLETED, registered=1, primary_completion=Reached(day("2020-06-01"), "the last"))
    assert section(SMALL, done)["designModule"]["enrollmentInfo"] == {"count": 1, "type": "ACTUAL"}


def test_a_stopped_study_says_why_and_one_that_goes_on_does_not() -> None:
    posted = put(POSTED, "statusModule.whyStopped", "an old reason")
    stopped = life(Recruitment.TERMINATED, why_stopped="no drug")
    assert section(POSTED, stopped)["statusModule"]["whyStopped"] == "no drug"
    assert section(posted, stopped)["statusModule"]["whyStopped"] == "an old reason"
    assert "whyStopped" not in section(posted, life(Recruitment.RECRUITING))["statusModule"]


def test_a_place_of_the_protocol_has_its_status_and_another_stays_as_it_was() -> None:
    places = section(POSTED, life(Recruitment.SUSPENDED))["contactsLocationsModule"]["locations"]
    assert [one.get("status") for one in places] == ["SUSPENDED", None]


SAID = """
protocolSection:
  oversightModule: {isFdaRegulatedDrug: true, isFdaRegulatedDevice: false}
  statusModule: {completionDateStruct: {date: 2030-05, type: ESTIMATED}, startDateStruct: {date: 1999-01, type: ACTUAL}}
  identificationModule: {briefTitel: A title}
upload:
  id_info: {org_name: ExampleU}
  is_ind_study: true
  ind_info: {ind_grantor: CDER, ind_number: 12345}
  oversight_info: {irb_info: {approval_status: Approved, name: A board}}
  overall_official: [{last_name: Doe, role: Study Chair}]
  mood: good
  keyword: alone
abbreviations: {VAS: visual analogue scale}
"""


def test_what_the_sponsor_says_stands_over_what_was_posted_and_under_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "registry.yaml").write_text(SAID)
    said = read_said_of_record(tmp_path)
    found, told = section_of_study(STUDY, read_protocol_section(POSTED).value, life(Recruitment.RECRUITING), said)
    tree = write_protocol_section(found)
    assert tree["oversightModule"] == {"isFdaRegulatedDrug": True, "isFdaRegulatedDevice": False}
    assert tree["statusModule"]["completionDateStruct"] == {"date": "2030-05", "type": "ESTIMATED"}
    assert tree["statusModule"]["startDateStruct"]["date"] == "2020-01-15", "the ledger knows the first registration"
    assert [one.about for one in told] == [
        "registry.yaml protocolSection.identificationModule.briefTitel",
        "registry.yaml upload.mood",
        "registry.yaml upload.keyword",
    ]
    study = with_uploaded(prs_study(found), said.upload)
    assert (study.id_info.org_name, study.is_ind_study) == ("ExampleU", "yes")
    assert study.ind_info == IndInfo("CDER", "12345")
    assert study.overall_official[0].last_name == "Doe"
    assert study.oversight_info is not None
    assert study.oversight_info.fda_regulated_drug == "yes", "what the section gave stays"
    said_now = {"id_info/org_name", "is_ind_study", "oversight_info/irb_info", "oversight_info/fda_regulated_drug"}
    assert not {one.about for one in not_said(study)} & said_now


@pytest.mark.parametrize(
    "content", ["", "[]", "protocolSection: 7", "upload: 7", "upload: {ind_info: CDER}", "upload: {keyword: 1}", "a: ["]
)
def test_a_file_that_is_not_understood_is_a_finding_and_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "registry.yaml").write_text(content)
    said = read_said_of_record(tmp_path)
    assert len(said.findings) == 1
    assert section(SMALL, life(Recruitment.RECRUITING), said) == section(SMALL, life(Recruitment.RECRUITING))
    assert with_uploaded(ClinicalStudy(), said.upload) == ClinicalStudy()


def test_a_study_that_was_never_posted_is_told_by_its_protocol() -> None:
    nothing = life(Recruitment.NOT_YET_RECRUITING, history=(Stands(Recruitment.NOT_YET_RECRUITING, None, "nothing"),))
    told = section({}, nothing)
    assert told["statusModule"]["overallStatus"] == "NOT_YET_RECRUITING"
    assert [one["label"] for one in told["armsInterventionsModule"]["armGroups"]] == ["A", "B"]
    assert [one["armGroupLabels"] for one in told["armsInterventionsModule"]["interventions"]] == [["A", "B"]]
    assert [one["measure"] for one in told["outcomesModule"]["primaryOutcomes"]] == ["PFS"]
    assert told["eligibilityModule"]["eligibilityCriteria"] == "* ANC at least 1,500"
    assert [one["facility"] for one in told["contactsLocationsModule"]["locations"]] == ["S01", "S02"]
    assert posted_of(read_protocol_section({}).value) is None


@pytest.mark.parametrize(
    ("status", "last", "found", "unknown"),
    [
        ("RECRUITING", None, Recruitment.RECRUITING, False),
        ("UNKNOWN", "RECRUITING", Recruitment.RECRUITING, True),
        ("UNKNOWN", None, None, True),
        ("AVAILABLE", None, None, False),
    ],
)
def test_what_a_record_says_of_its_status(status, last, found, unknown) -> None:
    tree = put(SMALL, "statusModule", {"overallStatus": status, **({"lastKnownStatus": last} if last else {})})
    told = posted_of(read_protocol_section(tree).value)
    assert told is not None
    assert (told.status, told.unknown_status) == (found, unknown)
    assert told.applies is Verdict.UNKNOWN


# --- the command -----------------------------------------------------------------------------------------------------

Export = Callable[..., tuple[int, str, str]]


@pytest.fixture
def study(every_study: Path, tmp_path: Path) -> Path:
    """A copy of a study's folder, with its record and protocol and no ledger."""
    folder = tmp_path / every_study.name
    shutil.copytree(every_study, folder, ignore=shutil.ignore_patterns("tests", "cases"))
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small study that was never posted."""
    folder = tmp_path / "small"
    (folder / "protocol").mkdir(parents=True)
    (folder / "record.txt").write_text(RECORD)
    (folder / "protocol" / "1.yaml").write_text(json.dumps(PROTOCOL))
    return folder


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(one) for one in arguments])
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


def submit(call: Export, folder: Path, events: Sequence[dict[str, Any]]) -> None:
    lines = folder / "events.jsonl"
    lines.write_text("\n".join(map(json.dumps, events)))
    assert call("submit", folder, lines)[0] == 0


def opened(folder: Path, *more: dict[str, Any]) -> list[dict[str, Any]]:
    from trialwright.adapters.study import load_study

    protocol = next(iter(load_study(folder).versions.values()))
    who = {"actor": "u1", "role": "sponsor"}
    start = {"event": "StudyOpened", "occurred": "2025-01-01", "study": protocol.protocol, "kind": "real"}
    active = {"event": "ProtocolActivated", "occurred": "2025-01-02", "approved_on": "2025-01-02"}
    version = {"site": protocol.design.sites[0].id, "version": "1", "file_hash": "1"}
    return [{**who, **one} for one in ({**start, "protocol": "1"}, {**active, **version}, *more)]


def test_a_study_that_was_never_opened_is_uploaded_as_it_was_posted(study: Path, call: Export, tmp_path: Path) -> None:
    out = tmp_path / "upload.xml"
    code, said, err = call("export", study, "--format", "prs", "--out", out)
    root = ElementTree.fromstring(out.read_bytes())
    assert code == 0
    assert "as of" in out.read_text() and "head none" in out.read_text()
    assert root.findtext("clinical_study/brief_title") in (study / "record.txt").read_text()
    assert "The ledger holds nothing" in err
    assert "an IND or IDE" in err, "what the registry asks for and nobody says is a finding"
    assert f"in {out}" in said


@pytest.mark.corpus
@pytest.mark.parametrize("began", [False, True])
def test_the_upload_of_each_study_is_valid_before_and_after_it_began(
    study: Path, call: Export, tmp_path: Path, prs_schema: xmlschema.XMLSchema, began: bool
) -> None:
    if began:
        submit(call, study, opened(study))
    call("export", study, "--format", "prs", "--out", tmp_path / "upload.xml")
    assert [one.reason for one in prs_schema.iter_errors(str(tmp_path / "upload.xml"))] == []


def test_a_study_stopped_before_anybody_came_is_withdrawn_with_its_reason(
    study: Path, call: Export, tmp_path: Path
) -> None:
    stop = {"event": "StudyStatusDeclared", "occurred": "2025-03-01", "status": "terminated", "why": "no money"}
    submit(call, study, opened(study, stop))
    out = tmp_path / "record.json"
    code, _, _ = call("export", study, "--format", "ctgov-protocol", "--out", out, "--on", "2025-03-02")
    told = json.loads(out.read_text())
    assert code == 0
    assert told["trialwright"]["position"] == 3
    status = told["protocolSection"]["statusModule"]
    assert (status["overallStatus"], status["whyStopped"]) == ("WITHDRAWN", "no money")
    _, _, err = call("export", study, "--format", "prs", "--out", tmp_path / "u.xml", "--on", "2025-03-02")
    assert "an ethics board approved" not in err, "a version is in force"


def test_what_is_to_be_told_comes_for_programs_and_for_people_and_in_the_status(
    study: Path, call: Export, tmp_path: Path
) -> None:
    stop = {"event": "StudyStatusDeclared", "occurred": "2025-03-01", "status": "terminated", "why": "no money"}
    submit(call, study, opened(study, stop))
    code, said, _ = call("export", study, "--format", "ctgov-updates", "--out", "-", "--on", "2025-04-01")
    told = json.loads(said)
    first = told["updates"][0]
    assert code == 0
    assert (first["field"], first["should_say"], first["since"], first["due"]) == (
        "overall status",
        "withdrawn",
        "2025-03-01",
        "2025-03-31",
    )
    assert (first["late"], first["days_late"]) == ("yes", 1)
    call("export", study, "--format", "ctgov-updates", "--out", tmp_path / "told.txt", "--on", "2025-04-01")
    assert "LATE by 1 day\n" in (tmp_path / "told.txt").read_text()
    _, page, _ = call("status", study, "--on", "2025-04-01")
    assert "REGISTRY RECORD: withdrawn since 2025-03-01" in page
    assert "LATE by 1 day" in page.replace("\n      ", " ")
    _, document, _ = call("status", study, "--on", "2025-04-01", "--json")
    assert json.loads(document)["registry"]["updates"] == told["updates"]


def test_a_day_before_the_first_event_tells_only_what_the_record_alone_shows(study: Path, call: Export) -> None:
    submit(call, study, opened(study))
    code, said, _ = call("export", study, "--format", "ctgov-updates", "--out", "-", "--on", "2024-12-31")
    told = json.loads(said)
    assert code == 0
    assert told["began"] is False
    assert {one["field"] for one in told["updates"]} <= {"verification date", "shown status"}


def test_an_export_goes_over_an_earlier_one_of_its_kind_and_over_nothing_else(
    small: Path, call: Export, tmp_path: Path
) -> None:
    out = tmp_path / "there"
    out.write_text("something of somebody's")
    code, _, err = call("export", small, "--format", "prs", "--out", out)
    assert (code, out.read_text()) == (1, "something of somebody's")
    assert "is no prs file" in err
    out.unlink()
    for _ in range(2):
        assert call("export", small, "--format", "prs", "--out", out)[0] == 0


def test_the_same_ledger_gives_the_same_bytes(small: Path, call: Export, tmp_path: Path) -> None:
    submit(call, small, opened(small))
    for form in ("prs", "ctgov-protocol", "ctgov-updates"):
        pair = [tmp_path / f"{form}{number}" for number in (1, 2)]
        for out in pair:
            call("export", small, "--format", form, "--out", out, "--on", "2025-04-01")
        assert pair[0].read_bytes() == pair[1].read_bytes()


@pytest.mark.parametrize("option", ["--subject", "--site"])
def test_the_record_is_of_the_whole_study(small: Path, call: Export, option: str) -> None:
    code, _, err = call("export", small, "--format", "prs", "--out", "-", option, "X")
    assert code == 2
    assert "whole study" in err


def test_a_study_that_was_never_posted_is_to_be_registered(small: Path, call: Export) -> None:
    submit(call, small, opened(small))
    code, page, _ = call("status", small, "--on", "2025-04-01")
    told = " ".join(page.split())
    assert code == 0
    assert "REGISTRY RECORD: recruiting since 2025-01-02" in told
    assert "holds no record with a number of the registry record: says nothing, should say the whole record" in told
