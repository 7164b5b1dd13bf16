"""Roles and trainings: a role of the list, at a site where it belongs to one, by somebody else, ended with why."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked
from trialwright.core.people import AT_A_SITE, DUTIES, ROLES, Roster, fold_roster
from trialwright.core.terms import Finding


def granting(asked: Asked) -> Iterator[Finding]:
    """A role is of the list, belongs to a site where it must, is not held already, and is given by another person."""
    event: Any = asked.event
    for rule in (_of_the_list, _at_its_site, _for_a_while, _by_another, _not_twice):
        yield from rule(asked, event, fold_roster(asked.study.own))


def _of_the_list(asked: Asked, event: Any, _: Roster) -> Iterator[Finding]:
    if event.granted not in ROLES:
        says = f"{event.granted!r} is no role of a trial.{_meant(event.granted, ROLES)}"
        yield asked.no(says, do=f"Name one of {', '.join(ROLES)}.")
    for duty in event.duties:
        if duty not in DUTIES:
            says = f"{duty!r} is no duty of the delegation log.{_meant(duty, DUTIES)}"
            yield asked.no(says, do=f"Name any of {', '.join(DUTIES)}.")


def _meant(word: str, words: tuple[str, ...]) -> str:
    near = get_close_matches(word, words, 1)
    return f" Is {near[0]!r} meant?" if near else ""


def _at_its_site(asked: Asked, event: Any, _: Roster) -> Iterator[Finding]:
    if event.granted in AT_A_SITE and not event.site:
        yield asked.no(f"A {event.granted} works at a site, and none is named.", do="Name the site of the role.")


def _for_a_while(asked: Asked, event: Any, _: Roster) -> Iterator[Finding]:
    if event.until is not None and event.until < event.occurred:
        says = f"The role is to end on {event.until}, before it begins on {event.occurred}."
        yield asked.no(says, do="Correct one of the two days.")


def _by_another(asked: Asked, event: Any, roster: Roster) -> Iterator[Finding]:
    """Nobody raises themselves; only the first administrator has nobody who could have given the role."""
    if event.person == event.actor and roster.holders("administrator"):
        says = f"{event.actor} would give the role {event.granted!r} to themselves."
        yield asked.no(says, do="Another administrator has to give it.")


def _not_twice(asked: Asked, event: Any, roster: Roster) -> Iterator[Finding]:
    held = roster.grants(event.person)
    if any((one.role, one.site) == (event.granted, event.site or None) for one in held):
        yield asked.no(f"{event.person} holds the role {event.granted!r} {_where(event)} already.", do="Leave it out.")


def ending(asked: Asked) -> Iterator[Finding]:
    """A role that is held ends, with its reason, and somebody is left who can give roles."""
    event: Any = asked.event
    roster = fold_roster(asked.study.own)
    held = [one for one in roster.grants(event.person) if (one.role, one.site) == (event.ended, event.site or None)]
    if not held:
        told = ", ".join(f"{one.role} {_at(one.site)}" for one in roster.grants(event.person)) or "no role at all"
        says = f"{event.person} does not hold the role {event.ended!r} {_where(event)}; held is {told}."
        yield asked.no(says, do="Name a role that is held, and the site it was given at.")
    if not event.why.strip():
        yield asked.no(f"The role {event.ended!r} of {event.person} would end, and not why.", do="Say why it ends.")
    left = {one.id for one in roster.holders("administrator")} - {event.person}
    if event.ended == "administrator" and held and not left:
        says = f"{event.person} is the last administrator: nobody could give a role any more."
        yield asked.no(says, do="Give the role to another person first.")


def training(asked: Asked) -> Iterator[Finding]:
    """A training says what was taught."""
    event: Any = asked.event
    if not event.training.strip():
        yield asked.no(f"A training of {event.person} is recorded, and not in what.", do="Say what was taught.")


def _at(site: str | None) -> str:
    return f"at {site}" if site else "at every site"


def _where(event: Any) -> str:
    return _at(event.site)
