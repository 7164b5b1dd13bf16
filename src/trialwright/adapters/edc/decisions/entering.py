"""How a patient enters, as blanks and events: screened, consented, registered, put into an arm, or not.

What a registration says is judged as it would stand with the registration recorded: washouts count to the planned first
dose. Read `registration`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.core.conduct import said_for_registration
from trialwright.core.ledger import (
    CONSENT_SCOPES,
    ArmAllocated,
    ConsentGiven,
    ConsentWithdrawn,
    Event,
    Said,
    ScreeningFailed,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
)
from trialwright.core.subject import StudyRecord, SubjectRecord, known_on, left, versions_consented
from trialwright.core.terms import Verdict

Made = tuple[tuple[type[Event], Mapping[str, Any]], ...]
Values = Mapping[str, Any]
SCOPE_WORDS = {
    "study": gettext_noop("the whole study"),
    "treatment": gettext_noop("the treatment"),
    "follow-up": gettext_noop("the follow-up"),
    "stored specimens": gettext_noop("keeping specimens"),
    "public records": gettext_noop("looking up public records"),
}
"""The parts of a consent in words."""
NEVER = "never"
"""The answer that a person was not screened before."""


# --- where each is offered -------------------------------------------------------------------------------------------


def may_screen(scene: Scene) -> bool:
    """A version is in force at the site."""
    return bool(scene.in_force)


def is_here(scene: Scene) -> bool:
    """The subject is on study, or in screening."""
    return left(scene.record, scene.on) is None


def in_screening(scene: Scene) -> bool:
    """Neither registered nor ended."""
    known = known_on(scene.record, scene.on)
    return known.registered is None and known.latest(ScreeningFailed) is None


def awaits_arm(scene: Scene) -> bool:
    """Registered in a study of several arms, and in none yet."""
    return scene.record.registered is not None and scene.record.arm is None and len(scene.protocol.arms) > 1


def may_join(scene: Scene) -> bool:
    """Registered, and a sub-study of the site is left to join."""
    return scene.record.registered is not None and bool(_substudies(scene))


# --- screening -------------------------------------------------------------------------------------------------------


def screening_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The id, the day, the version in force, and whether the person was screened before."""
    return (
        Blank(
            name="subject",
            label=gettext_lazy("Id"),
            kind=BlankKind.ID,
            value=(next_id(scene.study, scene.here),),
            help=gettext_lazy("The next free id of the site. No initials, no date of birth."),
        ),
        day_blank(scene, gettext_lazy("Day of consent to be screened")),
        version_blank(scene),
        Blank(
            name="before",
            label=gettext_lazy("Was this person screened for this study before?"),
            kind=BlankKind.CHOICE,
            options=((NEVER, gettext_lazy("no, never")), *_ids_before(scene)),
        ),
        Blank(
            name="document",
            label=gettext_lazy("Consent form that was signed"),
            needed=False,
            help=gettext_lazy("Its name and version, such as “consent form 2.1”. With it the consent is recorded too."),
        ),
    )


def _ids_before(scene: Scene) -> Iterator[tuple[str, str]]:
    for name in screened_before(scene.study, scene.here):
        yield name, _("yes, as %(subject)s") % {"subject": name}


def screening(scene: Scene, values: Values) -> Made:
    """Screened, and where a form was named, consented by it."""
    version = values["protocol_version"]
    told = {"version": version, "rescreens": "" if values["before"] == NEVER else values["before"]}
    made: Made = ((SubjectScreened, {"subject": values["subject"], **told}),)
    if values.get("document"):
        given = {"version": version, "document": values["document"], "subject": values["subject"]}
        made = (*made, (ConsentGiven, given))
    return made


def next_id(study: StudyRecord, site: str) -> str:
    """The next free id of a site, in the manner of its earlier ones.

    >>> next_id(StudyRecord({}, {}), "north")
    'north-001'
    """
    pattern = re.compile(r"(.*?)(\d+)", re.ASCII)
    own = [found for one in study.subjects.values() if _home(one) == site and (found := pattern.fullmatch(one.subject))]
    last = max(own, key=lambda found: int(found[2]), default=None)
    stem, number, width = (last[1], int(last[2]), len(last[2])) if last else (f"{site}-", 0, 3)
    while (name := f"{stem}{number + 1:0{width}}") in study.subjects:
        number += 1
    return name


def _home(record: SubjectRecord) -> str:
    return record.home or record.site


def screened_before(study: StudyRecord, site: str) -> tuple[str, ...]:
    """Who was screened at the site and not registered: ids a person may come back from, the newest first."""
    found = [one for one in study.subjects.values() if _home(one) == site and one.registered is None]
    return tuple(one.subject for one in sorted(found, key=lambda one: -one.last_seq))


# --- consent ---------------------------------------------------------------------------------------------------------


def consent_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day, the version, the parts, the form."""
    return (
        day_blank(scene, gettext_lazy("Day the form was signed")),
        version_blank(scene),
        scope_blank(gettext_lazy("Consent to"), ("study",)),
        Blank(
            name="document",
            label=gettext_lazy("Consent form that was signed"),
            needed=False,
            help=gettext_lazy("Its name and version, such as “consent form 2.1”."),
        ),
    )


def consent(scene: Scene, values: Values) -> Made:
    """Consent to a version and to its parts."""
    told = {"version": values["protocol_version"], "scope": values["scope"], "document": values.get("document", "")}
    return ((ConsentGiven, told),)


def withdrawal_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day, from what, and why, where the patient says so."""
    return (
        day_blank(scene, gettext_lazy("Day of the withdrawal")),
        scope_blank(gettext_lazy("Withdrawn from"), ()),
        Blank(
            name="why",
            label=gettext_lazy("Why, in the patient's words"),
            kind=BlankKind.LONG,
            needed=False,
            help=gettext_lazy("Nobody has to give a reason."),
        ),
    )


def withdrawal(scene: Scene, values: Values) -> Made:
    """Consent is taken back."""
    return ((ConsentWithdrawn, {"scope": values["scope"], "why": values.get("why", "")}),)


def scope_blank(label: Any, chosen: tuple[str, ...]) -> Blank:
    """The parts of the study one consents to."""
    options = tuple((one, gettext_lazy(SCOPE_WORDS[one])) for one in CONSENT_SCOPES)
    return Blank(name="scope", label=label, kind=BlankKind.SEVERAL, options=options, value=chosen)


# --- the end of screening, and registration --------------------------------------------------------------------------


def failure_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day, and why; the criteria that are not met are offered as the reason."""
    against = [one.id for one in scene.eligibility.criteria if one.verdict is Verdict.NOT_MET]
    why = f"{scene.eligibility.word}: {', '.join(against)}" if against else ""
    reason = Blank(
        name="why",
        label=gettext_lazy("Why"),
        value=(why,) if why else (),
        help=gettext_lazy("The criteria that are not met, or what the person decided."),
    )
    return day_blank(scene, gettext_lazy("Day of the decision")), reason


def failure(scene: Scene, values: Values) -> Made:
    """Screening ended, with what the criteria said on the day."""
    said = said_for_registration(scene.trial, scene.protocol.version, scene.eligibility)
    return ((ScreeningFailed, {"said": said, "why": values["why"]}),)


def registration_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The day, the version in force, and the planned first dose, to which washouts count."""
    return (
        day_blank(scene, gettext_lazy("Day of registration")),
        version_blank(scene),
        Blank(
            name="planned_first_dose",
            label=gettext_lazy("Planned first dose"),
            kind=BlankKind.DAY,
            assumed=scene.on.isoformat(),
            help=gettext_lazy("Times since earlier treatment are counted to this day."),
        ),
    )


def registration(scene: Scene, values: Values) -> Made:
    """Registered, with what the criteria say of the patient and that planned first dose."""
    told = {"version": values["protocol_version"], "planned_first_dose": values["planned_first_dose"]}
    judged = planned(scene, values["protocol_version"], values["planned_first_dose"]).eligibility
    said = said_for_registration(scene.trial, values["protocol_version"], judged)
    return ((SubjectRegistered, {**told, "said": said}),)


def planned(scene: Scene, version: str, first_dose: date) -> Scene:
    """The place as it would be with a registration recorded; a version that is not here leaves it as it is."""
    if version not in scene.trial.versions:
        return scene
    return scene.with_event(
        SubjectRegistered(
            actor="",
            role="",
            site=scene.here,
            subject=scene.subject,
            occurred=scene.on,
            version=version,
            planned_first_dose=first_dose,
            said=Said(""),
        )
    )


# --- arm and sub-study -----------------------------------------------------------------------------------------------


def allocation_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The arm that stands at the next place of the list."""
    allocation = scene.protocol.design.allocation
    stratum = scene.here if allocation and allocation.by_site else ""
    return (
        day_blank(scene, gettext_lazy("Day of allocation")),
        Blank(name="stratum", label=gettext_lazy("List of"), kind=BlankKind.KEPT, value=(stratum,), needed=False),
        Blank(
            name="position",
            label=gettext_lazy("Place on the list"),
            kind=BlankKind.NUMBER,
            value=(str(next_place(scene.study, stratum)),),
        ),
        Blank(
            name="arm",
            label=gettext_lazy("Arm at that place"),
            kind=BlankKind.CHOICE,
            options=tuple((one.id, one.label) for one in scene.protocol.arms),
        ),
    )


def allocation(scene: Scene, values: Values) -> Made:
    """Put into the arm at that place of the list."""
    told = {"arm": values["arm"], "stratum": values.get("stratum", ""), "position": values["position"]}
    return ((ArmAllocated, told),)


def next_place(study: StudyRecord, stratum: str) -> int:
    """The first place of a list that no allocation has used."""
    used = [one.position for record in study.subjects.values() for one in record.of_kind(ArmAllocated)
            if one.stratum == stratum]  # fmt: skip
    return max(used, default=0) + 1


def joining_blanks(scene: Scene) -> tuple[Blank, ...]:
    """A sub-study of the site that the patient has not joined."""
    options = tuple(_substudies(scene).items())
    value = (options[0][0],) if len(options) == 1 else ()
    which = Blank(name="substudy", label=gettext_lazy("Sub-study"), kind=BlankKind.CHOICE, options=options, value=value)
    return day_blank(scene, gettext_lazy("Day of consent to it")), which


def joining(scene: Scene, values: Values) -> Made:
    """Joined the sub-study."""
    return ((SubstudyJoined, {"substudy": values["substudy"]}),)


def _substudies(scene: Scene) -> dict[str, str]:
    """The sub-studies of the subject's site that it has not joined; those of other sites are not named."""
    joined = {one.substudy for one in scene.record.of_kind(SubstudyJoined)}
    offered = [one for one in scene.protocol.design.substudies if not one.sites or scene.here in one.sites]
    return {one.id: one.label for one in offered if one.id not in joined}


# --- blanks that many decisions have ---------------------------------------------------------------------------------


def day_blank(scene: Scene, label: Any) -> Blank:
    """The day it happened: today or before."""
    return Blank(name="occurred", label=label, kind=BlankKind.DAY, value=(scene.on.isoformat(),), not_after=scene.today)


def version_blank(scene: Scene, label: Any = "") -> Blank:
    """The protocol version: those put in force at the site, the one in force chosen."""
    known = dict.fromkeys(one.version for one in scene.site_record.activations if one.version in scene.trial.versions)
    if scene.subject:
        known |= dict.fromkeys(versions_consented(scene.record, scene.on))
    options = tuple((one, _("version %(name)s") % {"name": one}) for one in known)
    blank = Blank(
        name="protocol_version",
        label=label or gettext_lazy("Protocol version"),
        kind=BlankKind.CHOICE,
        options=options,
        value=(scene.in_force,) if scene.in_force else (),
    )
    if scene.in_force:
        return blank
    why = scene.site_record.why_not_approved(None, scene.on)
    return replace(blank, help=_("No version is in force here: %(why)s.") % {"why": why})
