"""Where a subject stands on a day: screening, treatment, follow-up, off study, not registered; and why."""

from __future__ import annotations

import pytest

from builders import SAID, case, course, day, ended, form, left, protocol, regimen, registered, screened, taken
from trialwright.core.conduct.grounds import ground_of_place
from trialwright.core.disposition import continuation, disposition, end_of_follow_up
from trialwright.core.ledger import ConsentGiven, ConsentWithdrawn, ScreeningFailed, SubjectFound
from trialwright.core.protocol import Epoch
from trialwright.core.terms import Response

FOLLOW_UP = {
    "id": "follow_up",
    "quotes": ["every 3 months for 1 year"],
    "label": "follow-up",
    "epoch": "follow-up",
    "anchor": "end_of_treatment",
    "every": "3 months",
    "until": "12 months",
    "window": [14, 14],
}
STUDY = protocol(
    encounters=[FOLLOW_UP],
    continuation=[
        {"id": "pd", "quotes": ["removed"], "when": {"response": "PD"}, "off_treatment": "progressive disease"}
    ],
)
PATH = [screened("2025-02-20"), registered("2025-02-28"), course(1, "2025-03-03")]


def where(on, *events, **others):
    return disposition(case(*events, protocol=STUDY, **others), day(on))


@pytest.mark.parametrize(
    ("on", "epoch", "since"),
    [
        ("2025-02-20", Epoch.SCREENING, "2025-02-20"),
        ("2025-02-27", Epoch.SCREENING, "2025-02-20"),
        ("2025-02-28", Epoch.TREATMENT, "2025-02-28"),
        ("2025-06-14", Epoch.TREATMENT, "2025-02-28"),
        ("2025-06-15", Epoch.FOLLOW_UP, "2025-06-15"),
        ("2026-06-29", Epoch.FOLLOW_UP, "2025-06-15"),
        ("2026-06-30", Epoch.OFF_STUDY, "2026-06-29"),
    ],
)
def test_the_epoch_follows_what_happened_and_follow_up_ends_by_the_schedule(on, epoch, since) -> None:
    said = where(on, *PATH, ended("2025-06-15", "progressive disease", "2025-06-15"))
    assert (said.epoch, said.since) == (epoch, day(since))
    assert said.why


def test_before_the_screening_a_subject_is_not_in_screening() -> None:
    said = where("2025-02-19", *PATH)
    assert (said.epoch, said.since, said.why) == (Epoch.NOT_REGISTERED, None, "not screened by this day")


def test_a_year_after_the_last_dose_and_the_window_follow_up_is_over() -> None:
    one = case(*PATH, ended("2025-06-15", "completed", "2025-06-15"), protocol=STUDY)
    assert end_of_follow_up(one, day("2025-07-01")) == day("2026-06-29")  # 2026-06-15 and 14 days
    assert end_of_follow_up(case(*PATH, protocol=STUDY), day("2025-07-01")) is None


@pytest.mark.parametrize("why", ["withdrew consent", "lost to follow-up"])
def test_who_left_is_off_study_and_off_treatment_with_the_reason(why) -> None:
    said = where("2025-05-01", *PATH, left("2025-04-20", why))
    assert (said.epoch, said.off_study, said.off_treatment) == (
        Epoch.OFF_STUDY,
        (day("2025-04-20"), why),
        (day("2025-04-20"), why),
    )


def test_death_ends_everything_from_its_day_on() -> None:
    died = form("2025-05-02", {"death/1/on": "2025-04-29", "death/1/cause": "disease"})
    assert where("2025-04-28", *PATH, died).epoch is Epoch.TREATMENT
    said = where("2025-04-29", *PATH, died)
    assert (said.epoch, said.died, said.off_study) == (
        Epoch.OFF_STUDY,
        day("2025-04-29"),
        (day("2025-04-29"), "death"),
    )


def test_a_screening_failure_is_not_registered() -> None:
    failed = ScreeningFailed(
        actor="a", role="r", site="S01", subject="S01-001", occurred=day("2025-02-25"), said=SAID, why="low count"
    )
    said = where("2025-03-01", screened("2025-02-20"), failed)
    assert (said.epoch, said.why) == (Epoch.NOT_REGISTERED, "screening failed: low count")


def test_that_treatment_is_to_end_is_said_before_anybody_ends_it() -> None:
    pd = ((day("2025-03-31"), Response.PD),)
    said = where("2025-04-01", *PATH, assessed=pd)
    assert (said.epoch, said.to_end, said.off_treatment) == (Epoch.TREATMENT, "progressive disease", None)
    assert continuation(case(*PATH, protocol=STUDY, assessed=pd), day("2025-04-01")).because[0].clause == "pd"
    assert where("2025-03-30", *PATH, assessed=pd).to_end == ""


def test_the_end_of_treatment_is_the_last_dose_taken_where_the_end_does_not_name_it() -> None:
    one = case(*PATH, taken(1, "2025-03-03", "2025-03-20"), ended("2025-04-10"), protocol=STUDY)
    assert one.anchors(day("2025-04-11"))["end_of_treatment"] == day("2025-03-20")
    assert case(*PATH, ended("2025-04-10"), protocol=STUDY).anchors(day("2025-04-11"))["end_of_treatment"] == day(
        "2025-04-10"
    )


def test_a_dose_that_the_rules_stop_is_said_to_end_treatment() -> None:
    limit = {"id": "one", "quotes": ["one course"], "courses": 1, "reason": "one course completed"}
    one = case(*PATH, protocol=protocol(regimen=[regimen(limits=[limit])]))
    assert disposition(one, day("2025-03-30")).to_end == ""
    assert disposition(one, day("2025-03-31")).to_end == "one course completed"


# ---- what a withdrawal leaves, and who is found again ----------------------------------------------------------------

WHO = {"actor": "a", "role": "r", "site": "S01", "subject": "S01-001"}


def withdrew(on, *scope):
    return ConsentWithdrawn(**WHO, occurred=day(on), scope=scope, why="tired")


def consents(on, *scope):
    return ConsentGiven(**WHO, occurred=day(on), version="1", scope=scope)


@pytest.mark.parametrize(
    ("scope", "on", "epoch", "why", "visits", "destroy"),
    [
        ("treatment", "2025-04-09", Epoch.TREATMENT, "registered", True, False),
        (
            "treatment",
            "2025-04-10",
            Epoch.FOLLOW_UP,
            "treatment ended: consent withdrawn (treatment): tired",
            True,
            False,
        ),
        ("follow-up", "2025-04-10", Epoch.TREATMENT, "registered", False, False),
        ("stored specimens", "2025-04-10", Epoch.TREATMENT, "registered", True, True),
        ("study", "2025-04-10", Epoch.OFF_STUDY, "consent withdrawn (study): tired", False, True),
    ],
)
def test_a_withdrawal_ends_its_part_and_leaves_the_others(scope, on, epoch, why, visits, destroy) -> None:
    said = where(on, *PATH, withdrew("2025-04-10", scope))
    assert (said.epoch, said.why) == (epoch, why)
    assert (said.remaining.visits, said.remaining.destroy_stored_since is not None) == (visits, destroy)


def test_who_refuses_follow_up_is_off_study_once_treatment_is_over() -> None:
    gone = [*PATH, withdrew("2025-04-10", "follow-up"), ended("2025-05-01", "completed", "2025-05-01")]
    assert where("2025-04-30", *gone).epoch is Epoch.TREATMENT
    assert where("2025-05-01", *gone).off_study == (day("2025-05-01"), "consent withdrawn (follow-up): tired")


def test_follow_up_after_a_withdrawal_of_treatment_counts_from_the_last_dose() -> None:
    gone = [*PATH, taken(1, "2025-03-03", "2025-03-20"), withdrew("2025-04-10", "treatment")]
    anchors = case(*gone, protocol=STUDY).anchors(day("2025-04-10"))
    assert anchors["end_of_treatment"] == day("2025-03-20")
    assert case(*gone[:2], gone[-1], protocol=STUDY).anchors(day("2025-04-10"))["end_of_treatment"] == day("2025-04-10")


def test_who_is_found_again_is_followed_and_not_treated() -> None:
    back = SubjectFound(**WHO, occurred=day("2025-05-20"))
    lost = [*PATH, left("2025-04-20", "lost to follow-up"), back]
    assert where("2025-05-19", *lost).epoch is Epoch.OFF_STUDY
    said = where("2025-05-20", *lost)
    assert (said.epoch, said.off_treatment, said.off_study, said.found_again) == (
        Epoch.FOLLOW_UP,
        (day("2025-04-20"), "lost to follow-up"),
        None,
        day("2025-05-20"),
    )


@pytest.mark.parametrize(
    ("events", "may"),
    [
        ([], None),
        ([consents("2025-02-20", "study")], None),
        ([consents("2025-02-20", "study", "public records")], True),
        ([consents("2025-02-20", "public records"), withdrew("2025-04-10", "study")], False),
        ([withdrew("2025-04-10", "study"), consents("2025-04-11", "public records")], True),
    ],
)
def test_public_records_are_looked_up_only_with_consent_to_it(events, may) -> None:
    assert where("2025-05-01", *PATH, *events).remaining.public_records is may


DEATH = {"death/1/on": "2025-07-29", "death/1/cause": "disease"}
OVER = [*PATH, ended("2025-06-15", "progressive disease", "2025-06-15")]


@pytest.mark.parametrize(
    ("events", "on", "clause"),
    [
        (PATH[:2], "2025-03-01", "regimen"),
        ((*OVER, left("2026-06-15")), "2026-06-16", "follow_up"),
        (OVER, "2026-06-30", "follow_up"),
        ((*OVER, left("2025-08-01", "lost to follow-up")), "2025-08-02", "follow_up"),
        ((*OVER, form("2025-08-01", DEATH)), "2025-08-02", "follow_up"),
        ((*PATH[:2], left("2025-03-01", "withdrew before treatment")), "2025-03-02", "consent"),
        ((*OVER, left("2025-08-01", "withdrew consent")), "2025-08-02", "consent"),
    ],
)
def test_why_somebody_is_off_study_is_followed_up_or_consented_to_and_never_how_many_are_accrued(
    events, on, clause
) -> None:
    one = case(*events, protocol=STUDY)
    said = ground_of_place(one, disposition(one, day(on)), None, day(on))
    assert [each.clause for each in said.because] == [clause]


def test_without_any_follow_up_in_the_protocol_the_plan_of_accrual_is_cited() -> None:
    one = case(*PATH, left("2025-04-01", "lost to follow-up"), protocol=protocol())
    said = ground_of_place(one, disposition(one, day("2025-04-02")), None, day("2025-04-02"))
    assert [each.clause for each in said.because] == [one.protocol.design.accrual.id]
