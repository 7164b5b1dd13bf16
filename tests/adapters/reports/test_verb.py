"""`trialwright report` from a study folder with a ledger: the files, the JSON document, the two times, the refusals."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import small_trial as t

from trialwright.cli import main
from trialwright.core.ledger import Event, ProtocolActivated
from trialwright.store import open_study
from trialwright.store.issuer import SeededIssuer
from trialwright.store.submission import Submission, Text

RECORD = "A Trial of Examplinib\nA total of 10 patients will be accrued.\n"
PROTOCOL = """\
protocol: EXAMPLE-1
version: "1"
title: A Trial of Examplinib
standards: {}
sources: {label: Prescribing information}
design:
  id: design
  source: label
  accrual: {id: accrual, planned: 10, quotes: A total of 10 patients will be accrued.}
  sites: [{id: S01, name: North hospital, time_zone: UTC, source: label}]
arms: [{id: only, label: Examplinib, type: experimental, source: label}]
eligibility: [{id: adult, source: label, must: {age: ">= 18 years"}}]
regimen:
  - {id: treatment, drug: examplinib, cycle: 28 days, days: 1-21, dose: {start: 10 mg}, source: label}
encounters:
  - {id: first, label: Screening, epoch: screening, anchor: screening, offset: 0 days, collect: [sex], source: label}
endpoints:
  - {id: os, label: Overall survival, level: primary, variable: time to event, events: [death], source: label}
"""
FILE_HASH = sha256(PROTOCOL.encode()).hexdigest()
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study folder whose ledger holds the small trial."""
    folder = tmp_path / "study"
    (folder / "protocol").mkdir(parents=True)
    (folder / "record.txt").write_text(RECORD, "utf-8")
    (folder / "protocol/1.yaml").write_text(PROTOCOL, "utf-8")
    append(folder, t.events_of(t.PEOPLE))
    return folder


def append(folder: Path, events: Iterable[Event]) -> None:
    """Save events as a rehearsal does, one an hour."""
    texts = (Text("protocol", PROTOCOL),)
    with open_study(folder) as ledger:
        before = ledger.head()
        first = before.seq if before else 0
        saves = []
        for place, event in enumerate(events, first):
            saved = replace(event, protocol=FILE_HASH, seq=0, id="")
            at = START + timedelta(hours=place)
            saves.append(Submission(f"save-{place}", (saved,), texts=texts, recorded_at=at))
        ledger.append_many(saves, SeededIssuer(f"seed {first}"))


def said(arguments: list[object], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a call."""
    with pytest.raises(SystemExit) as end:
        main([str(each) for each in arguments])
    printed = capsys.readouterr()
    return int(end.value.code or 0), printed.out, printed.err


def test_the_report_says_on_what_it_stands(study, tmp_path, capsys) -> None:
    code, out, err = said(["report", study, "--out", tmp_path / "out", "--json", "--cut", "2025-02-15"], capsys)
    assert (code, err) == (0, "")
    told = json.loads(out)
    with open_study(study, read_only=True) as ledger:
        head = ledger.head()
    assert (told["cut"], told["position"], told["head"]) == ("2025-02-15", head.seq, head.hash)
    assert told["simulated"] is True
    assert told["populations"] == {"planned": 10, "registered": 4, "treated": 3, "evaluable": 3}
    assert told["response"] is None
    written = {
        each.relative_to(tmp_path / "out").as_posix() for each in (tmp_path / "out").rglob("*") if each.is_file()
    }
    assert set(told["files"]) == written
    assert {"report.html", "report.pdf", "figures/participant-flow.svg", "tables/baseline.csv"} <= written


def test_what_was_recorded_by_then_is_another_question_than_what_had_happened(study, tmp_path, capsys) -> None:
    """Position 4 is the first participant's course; the others were not recorded yet."""
    _, out, _ = said(["report", study, "--out", tmp_path / "out", "--json", "--known-at", "4"], capsys)
    told = json.loads(out)
    with open_study(study, read_only=True) as ledger:
        assert told["head"] == ledger.hash_at(4) != ledger.head().hash
    assert told["position"] == 4
    assert told["populations"] == {"planned": 10, "registered": 1, "treated": 1, "evaluable": 1}


def test_people_get_three_sentences(study, tmp_path, capsys) -> None:
    code, out, _ = said(["report", study, "--out", tmp_path / "out"], capsys)
    assert code == 0
    assert out.startswith("Simulated data. 5 screened, 4 of 10 registered, 3 treated, 3 evaluable")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda study, out: (study / "trial.sqlite3").unlink(), "there is no ledger here"),
        (lambda study, out: (study / "protocol/1.yaml").write_text("protocol: [", "utf-8"), "1.yaml"),
        (lambda study, out: out.mkdir() or (out / "thesis.txt").write_text("mine", "utf-8"), "holds something"),
    ],
)
def test_what_cannot_be_reported_is_refused_and_nothing_is_written(study, tmp_path, capsys, broken, told) -> None:
    out = tmp_path / "out"
    broken(study, out)
    before = sorted(tmp_path.rglob("*"))
    code, printed, err = said(["report", study, "--out", out], capsys)
    assert (code, printed) == (1, "")
    assert told in err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("file", "code"), [(PROTOCOL, 0), (PROTOCOL + "# changed since\n", 1)])
def test_a_report_stands_on_the_protocol_file_that_was_activated(study, tmp_path, capsys, file, code) -> None:
    who = {"actor": "u1", "role": "coordinator", "site": "S01", "occurred": t.CUT}
    append(study, [ProtocolActivated(**who, version="1", file_hash=FILE_HASH, approved_on=t.CUT)])
    (study / "protocol/1.yaml").write_text(file, "utf-8")
    found, _, err = said(["report", study, "--out", tmp_path / "out"], capsys)
    assert found == code
    assert ("a report by another would be of another trial" in err) is bool(code)
    assert (tmp_path / "out").exists() is not bool(code)


PUBLISHED = "results:\n  - {id: treated, label: Treated, published: 32, measure: treated}\n"


def test_the_report_is_compared_with_the_file_that_is_named(study, tmp_path, capsys) -> None:
    (tmp_path / "other.yaml").write_text(PUBLISHED, "utf-8")
    code, _, _ = said(["report", study, "--out", tmp_path / "out", "--compare", tmp_path / "other.yaml"], capsys)
    told = (tmp_path / "out/tables/published-against-rehearsed.csv").read_text("utf-8").splitlines()
    assert code == 0
    assert told[1].startswith("Treated,32,3,")


def test_a_named_file_with_a_mistake_is_refused_with_its_place(study, tmp_path, capsys) -> None:
    (tmp_path / "other.yaml").write_text(PUBLISHED.replace("measure: treated", "measure: treatd"), "utf-8")
    code, out, err = said(["report", study, "--out", tmp_path / "out", "--compare", tmp_path / "other.yaml"], capsys)
    assert (code, out) == (1, "")
    assert f"other.yaml:2:{PUBLISHED.splitlines()[1].index('treated}') + 1} " in err
    assert not (tmp_path / "out").exists()


def test_the_monitoring_pack_is_asked_for_by_name(study, tmp_path, capsys) -> None:
    asked = ["report", study, "--cut", "2025-02-15", "--pack", "monitoring", "--out", tmp_path / "out"]
    code, out, _ = said(asked, capsys)
    assert code == 0
    assert "report.html" in out
    assert "Recommendation of the committee" in (tmp_path / "out/report.html").read_text("utf-8")
    code, _, _ = said(["report", study, "--pack", "everything", "--out", tmp_path / "other"], capsys)
    assert code == 2
