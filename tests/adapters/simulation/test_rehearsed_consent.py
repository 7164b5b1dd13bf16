"""A version that comes into force while a patient is screened is consented to before the registration under it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from studies_at_hand import GRADED
from trialwright.core.ledger import ConsentGiven, Event, SubjectRegistered, SubjectScreened
from trialwright.core.subject import consent_to_version, fold_study
from trialwright.store import open_study


def events_of(folder: Path) -> list[Event]:
    with open_study(folder, read_only=True) as ledger:
        return list(ledger.events())


def first_registered(events: list[Event]) -> tuple[SubjectScreened, SubjectRegistered]:
    """The first subject that waited at least two days between screening and registration."""
    came = {one.subject: one for one in events if isinstance(one, SubjectScreened)}
    entered = (one for one in events if isinstance(one, SubjectRegistered))
    return next((came[one.subject], one) for one in entered if (one.occurred - came[one.subject].occurred).days > 1)


def amended(folder: Path, site: str, since: date) -> None:
    """The rehearsal with the second version in force at a site from a day on."""
    file = folder / "rehearsal.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index(f"\n  {site}:")
    words = f'"2": {{since: {since}, approved: {since - timedelta(days=7)}}}'
    file.write_text(text[:start] + re.sub(r'"2": \{since: .*?\}', words, text[start:], count=1), encoding="utf-8")


def test_who_is_screened_under_the_older_version_consents_again(oncology, fresh, rehearse_in) -> None:
    screened, _ = first_registered(events_of(oncology[0]))
    folder = fresh(GRADED.name)
    amended(folder, str(screened.site), screened.occurred + timedelta(days=1))
    done: Any = rehearse_in(folder, "--patients", "3", "--seed", "7", "--json")
    assert done.returncode == 0, done.stderr
    own = [one for one in events_of(folder) if one.subject == screened.subject]
    given = [one for one in own if isinstance(one, ConsentGiven)]
    registered = next((one for one in own if isinstance(one, SubjectRegistered)), None)
    assert [one.version for one in given] == ["2"]
    assert registered is None or (registered.version == "2" and given[0].occurred <= registered.occurred)


def test_everybody_registered_consented_to_the_version_before(oncology, surgery) -> None:
    for folder, _ in (oncology, surgery):
        for record in fold_study(events_of(folder)).subjects.values():
            if (entered := record.registered) is not None:
                assert consent_to_version(record, entered.version, entered.occurred) is not None, record.subject
