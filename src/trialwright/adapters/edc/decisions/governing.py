"""What is decided of the study and its sites, as blanks and events: versions, approvals, accrual, status.

The limits of a laboratory have a page of their own (`ranges`). Read `activation_blanks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind, Options
from trialwright.adapters.edc.decisions.entering import day_blank
from trialwright.adapters.edc.decisions.moving import void_blanks_of
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.core.conduct.refusing.voiding import NEVER
from trialwright.core.ledger import (
    DECLARED_STATUSES,
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    Event,
    EventVoided,
    ProtocolActivated,
    StudyStatusDeclared,
)

Made = tuple[tuple[type[Event], Mapping[str, Any]], ...]
Values = Mapping[str, Any]
GOVERNING = (ProtocolActivated, ApprovalEnded, AccrualSuspended, AccrualResumed, StudyStatusDeclared, EventVoided)
"""The entries by which the study, or a site, is governed."""
EVERYWHERE = "*"
"""The choice of no one site."""
OFFERED_TO_VOID = 200
"""So many of the newest entries of the study are offered."""


def is_open(scene: Scene) -> bool:
    """The ledger was opened."""
    return bool(scene.study.last_seq)


# --- versions and approvals ------------------------------------------------------------------------------------------


def activation_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The site, the version, the day, the approval."""
    return (
        site_blank(scene),
        _any_version(scene),
        day_blank(scene, gettext_lazy("In force from")),
        Blank(
            name="approved_on",
            label=gettext_lazy("Approved by the ethics committee on"),
            kind=BlankKind.DAY,
            not_after=scene.today,
        ),
        Blank(
            name="approved_until",
            label=gettext_lazy("Approval ends on"),
            kind=BlankKind.DAY,
            needed=False,
            help=gettext_lazy("Empty where it has no end of its own."),
        ),
    )


def activation(scene: Scene, values: Values) -> Made:
    """In force, with the hash of the file as it is here."""
    told = {name: values.get(name) for name in ("approved_on", "approved_until", "site")}
    version = values["protocol_version"]
    file = scene.trial.hashes.get(version, "")
    return ((ProtocolActivated, {**told, "version": version, "file_hash": file, "protocol": file}),)


def approval_end_blanks(scene: Scene) -> tuple[Blank, ...]:
    """The site, the version or all of them, the day, why."""
    return site_blank(scene), _any_version(scene, every=True), day_blank(scene, gettext_lazy("From this day")), _why()


def approval_end(scene: Scene, values: Values) -> Made:
    """The approval is over."""
    version = values["protocol_version"]
    told = {"site": values["site"], "version": "" if version == EVERYWHERE else version, "why": values["why"]}
    return ((ApprovalEnded, told),)


def _any_version(scene: Scene, every: bool = False) -> Blank:
    names: Options = tuple((one, _("version %(name)s") % {"name": one}) for one in scene.trial.versions)
    names = ((EVERYWHERE, gettext_lazy("every version")), *names) if every else names
    value = (names[0][0],) if len(names) == 1 else ()
    return Blank(
        name="protocol_version",
        label=gettext_lazy("Protocol version"),
        kind=BlankKind.CHOICE,
        options=names,
        value=value,
    )


# --- accrual and status ----------------------------------------------------------------------------------------------


def suspension_blanks(scene: Scene) -> tuple[Blank, ...]:
    """Where, from when, why."""
    return site_blank(scene, everywhere=True), day_blank(scene, gettext_lazy("From this day")), _why()


def suspension(scene: Scene, values: Values) -> Made:
    """Nobody more is registered."""
    return ((AccrualSuspended, {"site": _site(values), "why": values["why"]}),)


def resumption(scene: Scene, values: Values) -> Made:
    """Registration goes on."""
    return ((AccrualResumed, {"site": _site(values), "why": values["why"]}),)


def status_blanks(scene: Scene) -> tuple[Blank, ...]:
    """What is declared, of the study or of a site, from when, why."""
    options = tuple((one, one) for one in DECLARED_STATUSES)
    status_ = Blank(name="status", label=gettext_lazy("Status"), kind=BlankKind.CHOICE, options=options)
    return status_, site_blank(scene, everywhere=True), day_blank(scene, gettext_lazy("From this day")), _why()


def status(scene: Scene, values: Values) -> Made:
    """Declared."""
    return ((StudyStatusDeclared, {"status": values["status"], "site": _site(values), "why": values["why"]}),)


def void_blanks(scene: Scene) -> tuple[Blank, ...]:
    """Which entry of no patient, why, and where it was entered rightly."""
    own = [one for one in reversed(scene.study.own) if one.id and one.id not in scene.study.voided]
    return void_blanks_of(scene, tuple(_open_to_voiding(own)))


def _open_to_voiding(own: list[Event]) -> Iterator[Event]:
    yield from [one for one in own if not isinstance(one, NEVER)][:OFFERED_TO_VOID]


# --- blanks ----------------------------------------------------------------------------------------------------------


def site_blank(scene: Scene, everywhere: bool = False) -> Blank:
    """One of the sites the person sees, or the whole study."""
    names: Options = tuple((one.id, one.name) for one in scene.protocol.design.sites if one.id in scene.sites)
    names = ((EVERYWHERE, gettext_lazy("the whole study")), *names) if everywhere else names
    value = (names[0][0],) if len(names) == 1 else ()
    return Blank(name="site", label=gettext_lazy("Site"), kind=BlankKind.CHOICE, options=names, value=value)


def _why() -> Blank:
    return Blank(name="why", label=gettext_lazy("Why"), kind=BlankKind.LONG)


def _site(values: Values) -> str | None:
    return None if values["site"] == EVERYWHERE else str(values["site"])
