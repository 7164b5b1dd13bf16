"""Who holds which role where, on which day; what is refused when roles are given and ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from builders import SITE, day
from conducting import study, trial, who
from trialwright.core.conduct import refusals
from trialwright.core.ledger import (
    Event,
    EventVoided,
    PersonDeactivated,
    PersonNamed,
    PersonReactivated,
    RoleEnded,
    RoleGranted,
    SignedIn,
    SignInRefused,
    TrainingRecorded,
)
from trialwright.core.people import AT_A_SITE, Roster, RosterFold, fold_roster, refused_lately

NURSE, OTHER, CHIEF = "u-nurse", "u-other", "u-chief"
ENDED = "2025-04-01"


def grant(
    person: str = NURSE, role: str = "coordinator", site: str | None = SITE, on: str = "2025-03-01", **more: Any
) -> RoleGranted:
    said = {**who(on, None, site), "actor": more.pop("actor", CHIEF), "id": more.pop("id", "")}
    return RoleGranted(**said, person=person, granted=role, **more)


def end(
    person: str = NURSE, role: str = "coordinator", site: str | None = SITE, on: str = "2025-04-01", why: str = "moved"
):
    return RoleEnded(**{**who(on, None, site), "actor": CHIEF}, person=person, ended=role, why=why)


def of_system(kind: type[Event], **more: Any) -> Event:
    return kind(actor=CHIEF, role="administrator", site=None, occurred=day("2025-03-01"), **more)


CHIEF_IS_ADMINISTRATOR = grant(CHIEF, "administrator", None, actor=CHIEF)


def roles(roster: Roster, on: str | None = None, site: str | None = SITE) -> set[str]:
    return set(roster.roles(NURSE, site, day(on) if on else None))


@pytest.mark.parametrize(
    ("on", "held"),
    [("2025-02-28", set()), ("2025-03-01", {"coordinator"}), ("2025-05-31", {"coordinator"}), ("2025-06-01", set())],
    ids=["the day before", "from its day", "on its last day", "the day after"],
)
def test_a_role_holds_from_its_day_to_its_last_day(on: str, held: set[str]) -> None:
    assert roles(fold_roster([grant(until=day("2025-05-31"))]), on) == held


def test_a_role_at_one_site_is_none_at_another_and_a_role_at_every_site_is_one_at_each() -> None:
    roster = fold_roster([grant(), grant(role="monitor", site=None)])
    assert roles(roster) == {"coordinator", "monitor"}
    assert roles(roster, site="S99") == {"monitor"}
    assert roster.sites(NURSE) == {SITE, None}


def test_an_end_counts_from_the_moment_it_is_told_even_if_its_day_is_to_come() -> None:
    roster = fold_roster([grant(), end(on="2030-01-01")])
    assert roles(roster, "2025-03-15") == set()
    assert roster.person(NURSE).roles[0].last_day == date(2030, 1, 1)


def test_the_end_at_one_site_leaves_the_role_at_the_other() -> None:
    roster = fold_roster([grant(), grant(site="S02"), end()])
    assert (roles(roster), roles(roster, site="S02")) == (set(), {"coordinator"})


def test_a_role_given_again_after_its_end_holds_again() -> None:
    assert roles(fold_roster([grant(), end(), grant(on="2025-05-01")]), "2025-05-01") == {"coordinator"}


@pytest.mark.parametrize(
    ("told", "active"),
    [
        ([], True),
        ([PersonDeactivated], False),
        ([PersonDeactivated, PersonReactivated], True),
        ([PersonDeactivated, PersonReactivated, PersonDeactivated], False),
    ],
)
def test_whoever_is_deactivated_holds_no_role_until_reactivated(told: list[type[Event]], active: bool) -> None:
    events = [grant(), *(of_system(kind, person=NURSE, why="left") for kind in told)]
    roster = fold_roster(events)
    assert roster.active(NURSE) is active
    assert bool(roster.grants(NURSE)) is active


def test_a_person_of_whom_nothing_was_said_is_not_active_and_is_called_by_the_id() -> None:
    roster = fold_roster([of_system(SignInRefused, person="", why="no such login")])
    assert not roster.active("u-ghost")
    assert not roster.persons
    assert roster.name("u-ghost") == "u-ghost"


def test_a_person_is_called_by_the_newest_name_and_keeps_trainings_and_sign_ins() -> None:
    events = [
        of_system(PersonNamed, person=NURSE, name="N. Maiden"),
        of_system(PersonNamed, person=NURSE, name="N. Married"),
        TrainingRecorded(**who("2025-03-02", None), person=NURSE, training="protocol version 1"),
        of_system(SignedIn, person=NURSE, by="totp"),
    ]
    person = fold_roster(events).person(NURSE)
    assert (person.name, [one.training for one in person.trainings]) == ("N. Married", ["protocol version 1"])
    assert [type(one) for one in person.access] == [SignedIn]


def test_a_role_given_by_mistake_and_voided_is_none_and_comes_back_with_the_voiding_voided() -> None:
    def void(of: str, own: str) -> EventVoided:
        return EventVoided(**{**who("2025-03-02", None, None), "id": own}, voids=of, why="wrong person")

    fold = RosterFold()
    for event, held in [(grant(id="e1"), True), (void("e1", "e2"), False), (void("e2", "e3"), True)]:
        fold.take(event)
        assert bool(fold.roster.grants(NURSE)) is held


def test_the_order_of_the_two_chains_does_not_matter() -> None:
    of_study, system = (
        [grant(), end()],
        [of_system(PersonNamed, person=NURSE, name="N"), of_system(SignedIn, person=NURSE)],
    )
    assert fold_roster(of_study + system) == fold_roster(system + of_study)


# --- what is refused -------------------------------------------------------------------------------------------------


def says(event: Event, *before: Event) -> str:
    return " | ".join(one.says for one in refusals(trial(), study(*before), event))


@pytest.mark.parametrize(
    ("event", "before", "words"),
    [
        (grant(), [], ""),
        (grant(), [grant()], "holds the role 'coordinator' at"),
        (grant(), [grant(), end()], ""),
        (grant(site="S99"), [grant()], "is no site of the study"),
        (grant(role="coordinater"), [], "Is 'coordinator' meant?"),
        (grant(duties=("data entry",)), [], ""),
        (grant(duties=("data entri",)), [], "Is 'data entry' meant?"),
        (grant(until=day("2025-02-28")), [], "before it begins"),
        (grant(until=day("2025-03-01")), [], ""),
        (grant(role="auditor", site=None), [], ""),
        (grant(actor=NURSE), [CHIEF_IS_ADMINISTRATOR], "to themselves"),
        (CHIEF_IS_ADMINISTRATOR, [], ""),
        (end(), [], "held is no role at all"),
        (end(), [grant()], ""),
        (end(site=None), [grant()], "at every site; held is coordinator at"),
        (end(why=" "), [grant()], "and not why"),
        (end(CHIEF, "administrator", None), [CHIEF_IS_ADMINISTRATOR], "the last administrator"),
        (end(CHIEF, "administrator", None), [CHIEF_IS_ADMINISTRATOR, grant(OTHER, "administrator", None)], ""),
    ],
)
def test_roles_are_given_and_ended_as_a_trial_can_answer_for(event: Event, before: list[Event], words: str) -> None:
    told = says(event, *before)
    assert words in told if words else told == ""


@pytest.mark.parametrize("role", AT_A_SITE)
def test_a_role_of_a_site_is_not_given_without_one(role: str) -> None:
    assert "works at a site" in says(grant(role=role, site=None))


def test_a_training_says_in_what() -> None:
    assert "not in what" in says(TrainingRecorded(**who("2025-03-02", None), person=NURSE, training=" "))


# --- refused sign-ins ------------------------------------------------------------------------------------------------

ON = date(2006, 3, 8)


def of_sign_ins(*told: tuple[str, int]) -> Roster:
    """The roster after these, each on a day of March: "refused", "in", "closed" of u1, "stranger" of no login."""
    kinds = {
        "refused": lambda day: SignInRefused(**of_march(day), person="u1", why="wrong password"),
        "closed": lambda day: SignInRefused(**of_march(day), person="u1", why="deactivated"),
        "stranger": lambda day: SignInRefused(**of_march(day), person="", why="no such login"),
        "in": lambda day: SignedIn(**of_march(day), person="u1", by="totp"),
    }
    return fold_roster(kinds[what](day) for what, day in told)


def of_march(day: int) -> dict[str, Any]:
    return {"actor": "system", "role": "system", "site": None, "occurred": date(2006, 3, day)}


@pytest.mark.parametrize(
    ("told", "times"),
    [
        ([("refused", 8)] * 4, []),
        ([("refused", 8)] * 5, [("u1", 5, False)]),
        ([("refused", 8)] * 6, [("u1", 6, False)]),
        ([], []),
        ([("refused", 1)] * 5, []),  # the week began on the 2nd
        ([("refused", 2)] * 5, [("u1", 5, False)]),
        ([("refused", 1)] * 4 + [("refused", 8)] * 4, []),
        ([("refused", 9)] * 5, []),  # tomorrow is not known yet
        ([("refused", 7)] * 5 + [("in", 8)], [("u1", 5, True)]),
        ([("in", 7)] + [("refused", 8)] * 5, [("u1", 5, False)]),
        ([("closed", 8)], [("u1", 1, False)]),
        ([("stranger", 8)] * 5, [("", 5, False)]),
        ([("stranger", 8)] * 4, []),
    ],
)
def test_five_refused_sign_ins_within_a_week_are_told(
    told: list[tuple[str, int]], times: list[tuple[str, int, bool]]
) -> None:
    found = refused_lately(of_sign_ins(*told), ON)
    assert [(one.person, one.times, one.came_in) for one in found] == times
