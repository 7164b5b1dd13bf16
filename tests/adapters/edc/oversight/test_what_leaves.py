"""What is handed over as a file is told: in the ledger where it is asked for by a form, else in the log of files.

Every page of the table is opened; whichever answers with a file is held against the log. `test_pages_open` holds that
opening one writes nothing into a ledger.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest

from matrix_cells import AT_A_SITE, address
from trialwright.core.ledger import DataExported

HOLD_NOBODYS_DATA = {"casebook-blank": "every form, empty", "import-concepts": "a draft of questions"}
LINE = re.compile(r"file study=\S+ page=(\S+) person=\S+ role=(\S+) bytes=(\d+) sha256=([0-9a-f]{64})")


@pytest.fixture
def noted() -> Iterator[Callable[[], list[tuple[str, ...]]]]:
    """The lines of the log of files so far, as (page, role, bytes, SHA-256)."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    log, kept = logging.getLogger("trialwright.files"), Kept()
    log.addHandler(kept)
    yield lambda: [LINE.fullmatch(line).groups() for line in lines]  # type: ignore[union-attr]
    log.removeHandler(kept)


def opened_as(running: Any, client_of: Callable[..., Any], page: Any) -> Iterator[tuple[str, Any]]:
    """The answers of a page to the first and the last role that reads it."""
    subject = max(running.record.subjects, key=lambda name: running.record.subjects[name].events)
    site = running.record.subjects[subject].site
    version = running.trial.latest
    for role in dict.fromkeys([page.read[0].value, page.read[-1].value]):
        client = client_of(role, site if role in AT_A_SITE else None)
        yield role, client.get(address(page, running.id, subject=subject, site=site, version=version, form="updates"))


def test_every_page_that_answers_with_a_file_notes_it_or_holds_nobodys_data(
    running: Any, client_of: Callable[..., Any], noted: Callable[[], list[tuple[str, ...]]]
) -> None:
    from trialwright.adapters.edc.access.matrix import pages

    silent, files = [], set()
    for page in (one for one in pages() if one.read and not one.api):
        for role, answer in opened_as(running, client_of, page):
            if "filename" not in answer.headers.get("Content-Disposition", ""):
                continue
            files.add(page.name)
            told = (page.name, role.replace(" ", "-"), str(len(answer.content)), sha256(answer.content).hexdigest())
            if told not in noted() and page.name not in HOLD_NOBODYS_DATA:
                silent.append(page.name)
    assert silent == []
    assert files >= {"eligibility-pdf", "dose-pdf", "calendar-ics", "casebook-blank", "registry-file"}


@pytest.mark.parametrize(("page", "role"), [("casebook", "coordinator"), ("screening-file", "statistician")])
def test_a_file_about_a_patient_or_many_is_told_in_the_ledger_before_it_is_handed_over(
    running: Any, client_of: Callable[..., Any], page: str, role: str
) -> None:
    from trialwright.adapters.edc.access.matrix import page_named

    subject = next(iter(running.record.subjects))
    site = running.record.subjects[subject].site
    client, at = client_of(role, site if role in AT_A_SITE else None), page_named(page)
    where, before = address(at, running.id, subject=subject), running.record.last_seq
    asked = client.get(where)
    assert "Content-Disposition" not in asked.headers and running.record.last_seq == before
    answer = client.post(where)
    told = list(running.reader().events(after_seq=before))
    assert [type(one) for one in told] == [DataExported]
    assert (told[0].role, told[0].subject) == (role, None)
    assert told[0].sha256 == sha256(answer.content).hexdigest()
    assert f'filename="{told[0].what}"' in answer["Content-Disposition"]


def test_what_cannot_be_told_is_not_handed_over(
    running: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from trialwright.adapters.edc.desk.opened import OpenStudy
    from trialwright.store.errors import DiskFull

    def full(*asked: object, **more: object) -> None:
        raise DiskFull("full")

    client = client_of("data manager")
    monkeypatch.setattr(OpenStudy, "save", full)
    answer = client.post(f"/{running.id}/trial/screening/log/")
    assert answer.status_code == 507 and "Content-Disposition" not in answer.headers
