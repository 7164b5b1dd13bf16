"""An archive opens without the program: all of it is there, values stand as typed, and nothing drives the page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from zipfile import ZipFile

import pytest

from trialwright.adapters.archive import write_archive
from trialwright.adapters.archive.packing import VERIFIER
from trialwright.core.ledger import (
    BackupMade,
    Change,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    Locked,
    Missing,
    ProtocolActivated,
    QueryAnswered,
    QueryOpened,
    Signed,
    StudyOpened,
    SubjectScreened,
)
from trialwright.core.terms import Quantity
from trialwright.store import SeededIssuer, Submission, Text, open_study
from trialwright.store.keeping.backup import NotKept
from trialwright.store.redaction import Person, redact

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
  - {id: first, label: First visit, epoch: screening, anchor: screening, offset: 0 days, collect: [sex], source: label}
endpoints:
  - {id: os, label: Overall survival, level: primary, variable: time to event, events: [death], source: label}
"""
HASH = sha256(PROTOCOL.encode()).hexdigest()
START = datetime(2026, 1, 1, 9, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script><img src=http://example.org/x onerror=alert(1)> & \"quoted\""
SECRET = "Wilhelmina Featherstonehaugh"


def said(kind, subject="P-1", /, **own):
    common = {"actor": "u1", "role": "coordinator", "site": "S01", "occurred": date(2026, 1, 5), "protocol": HASH}
    return kind(**common | {"subject": subject} | own)


def items(**values):
    return tuple(Change(path.replace("__", "/"), None, value) for path, value in values.items())


EVENTS = (
    said(StudyOpened, None, site=None, study="EXAMPLE-1", kind="simulated"),
    said(ProtocolActivated, None, version="1", file_hash=HASH, approved_on=date(2026, 1, 2)),
    said(SubjectScreened, version="1"),
    said(
        FormSubmitted,
        time="09:30",
        zone="America/Chicago",
        offset="-06:00",
        form="laboratory",
        encounter="first",
        items=items(
            weight__first__value=Quantity.parse("81.50 kg"),
            temperature__first__value=Missing("not_done"),
            adverse_event__1__term=HOSTILE,
            adverse_event__1__start="2026-01",
        ),
    ),
    said(
        FormCorrected,
        form="laboratory",
        encounter="first",
        actor="u9",
        role="data manager",
        occurred=date(2026, 1, 7),
        why="two figures changed places",
        reason="typing_error",
        items=(Change("weight/first/value", Quantity.parse("81.50 kg"), Quantity.parse("18.50 kg")),),
    ),
    said(FormSubmitted, form="notes", items=items(note__1__text=f"called by {SECRET}")),
    said(FormSubmitted, form="entered wrongly", items=items(height__2__value=Quantity.parse("170 cm"))),
    said(QueryOpened, item="weight/first/value", asks="Is 81.50 right?"),
    said(QueryAnswered, item="weight/first/value", answer="No; corrected."),
    said(Signed, meaning="I have reviewed these data", content_hash="ab" * 32, name="A. Investigator"),
    said(Locked, what="subject"),
    said(SubjectScreened, "P/2 <b>", version="1"),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study folder whose ledger holds a corrected, a redacted and a voided form, a query, a signature and a lock."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "protocol").mkdir()
    (folder / "record.txt").write_text(RECORD, "utf-8")
    (folder / "protocol/1.yaml").write_text(PROTOCOL, "utf-8")
    with open_study(folder) as ledger:
        receipts = ledger.append_many(
            [
                Submission(
                    f"s{n}", (event,), texts=(Text("protocol", PROTOCOL),), recorded_at=START + timedelta(hours=n)
                )
                for n, event in enumerate(EVENTS)
            ],
            SeededIssuer(1),
        )
        wrong = said(EventVoided, voids=receipts[6].event_ids[0], why="the form of another person")
        ledger.append(Submission("void", (wrong,), recorded_at=START + timedelta(hours=90)), SeededIssuer(1))
        asked, approved = Person("u1", "coordinator"), Person("u9", "data manager")
        redact(ledger, 6, reason="identifying_data", requested_by=asked, approved_by=approved)
    return folder


@pytest.fixture(scope="module")
def archive(study, tmp_path_factory):
    """The archive, unpacked."""
    place = tmp_path_factory.mktemp("archive")
    made = write_archive(study, place / "a.zip", actor="op")
    with ZipFile(made.path) as packed:
        assert packed.testzip() is None
        packed.extractall(place / "unpacked")
    return made, place / "unpacked"


class Page(HTMLParser):
    """What a page says, and everything in it that a browser would run or fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.runs: list[str] = []
        self.links: list[str] = []
        self.hushed = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.hushed += tag == "style"
        if tag in ("script", "iframe", "object", "embed", "link", "img", "base", "form"):
            self.runs.append(tag)
        self.runs += [name for name in told if name.startswith("on")]
        if tag == "a":
            self.links.append(told["href"])

    def handle_endtag(self, tag):
        self.hushed -= tag == "style"

    def handle_data(self, data):
        if not self.hushed:
            self.said.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[ \t\n]+", " ", " ".join(self.said))


@pytest.fixture(scope="module")
def book(archive):
    """The book of the first subject."""
    return Page((archive[1] / "casebooks/P-1.html").read_text("utf-8"))


def test_everything_that_is_needed_is_in_it(archive):
    made, place = archive
    there = {one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file()}
    assert {
        "README.html", "README.txt", "SHA256SUMS", "ledger/trial.sqlite3", "ledger/ledger.jsonl", "protocol/1.yaml",
        VERIFIER, "anchors/checkpoints.txt", "casebooks/P-1.html", "casebooks/study.html",
    } <= there  # fmt: skip
    assert (made.events, made.subjects) == (14, 2)
    assert (place / "protocol/1.yaml").read_text("utf-8") == PROTOCOL


def test_every_file_has_its_sum(archive):
    _, place = archive
    told = dict(line.split("  ", 1)[::-1] for line in (place / "SHA256SUMS").read_text().splitlines())
    files = {one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file()} - {"SHA256SUMS"}
    assert set(told) == files
    assert all(sha256((place / name).read_bytes()).hexdigest() == digest for name, digest in told.items())


def test_the_verifier_in_it_needs_nothing_but_python(archive, tmp_path):
    """Isolated: without this environment's packages, and with no folder of the project to be seen."""
    _, place = archive
    command = [sys.executable, "-I", "-S", VERIFIER, "ledger/trial.sqlite3", "--anchors", "anchors"]
    ran = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_value_stands_as_it_was_typed_with_what_it_was_corrected_to_by_whom_when_and_why(book):
    assert "81.50\u2009kg" in book.text
    assert "18.50\u2009kg by u9 (data manager) on 7 Jan 2026, event 5: two figures changed places" in book.text
    assert "not done" in book.text
    assert "5 Jan 2026, 09:30 (America/Chicago)" in book.text
    assert "Recorded 1 Jan 2026, 12:00:00 UTC as event 4, under protocol version 1." in book.text
    assert "Jan 2026" in book.text
    assert "Laboratory: First visit" in book.text


def test_what_was_redacted_says_so_and_is_nowhere(archive, book):
    assert "Redacted: 1 value erased (identifying data), asked for by u1 (coordinator), approved by u9" in book.text
    assert "it is not a no" in book.text
    _, place = archive
    assert [one.name for one in place.rglob("*") if one.is_file() and SECRET.encode() in one.read_bytes()] == []


def test_what_was_voided_signed_locked_and_asked_is_told(book):
    for words in (
        "Voided: it counts no more. the form of another person (by u1 (coordinator) on 5 Jan 2026, event 13).",
        "I have reviewed these data", "A. Investigator", "Is 81.50 right?", "No; corrected.", "Locked",
    ):  # fmt: skip
        assert words in book.text, words


def test_nothing_in_a_page_runs_or_is_fetched_and_hostile_text_is_text(archive, book):
    _, place = archive
    assert HOSTILE in book.text.replace("  ", " ") or HOSTILE in "".join(book.said)
    for file in (place / "README.html", *(place / "casebooks").iterdir()):
        page = Page(file.read_text("utf-8"))
        assert page.runs == [], file.name
        assert [link for link in page.links if link.startswith(("http", "//", "javascript"))] == []
        assert "http-equiv" in file.read_text("utf-8"), "the page forbids itself the network"


def test_links_between_pages_lead_to_files(archive):
    from urllib.parse import unquote

    _, place = archive
    for file in (place / "README.html", *(place / "casebooks").iterdir()):
        for link in Page(file.read_text("utf-8")).links:
            if not link.startswith("#"):
                assert (file.parent / unquote(link)).is_file(), link


def test_simulated_data_is_said_on_every_page_and_on_every_sheet(archive):
    _, place = archive
    for file in (place / "README.html", *(place / "casebooks").iterdir()):
        text = file.read_text("utf-8")
        assert "No person was treated." in text, file.name
        assert '@page{@top-right{content:"Simulated data"' in text, file.name
    assert "SIMULATED DATA" in (place / "README.txt").read_text()


def test_the_words_for_simulated_data_are_those_of_the_report():
    from trialwright.adapters.archive import pages
    from trialwright.adapters.reports import document

    assert (pages.SIMULATED, pages.SIMULATED_MEANS) == (document.SIMULATED, document.SIMULATED_MEANS)


def test_every_event_stands_in_a_book_once(archive):
    _, place = archive
    told = []
    for file in (place / "casebooks").iterdir():
        trail = file.read_text("utf-8").split('id="trail"')[1]
        told += [int(seq) for seq in re.findall(r'<tr><td class="r">(\d+)</td>', trail)]
    assert sorted(told) == list(range(1, 15))


def test_that_it_was_made_is_in_the_databases_own_chain(study, archive):
    made, _ = archive
    with open_study(study, read_only=True) as ledger:
        said = [one for one in ledger.events(chain_id="system") if isinstance(one, BackupMade)]
    assert [(one.where, one.size, one.root, one.actor) for one in said] == [("a.zip", 14, made.root, "op")]


def test_an_archive_is_never_written_over(study, archive):
    made, _ = archive
    before = made.path.read_bytes()
    with pytest.raises(NotKept, match="there already"):
        write_archive(study, made.path)
    assert made.path.read_bytes() == before


def test_a_study_whose_protocol_does_not_load_is_archived_with_a_warning(study, tmp_path):
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(study, broken)
    (broken / "protocol/1.yaml").write_text("protocol: [", "utf-8")
    made = write_archive(broken, tmp_path / "b.zip")
    assert "do not load" in made.findings[-1].says
    with ZipFile(made.path) as packed:
        assert "could not be derived" in packed.read("casebooks/P-1.html").decode()


def test_the_dump_in_it_is_the_same_ledger(archive):
    _, place = archive
    last = json.loads((place / "ledger/ledger.jsonl").read_text("utf-8").splitlines()[-1])
    (end,) = [one for one in last["end"] if one["chain"] == "study:EXAMPLE-1"]
    assert (end["seq"], end["hash"]) == (14, archive[0].head)
