"""A patient's whole course in the browser, through the roles that take part in it, in every study."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adapters.edc.conftest import FIRST, SECOND
from adapters.edc.decisions.at_work import Site, at_work, counted, stands
from trialwright.core.ledger import CourseStarted


@pytest.fixture(params=[FIRST, SECOND])
def site(request: Any, serve: Callable[[str], Any]) -> Site:
    """A site of each study, on the day after the last entry."""
    opened = serve(request.param)
    return at_work(opened)


def test_one_patient_goes_from_screening_to_the_end_through_every_role(site: Site) -> None:
    donor, opened = site.donor, site.opened
    on = (donor.registered.occurred + site.shift).isoformat()
    screened = donor.milestones[0].occurred + site.shift

    page = site.client("coordinator").get(f"/{opened.id}/decide/screen/").content.decode()
    subject = stands(page)["subject"]
    answer = site.send("coordinator", "screen", before="never", occurred=screened.isoformat(), document="form 1")
    assert answer.status_code == 303, answer.content.decode()
    assert [type(one).__name__ for one in site.events_of(subject)] == ["SubjectScreened", "ConsentGiven"]

    early = site.send("investigator", "register", subject, planned_first_dose=site.today.isoformat(), occurred=on)
    assert early.status_code == 422
    assert len(site.events_of(subject)) == 2, "a refused registration writes nothing"

    site.enter_data(subject)
    answer = site.send("investigator", "register", subject, planned_first_dose=site.today.isoformat(), occurred=on)
    assert answer.status_code == 303, answer.content.decode()
    made = site.events_of(subject)[-1]
    assert (type(made).__name__, made.said.answer, made.role) == ("SubjectRegistered", "eligible", "investigator")
    assert made.said.clauses and made.said.protocol == opened.trial.hashes[made.version]

    if donor.arm:
        assert site.send("statistician", "allocate", subject, arm=donor.arm, occurred=on).status_code == 303
    answer = site.send("investigator", "start-course", subject)
    assert answer.status_code == 303, answer.content.decode()
    started = site.events_of(subject)[-1]
    first = next(one for one in opened.trial.versions[made.version].regimens_of(donor.arm))
    expected = next((one.dose for one in donor.of_kind(CourseStarted)), first.dose.start)
    assert (started.drug, started.course, started.dose) == (first.drug, 1, expected), "the dose of a patient like this"

    counts = counted(site.client("pharmacist").get(f"/{opened.id}/subjects/{subject}/decide/release/"))
    answer = site.send("pharmacist", "release", subject, **counts)
    assert answer.status_code == 303, answer.content.decode()
    assert site.events_of(subject)[-1].role == "pharmacist"

    assert site.send("investigator", "end-treatment", subject, why="physician decision").status_code == 303
    assert site.send("coordinator", "leave", subject, why="lost to follow-up").status_code == 303
    assert site.send("coordinator", "found", subject, why="answered a letter").status_code == 303
    kinds = [type(one).__name__ for one in site.events_of(subject)]
    assert kinds[-3:] == ["TreatmentEnded", "StudyLeft", "SubjectFound"]
