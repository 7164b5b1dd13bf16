"""What is given, as blanks and events: a course starts, drug is handed out and counted, treatment ends.

The dose and the course are those that `dosing` decided when the page was drawn; they go back as they were shown, so
that what a person saw is what is saved, and is refused where it no longer holds. Read `course_blanks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind
from trialwright.adapters.edc.decisions.entering import day_blank
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.core.conduct import said_for_course, said_for_release, said_for_stop
from trialwright.core.disposition import continuation, disposition
from trialwright.core.dosing import DoseDecision, decide_dose
from trialwright.core.ledger import CourseStarted, DoseReleased, Event, Said, TreatmentEnded
from trialwright.core.protocol import EndReason, Epoch

Made = tuple[tuple[type[Event], Mapping[str, Any]], ...]
Values = Mapping[str, Any]


def on_treatment(scene: Scene) -> bool:
    """Registered, treatment not over, and a drug to give."""
    return bool(scene.regimens) and disposition(scene.case, scene.on).epoch is Epoch.TREATMENT


# --- a course --------------------------------------------------------------------------------------------------------


def course_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day; the drug, course and dose as they were decided."""
    return day_blank(scene, gettext_lazy("Day 1 of the course")), *_decided(scene)


def course(scene: Scene, values: Values) -> Made:
    """A course started at the dose shown, with what the rules say on the day."""
    told = {"drug": values["drug"], "course": values["course"], "dose": values["dose"]}
    said = said_for_course(scene.trial, scene.protocol.version, _dose(scene))
    return ((CourseStarted, {**told, "said": said}),)


def _decided(scene: Scene) -> Iterator[Blank]:
    """Which drug, where there are several; the course and the dose that were shown."""
    dose = scene.dose
    names = tuple((one.drug, one.drug) for one in scene.regimens)
    kind = BlankKind.CHOICE if len(names) > 1 else BlankKind.KEPT
    drug = scene.regimen.drug if scene.regimen else ""
    yield Blank(name="drug", label=gettext_lazy("Drug"), kind=kind, options=names, value=(drug,))
    number = () if dose is None or dose.course is None else (str(dose.course),)
    yield Blank(name="course", label=gettext_lazy("Course"), kind=BlankKind.KEPT_NUMBER, value=number, assumed="1")
    amount = () if dose is None or dose.dose is None else (str(dose.dose),)
    start = str(scene.regimen.dose.start) if scene.regimen else ""
    yield Blank(name="dose", label=gettext_lazy("Dose"), kind=BlankKind.KEPT_DOSE, value=amount, assumed=start)


def _dose(scene: Scene) -> DoseDecision:
    """What is decided of the drug; of one that the arm does not have nothing is."""
    return scene.dose or DoseDecision("none", scene.chosen.get("drug", ""))


# --- drug is handed out ----------------------------------------------------------------------------------------------


def release_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day, the drug, course and dose as decided, for how many days, and how many of each strength were counted."""
    supply = scene.supply
    days = str(supply.days) if supply and supply.days else ""
    return (
        day_blank(scene, gettext_lazy("Day it is handed out")),
        *_decided(scene),
        _days(days),
        *_counts(scene),
    )


def _days(days: str) -> Blank:
    value = (days,) if days else ()
    return Blank(name="days", label=gettext_lazy("For how many days"), kind=BlankKind.NUMBER, value=value)


def _counts(scene: Scene) -> Iterator[Blank]:
    """One count for each strength that makes up the dose; what is asked for stands beside it, not in it."""
    supply = scene.supply
    for place, (strength, number) in enumerate(supply.total.items() if supply else ()):
        yield Blank(
            name=f"count-{place}",
            label=_("Counted, of %(strength)s") % {"strength": strength},
            kind=BlankKind.NUMBER,
            assumed=str(number),
            help=_("%(number)s for %(days)s days") % {"number": number, "days": supply.days if supply else ""},
        )


def release(scene: Scene, values: Values) -> Made:
    """Handed out for so many days, as counted."""
    days = values["days"]
    told = {"drug": values["drug"], "course": values["course"], "dose": values["dose"]}
    said = said_for_release(scene.trial, scene.protocol.version, _dose(scene), days)
    counted = tuple(_counted(scene, values))
    return ((DoseReleased, {**told, "days": days, "said": said, "capsules": counted}),)


def _counted(scene: Scene, values: Values) -> Iterator[str]:
    """Each strength as it was counted; none of one is left out."""
    supply = scene.supply
    for place, strength in enumerate(supply.total if supply else ()):
        if values.get(f"count-{place}"):
            yield f"{values[f'count-{place}']} x {strength}"


# --- the end of treatment --------------------------------------------------------------------------------------------


def end_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day, why, and the last dose, where one was taken."""
    to_end = disposition(scene.case, scene.on).to_end
    last = scene.case.anchors(scene.on).get("last_dose")
    taken = max((one.last_dose for one in scene.case.courses(scene.on) if one.last_dose), default=last)
    return (
        day_blank(scene, gettext_lazy("Day of the decision")),
        Blank(
            name="why",
            label=gettext_lazy("Why"),
            options=tuple((one, one) for one in _reasons(scene)),
            value=(to_end,) if to_end else (),
            help=gettext_lazy("One of the reasons offered, or your own words."),
        ),
        Blank(
            name="last_dose",
            label=gettext_lazy("Day of the last dose"),
            kind=BlankKind.DAY,
            value=(taken.isoformat(),) if taken else (),
            needed=False,
            not_after=scene.today,
            help=gettext_lazy("Empty where none was taken."),
        ),
    )


def _reasons(scene: Scene) -> tuple[str, ...]:
    """What the protocol names as an end first, then the closed list."""
    to_end = disposition(scene.case, scene.on).to_end
    own = [one for one in (to_end, continuation(scene.case, scene.on).reason) if one]
    return tuple(dict.fromkeys((*own, *(one.value for one in EndReason if one is not EndReason.OTHER))))


def end(scene: Scene, values: Values) -> Made:
    """Treatment over, with the clauses that ask for it where they do."""
    told = {"why": values["why"], "last_dose": values.get("last_dose")}
    return ((TreatmentEnded, {**told, "said": _said_of_the_end(scene, values["why"])}),)


def _said_of_the_end(scene: Scene, why: str) -> Said:
    """The clauses of the rule that ends treatment, or of the doses that are stopped, where that is the reason given."""
    going = continuation(scene.case, scene.on)
    doses = [decide_dose(scene.case, one, scene.on) for one in scene.regimens]
    stopped = [one for one in doses if one.action == "stop"]
    clauses = tuple(one.clause for one in going.because if one.clause) if going.action == "off treatment" else ()
    clauses = clauses or tuple(one.won for one in stopped if one.won)
    named = why in (going.reason, disposition(scene.case, scene.on).to_end)
    return said_for_stop(scene.trial, scene.protocol.version, why, clauses if named else ())
