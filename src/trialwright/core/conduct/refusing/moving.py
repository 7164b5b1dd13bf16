"""What changes about a subject: the version it is on, the site it belongs to, what it consents to, coming back.

A subject moves to the version in force at its site, after consent to it. It never goes back to an older version while
the newer one is approved; where the newer one was withdrawn, the older is in force again and is consented to again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.conduct.refusing.entering import consent, version_in_force
from trialwright.core.ledger import CONSENT_SCOPES, ConsentGiven, StudyLeft, SubjectMoved
from trialwright.core.subject import by_day, known_on
from trialwright.core.terms import Finding


def moving(asked: Asked) -> Iterator[Finding]:
    """To the version in force at the subject's site, after consent; back only where the newer one was withdrawn."""
    event: Any = asked.event
    record, on = asked.record, event.occurred
    if event.version not in asked.trial.versions:
        yield asked.no(f"There is no protocol version {event.version!r}.", do=f"Name one of {_versions(asked)}.")
        return
    if record.registered is None:
        do = "Before registration the version in force at the site counts; record the consent to it."
        yield asked.no(f"{record.subject} is not registered.", do=do)
        return
    present = known_on(record, on).version or record.version
    if event.version == present:
        yield asked.no(f"{record.subject} is on version {present} already.")
        return
    yield from version_in_force(asked, event.version)
    if _is_older(asked, event.version, str(present)):
        yield from _back_again(asked, str(present))
    else:
        yield from consent(asked, event.version)


def _versions(asked: Asked) -> str:
    return ", ".join(asked.trial.versions)


def _is_older(asked: Asked, version: str, present: str) -> bool:
    order = list(asked.trial.versions)
    return present in order and order.index(version) < order.index(present)


def _back_again(asked: Asked, present: str) -> Iterator[Finding]:
    """Back to an older version only after the newer one's approval ended at the site, and after consent since then."""
    event: Any = asked.event
    site, on = asked.site, event.occurred
    if site.approved(present, on):
        says = f"Version {event.version} is older than {present}, which is approved at {site.site}."
        yield asked.no(says, do=f"Record first that the approval of version {present} ended (ApprovalEnded).")
        return
    moves = [one for one in asked.record.of_kind(SubjectMoved) if one.version == present and one.occurred <= on]
    since = max(moves, key=by_day, default=asked.record.registered)
    given = [one for one in asked.record.of_kind(ConsentGiven) if one.version == event.version and "study" in one.scope]
    if since is not None and not any(since.occurred <= one.occurred <= on for one in given):
        says = f"{asked.record.subject} has not consented to version {event.version} again since {named(since)}."
        yield asked.no(says, do="Record the new consent (ConsentGiven) with its day.")
    else:
        yield from consent(asked, event.version)


def transferring(asked: Asked) -> Iterator[Finding]:
    """To another site of the study."""
    event: Any = asked.event
    if asked.protocol.site(event.to) is None:
        sites = ", ".join(site.id for site in asked.protocol.design.sites)
        yield asked.no(f"{event.to} is no site of the study.", do=f"Name one of {sites}.")
    elif event.to == asked.record.site_on(event.occurred):
        yield asked.no(f"{asked.record.subject} belongs to {event.to} already on {event.occurred}.")


def consenting(asked: Asked) -> Iterator[Finding]:
    """To a version there is, and to parts of the study there are."""
    event: Any = asked.event
    version = getattr(event, "version", None)
    if version is not None and version not in asked.trial.versions:
        yield asked.no(f"There is no protocol version {version!r}.", do=f"Name one of {_versions(asked)}.")
    unknown = [part for part in event.scope if part not in CONSENT_SCOPES]
    if unknown or not event.scope:
        says = f"{', '.join(unknown) or 'Nothing'} is no part of the study one consents to."
        yield asked.no(says, do=f"Name some of {', '.join(CONSENT_SCOPES)}.")


def finding_again(asked: Asked) -> Iterator[Finding]:
    """Only who left is found again; who withdrew or died is not lost."""
    gone = known_on(asked.record, asked.event.occurred).latest(StudyLeft)
    if gone is None:
        says = f"{asked.record.subject} has not left the study by {asked.event.occurred}."
        yield asked.no(says, do="Leave it out: who did not leave is followed on.")
