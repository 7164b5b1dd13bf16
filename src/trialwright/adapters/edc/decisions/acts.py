"""The decisions there are: who takes each, what it asks a person to fill in, and the events it makes.

A decision is offered where its circumstances are there; whether it is refused is asked of `core.conduct.refusals` on
the very event that would be made, and never judged here. Read `Act`, then `ACTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About
from trialwright.adapters.edc.access.roles import (
    CLINICAL,
    COORDINATOR,
    DATA_MANAGER,
    INVESTIGATOR,
    PHARMACIST,
    SPONSOR,
    STATISTICIAN,
    Role,
)
from trialwright.adapters.edc.decisions import entering, governing, moving, treating
from trialwright.adapters.edc.decisions.blanks import Blank
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.core.ledger import Event

Values = Mapping[str, Any]
"""What was filled in, read."""
Making = tuple[type[Event], Mapping[str, Any]]
"""A kind of event with its own fields; who, where and when are the same for all that one decision makes."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One decision: its words, who takes it, about what, what it asks, what it makes, and where it is offered.

    `panel` names what is shown beside it; `twice` asks once more before anything is saved.
    """

    id: str
    label: str
    tells: str
    write: tuple[Role, ...]
    about: About = About.SUBJECT
    blanks: Callable[[Scene], tuple[Blank, ...]]
    makes: Callable[[Scene, Values], tuple[Making, ...]]
    offered: Callable[[Scene], bool]
    panel: str = ""
    twice: bool = False

    @property
    def page(self) -> str:
        """The name of its page."""
        return f"decide-{self.id}"


ACTS: tuple[Act, ...] = (
    Act(
        id="screen",
        label=gettext_noop("Screen a person"),
        tells=gettext_noop("A person consents to be screened and is given the next free id of the site."),
        write=(COORDINATOR, INVESTIGATOR),
        about=About.STUDY,
        blanks=entering.screening_blanks,
        makes=entering.screening,
        offered=entering.may_screen,
        panel="site",
    ),
    Act(
        id="consent",
        label=gettext_noop("Record a consent"),
        tells=gettext_noop("The patient signed a consent form, to the study or to parts of it."),
        write=CLINICAL,
        blanks=entering.consent_blanks,
        makes=entering.consent,
        offered=entering.is_here,
        panel="consent",
    ),
    Act(
        id="withdraw-consent",
        label=gettext_noop("Record that consent was withdrawn"),
        tells=gettext_noop(
            "The patient takes consent back, from the study or from parts of it. It is always accepted."
        ),
        write=CLINICAL,
        blanks=entering.withdrawal_blanks,
        makes=entering.withdrawal,
        offered=entering.is_here,
        panel="consent",
        twice=True,
    ),
    Act(
        id="fail-screening",
        label=gettext_noop("End the screening without registration"),
        tells=gettext_noop("The person does not enter the study. They may be screened again later under a new id."),
        write=(INVESTIGATOR, COORDINATOR),
        blanks=entering.failure_blanks,
        makes=entering.failure,
        offered=entering.in_screening,
        panel="checklist",
    ),
    Act(
        id="register",
        label=gettext_noop("Register the patient"),
        tells=gettext_noop("The patient is on study, under the version in force. Every criterion must be met."),
        write=(INVESTIGATOR,),
        blanks=entering.registration_blanks,
        makes=entering.registration,
        offered=entering.in_screening,
        panel="checklist",
    ),
    Act(
        id="allocate",
        label=gettext_noop("Allocate the arm"),
        tells=gettext_noop("The arm is the one at the next place of the concealed list, opened after registration."),
        write=(STATISTICIAN, DATA_MANAGER),
        blanks=entering.allocation_blanks,
        makes=entering.allocation,
        offered=entering.awaits_arm,
        panel="arms",
    ),
    Act(
        id="join",
        label=gettext_noop("Join a sub-study"),
        tells=gettext_noop("The patient consented to a sub-study of this site."),
        write=CLINICAL,
        blanks=entering.joining_blanks,
        makes=entering.joining,
        offered=entering.may_join,
    ),
    Act(
        id="start-course",
        label=gettext_noop("Start a course"),
        tells=gettext_noop("Day 1 of a course, at the dose that the protocol gives today."),
        write=(INVESTIGATOR,),
        blanks=treating.course_blanks,
        makes=treating.course,
        offered=treating.on_treatment,
        panel="dose",
    ),
    Act(
        id="release",
        label=gettext_noop("Hand out study drug"),
        tells=gettext_noop("Count what is handed out. It must make up the dose for the days; every gate must be met."),
        write=(PHARMACIST,),
        blanks=treating.release_blanks,
        makes=treating.release,
        offered=treating.on_treatment,
        panel="dose",
    ),
    Act(
        id="end-treatment",
        label=gettext_noop("End the treatment"),
        tells=gettext_noop("No study drug is given any more. The patient is followed on."),
        write=(INVESTIGATOR,),
        blanks=treating.end_blanks,
        makes=treating.end,
        offered=treating.on_treatment,
        panel="dose",
        twice=True,
    ),
    Act(
        id="leave",
        label=gettext_noop("Take the patient off study"),
        tells=gettext_noop("Nothing more is planned for the patient and nothing more is asked of them."),
        write=(INVESTIGATOR, COORDINATOR),
        blanks=moving.leaving_blanks,
        makes=moving.leaving,
        offered=moving.may_leave,
        twice=True,
    ),
    Act(
        id="found",
        label=gettext_noop("Record that the patient was found again"),
        tells=gettext_noop("A patient who was lost is followed on from this day."),
        write=CLINICAL,
        blanks=moving.found_blanks,
        makes=moving.found,
        offered=moving.has_left,
    ),
    Act(
        id="move",
        label=gettext_noop("Move to another protocol version"),
        tells=gettext_noop("From this day the patient goes on under another version, after consent to it."),
        write=(INVESTIGATOR, COORDINATOR),
        blanks=moving.version_blanks,
        makes=moving.version,
        offered=moving.may_move,
        panel="consent",
    ),
    Act(
        id="transfer",
        label=gettext_noop("Transfer to another site"),
        tells=gettext_noop("From this day the patient belongs to another site, whose staff then see the record."),
        write=(*CLINICAL, DATA_MANAGER),
        blanks=moving.transfer_blanks,
        makes=moving.transfer,
        offered=moving.may_transfer,
        twice=True,
    ),
    Act(
        id="void",
        label=gettext_noop("Void an entry"),
        tells=gettext_noop(
            "What was entered by mistake, or for another patient, counts no more; the history keeps it."
        ),
        write=(*CLINICAL, PHARMACIST, DATA_MANAGER),
        blanks=moving.void_blanks,
        makes=moving.void,
        offered=moving.has_entries,
        panel="entry",
        twice=True,
    ),
    Act(
        id="activate",
        label=gettext_noop("Put a protocol version in force"),
        tells=gettext_noop("After the ethics approval, a version is put in force at a site. Registration goes by it."),
        write=(DATA_MANAGER, SPONSOR),
        about=About.STUDY,
        blanks=governing.activation_blanks,
        makes=governing.activation,
        offered=governing.is_open,
        panel="versions",
    ),
    Act(
        id="end-approval",
        label=gettext_noop("End an ethics approval"),
        tells=gettext_noop("From this day nobody is registered at the site under the version."),
        write=(DATA_MANAGER, SPONSOR),
        about=About.STUDY,
        blanks=governing.approval_end_blanks,
        makes=governing.approval_end,
        offered=governing.is_open,
        panel="versions",
        twice=True,
    ),
    Act(
        id="suspend",
        label=gettext_noop("Suspend registration"),
        tells=gettext_noop("Nobody is registered from this day on; patients on study go on."),
        write=(SPONSOR, DATA_MANAGER),
        about=About.STUDY,
        blanks=governing.suspension_blanks,
        makes=governing.suspension,
        offered=governing.is_open,
        panel="accrual",
    ),
    Act(
        id="resume",
        label=gettext_noop("Resume registration"),
        tells=gettext_noop("Registration goes on from this day."),
        write=(SPONSOR, DATA_MANAGER),
        about=About.STUDY,
        blanks=governing.suspension_blanks,
        makes=governing.resumption,
        offered=governing.is_open,
        panel="accrual",
    ),
    Act(
        id="declare",
        label=gettext_noop("Declare the status of the study"),
        tells=gettext_noop("What no other entry tells the registry: closed to accrual, completed, stopped early."),
        write=(SPONSOR,),
        about=About.STUDY,
        blanks=governing.status_blanks,
        makes=governing.status,
        offered=governing.is_open,
        panel="accrual",
        twice=True,
    ),
    Act(
        id="void-study",
        label=gettext_noop("Void an entry of the study"),
        tells=gettext_noop("An activation, a limit or a pause that was entered by mistake counts no more."),
        write=(DATA_MANAGER, SPONSOR),
        about=About.STUDY,
        blanks=governing.void_blanks,
        makes=moving.void,
        offered=governing.is_open,
        panel="entry",
        twice=True,
    ),
)
"""The table of contents of everything that is decided by hand."""
BY_PAGE: Mapping[str, Act] = {act.page: act for act in ACTS}
OF_A_SUBJECT = tuple(act for act in ACTS if act.about is About.SUBJECT)
OF_THE_STUDY = tuple(act for act in ACTS if act.about is About.STUDY and act.id != "screen")
