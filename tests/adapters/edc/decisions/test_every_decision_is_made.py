"""Every decision of the table is taken in the browser once, under the watch: each makes the event that it declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adapters.edc.conftest import FIRST
from adapters.edc.decisions.at_work import Site, at_work
from trialwright.core.ledger import DECLARED_STATUSES

WHY = {"why": "said in so many words"}


@pytest.fixture
def site(serve: Callable[[str], Any]) -> Site:
    return at_work(serve(FIRST))


def made(site: Site, sent: Any, subject: str = "") -> list[str]:
    """The kinds of the events since the patient, or the study, was looked at last."""
    assert sent.status_code == 303, sent.content.decode().split("<main")[-1][:3000]
    before, site.opened.seen = getattr(site.opened, "seen", 0), site.opened.record.last_seq
    return [type(one).__name__ for one in site.opened.reader().events(after_seq=before)]


def looked(site: Site) -> None:
    site.opened.catch_up()
    site.opened.seen = site.opened.record.last_seq


def substudy(site: Site) -> Any:
    """A sub-study of the site."""
    found = (one for version in site.opened.trial.versions.values() for one in version.design.substudies)
    return next((one for one in found if site.site in one.sites), None)


def test_consent_is_given_and_taken_back_and_screening_ends(site: Site) -> None:
    subject = site.screened()
    scopes = {"document": "form 2"}
    looked(site)
    assert made(site, site.send("coordinator", "consent", subject, **scopes)) == ["ConsentGiven"]
    assert made(site, site.send("coordinator", "withdraw-consent", subject, scope="study", **WHY)) == [
        "ConsentWithdrawn"
    ]
    other = site.screened()
    looked(site)
    assert made(site, site.send("investigator", "fail-screening", other, **WHY)) == ["ScreeningFailed"]


def test_a_patient_joins_a_substudy_and_goes_to_another_site(site: Site) -> None:
    there = [one for one in site.opened.record.subjects.values() if one.registered]
    site = next(one for one in (at_work(site.opened, like) for like in there) if substudy(one) is not None)
    subject = site.registered()
    looked(site)
    sent = site.send("coordinator", "join", subject, substudy=substudy(site).id)
    assert made(site, sent)[-1] == "SubstudyJoined"
    elsewhere = next(one for one in site.opened.site_ids if one != site.site)
    sent = site.send("coordinator", "transfer", subject, to=elsewhere, **WHY)
    assert made(site, sent) == ["SubjectTransferred"]


def test_registration_is_suspended_resumed_and_voided_and_the_study_declared_closed(site: Site) -> None:
    looked(site)
    assert made(site, site.send("sponsor-investigator", "suspend", site="*", **WHY)) == ["AccrualSuspended"]
    told = [one for one in site.opened.record.own if type(one).__name__ == "AccrualSuspended"][-1]
    assert made(site, site.send("sponsor-investigator", "resume", site="*", **WHY)) == ["AccrualResumed"]
    assert made(site, site.send("data manager", "void-study", voids=told.id, **WHY)) == ["EventVoided"]
    sent = site.send("sponsor-investigator", "declare", status=DECLARED_STATUSES[0], site="*", **WHY)
    assert made(site, sent) == ["StudyStatusDeclared"]


def test_a_version_is_put_in_force_patients_move_to_it_and_its_approval_ends(site: Site) -> None:
    versions = list(site.opened.trial.versions)
    if len(versions) < 2:
        pytest.fail("a study with one version cannot show this")
    subject = site.registered()
    on = site.opened.record.subjects[subject].version
    other = next(one for one in reversed(versions) if one != on)
    looked(site)
    approved = {"approved_on": site.today.isoformat()}
    sent = site.send("data manager", "activate", site=site.site, protocol_version=other, **approved)
    assert made(site, sent) == ["ProtocolActivated"]
    assert made(site, site.send("coordinator", "consent", subject, protocol_version=other, document="3")) == [
        "ConsentGiven"
    ]
    assert made(site, site.send("investigator", "move", subject, protocol_version=other)) == ["SubjectMoved"]
    sent = site.send("data manager", "end-approval", site=site.site, protocol_version=on, **WHY)
    assert made(site, sent) == ["ApprovalEnded"]
