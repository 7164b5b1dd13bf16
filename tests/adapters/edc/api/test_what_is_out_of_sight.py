"""What an event of another site says is not told by what refuses it: it reads as an event that is not there."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from adapters.edc.api.test_api import Program
from adapters.edc.conftest import signed_in
from adapters.edc.decisions.at_work import stands
from trialwright.core.ledger import ConsentGiven, Event, FormSubmitted

NOT_THERE = "0" * 32


def of_two_sites(running: Any) -> tuple[Event, Event]:
    """A form of a patient, and the consent of a patient of another site."""
    logs = [one for record in running.record.subjects.values() for one in record.log or ()]
    mine = next(one for one in logs if isinstance(one, FormSubmitted))
    return mine, next(one for one in logs if isinstance(one, ConsentGiven) and one.site != mine.site)


@pytest.mark.parametrize("field", ["voids", "entered_again_as"])
@pytest.mark.parametrize("path", ["events/", "events/check/"])
def test_an_event_of_another_site_is_refused_as_one_that_is_not_there(running: Any, path: str, field: str) -> None:
    mine, theirs = of_two_sites(running)
    sender = Program(running, "investigator", mine.site)

    def refused(named: str) -> str:
        told = {"voids": mine.id, "subject": mine.subject, "why": "the form of another patient", field: named}
        body = {"events": [{"event": "EventVoided", "occurred": running.today.isoformat(), **told}]}
        answer = sender.post(path, body)
        assert answer.status_code == (422 if path == "events/" else 200) and '"error"' in answer.content.decode()
        return answer.content.decode().replace(named, "NAMED")

    assert refused(theirs.id) == refused(NOT_THERE)


def test_the_page_that_takes_an_entry_back_tells_nothing_of_another_sites_either(running: Any) -> None:
    mine, theirs = of_two_sites(running)
    client, at = signed_in("investigator", mine.site), f"/{running.id}/subjects/{mine.subject}/decide/void/"
    before = running.reader().head().seq

    def refused(named: str) -> str:
        shown = stands(client.get(at).content.decode())
        told = {"occurred": running.today.isoformat(), "voids": mine.id, "why": "the form of another patient"}
        answer = client.post(at, {**shown, **told, "entered_again_as": named, "confirmed": "yes"})
        words = unescape(answer.content.decode())
        assert (answer.status_code, theirs.subject in words) == (422, False)
        said = re.search(r"[^>]*says it rightly[^<]*", words)
        assert said is not None
        return re.sub("'.*?'", "NAMED", said[0])

    assert refused(theirs.id) == refused(NOT_THERE)
    assert running.reader().head().seq == before


@pytest.mark.parametrize("path", ["events/", "events/check/"])
def test_a_new_patient_is_nobody_of_another_site_and_no_id_of_there_is_meant(running: Any, path: str) -> None:
    mine, theirs = of_two_sites(running)
    sender = Program(running, "coordinator", mine.site)
    (version,) = {one.version for one in running.record.sites[mine.site].activations[-1:]}

    def screened(before: str) -> tuple[int, str]:
        told = {"subject": f"{mine.site}-0999", "site": mine.site, "version": version, "rescreens": before}
        event = {"event": "SubjectScreened", "occurred": running.today.isoformat(), **told}
        answer = sender.post(path, {"events": [event]}, key=f"screens {before}".replace(" ", "-"))
        return answer.status_code, answer.content.decode()

    near = theirs.subject[:-1] + ("8" if theirs.subject[-1] != "8" else "9") + "9"
    answers = {name: screened(name) for name in (theirs.subject, near)}
    assert {status for status, _words in answers.values()} == {422}
    assert len({words.replace(name, "NAMED") for name, (_status, words) in answers.items()}) == 1
    assert theirs.subject not in answers[near][1]
    assert screened("")[0] == 200


def test_whoever_sees_every_site_is_told_whose_it_is(running: Any) -> None:
    mine, theirs = of_two_sites(running)
    told = {"voids": theirs.id, "subject": mine.subject, "why": "the form of another patient"}
    body = {"events": [{"event": "EventVoided", "occurred": running.today.isoformat(), **told}]}
    for role in ("data manager", "sponsor-investigator"):
        answer = Program(running, role).post("events/", body)
        assert answer.status_code == 403 or f"is of {theirs.subject}" in answer.content.decode()
