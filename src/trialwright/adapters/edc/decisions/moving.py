"""What changes about a patient, as blanks and events: off study, found again, another version or site, an entry voided.

Read `void_blanks` for the one that takes back what was entered by mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind
from trialwright.adapters.edc.decisions.entering import day_blank, version_blank
from trialwright.adapters.edc.decisions.entries import options_of
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.core.conduct.refusing.voiding import NEVER
from trialwright.core.ledger import Event, EventVoided, StudyLeft, SubjectFound, SubjectMoved, SubjectTransferred
from trialwright.core.protocol import EndReason
from trialwright.core.subject import known_on, left

Made = tuple[tuple[type[Event], Mapping[str, Any]], ...]
Values = Mapping[str, Any]
COMPLETE, LOST, DIED = "follow-up complete", "lost to follow-up", "died"
"""The ends of a study that the field knows."""


# --- where each is offered -------------------------------------------------------------------------------------------


def may_leave(scene: Scene) -> bool:
    """Registered, and has not left."""
    return known_on(scene.record, scene.on).registered is not None and left(scene.record, scene.on) is None


def has_left(scene: Scene) -> bool:
    """Left the study, so that there is somebody to find again."""
    return isinstance(left(scene.record, scene.on), StudyLeft)


def may_move(scene: Scene) -> bool:
    """On another version than the one in force at the site."""
    registered = known_on(scene.record, scene.on).registered
    return registered is not None and bool(scene.in_force) and scene.in_force != scene.protocol.version


def may_transfer(scene: Scene) -> bool:
    """There is another site to go to."""
    return len(scene.protocol.design.sites) > 1 and left(scene.record, scene.on) is None


def has_entries(scene: Scene) -> bool:
    """Something was entered that counts and may be voided."""
    return bool(_entries(scene.record.log or (), scene.record.voided))


# --- leaving and coming back -----------------------------------------------------------------------------------------


def leaving_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day and why."""
    words = dict.fromkeys((COMPLETE, LOST, DIED, *(one.value for one in EndReason if one is not EndReason.OTHER)))
    why = Blank(
        name="why",
        label=gettext_lazy("Why"),
        options=tuple((one, one) for one in words),
        help=gettext_lazy("One of the reasons offered, or your own words."),
    )
    return day_blank(scene, gettext_lazy("Day off study")), why


def leaving(scene: Scene, values: Values) -> Made:
    """Off study."""
    return ((StudyLeft, {"why": values["why"]}),)


def found_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day and how."""
    how = Blank(name="why", label=gettext_lazy("How"), help=gettext_lazy("Such as: answered a letter."))
    return day_blank(scene, gettext_lazy("Day found again")), how


def found(scene: Scene, values: Values) -> Made:
    """Followed on."""
    return ((SubjectFound, {"why": values["why"]}),)


# --- another version, another site -----------------------------------------------------------------------------------


def version_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day and the version, that in force chosen."""
    return day_blank(scene, gettext_lazy("From this day")), version_blank(scene)


def version(scene: Scene, values: Values) -> Made:
    """On another version."""
    return ((SubjectMoved, {"version": values["protocol_version"]}),)


def transfer_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day, the site, why."""
    sites = tuple((one.id, one.name) for one in scene.protocol.design.sites if one.id != scene.here)
    return (
        day_blank(scene, gettext_lazy("From this day")),
        Blank(name="to", label=gettext_lazy("To the site"), kind=BlankKind.CHOICE, options=sites),
        Blank(name="why", label=gettext_lazy("Why"), help=gettext_lazy("Such as: moved house.")),
    )


def transfer(scene: Scene, values: Values) -> Made:
    """At another site."""
    return ((SubjectTransferred, {"to": values["to"], "why": values["why"]}),)


# --- what was entered by mistake -------------------------------------------------------------------------------------


def void_blanks(scene: Scene) -> tuple[Blank, ...]:
    """Which entry of the patient, why, and where it was entered rightly."""
    return void_blanks_of(scene, _entries(scene.record.log or (), scene.record.voided))


def void_blanks_of(scene: Scene, entries: tuple[Event, ...]) -> tuple[Blank, ...]:
    """Which of these entries, why, and where it was entered rightly."""
    named = scene.chosen.get("voids", "")
    return (
        day_blank(scene, gettext_lazy("Day")),
        Blank(
            name="voids",
            label=gettext_lazy("Entry"),
            kind=BlankKind.CHOICE,
            options=options_of(scene, entries),
            value=(named,) if named else (),
        ),
        Blank(
            name="why",
            label=gettext_lazy("Why it counts no more"),
            kind=BlankKind.LONG,
            help=gettext_lazy("Such as: the form of another patient."),
        ),
        Blank(
            name="entered_again_as",
            label=gettext_lazy("Id of the entry that says it rightly"),
            needed=False,
            help=gettext_lazy("Where it was entered again already, for this patient or another."),
        ),
    )


def void(scene: Scene, values: Values) -> Made:
    """Voided, with the reason."""
    told = {"voids": values["voids"], "why": values["why"], "entered_again_as": values.get("entered_again_as", "")}
    return ((EventVoided, told),)


def _entries(log: Iterable[Event], voided: Mapping[str, EventVoided]) -> tuple[Event, ...]:
    """What may be voided at all, the newest first."""
    return tuple(one for one in log if one.id and one.id not in voided and not isinstance(one, NEVER))
