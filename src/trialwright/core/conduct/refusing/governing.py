"""The study, its sites and its signatures: opened once, versions as they are in the folder, accrual, content signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from trialwright.core.conduct.halting import accrual_halts
from trialwright.core.conduct.refusing.asked import Asked, named
from trialwright.core.ledger import DECLARED_STATUSES, AccrualResumed
from trialwright.core.terms import Finding


def opening(asked: Asked) -> Iterator[Finding]:
    """A study is opened once."""
    if asked.study.last_seq:
        yield asked.no("The study is open already.")


def activation(asked: Asked) -> Iterator[Finding]:
    """A version is activated as its file is in the study folder, within an approval that can have been given."""
    event: Any = asked.event
    known = asked.trial.hashes.get(event.version)
    if known is None:
        versions = ", ".join(asked.trial.versions)
        yield asked.no(f"There is no protocol version {event.version!r}.", do=f"Name one of {versions}.")
    elif event.file_hash != known:
        says = f"Version {event.version} has the hash {known[:12]}, not {str(event.file_hash)[:12]}."
        yield asked.no(says, do="Activate the file as it is in the study folder, or put back the approved one.")
    if event.approved_until is not None and event.approved_until < event.approved_on:
        says = f"The approval is said to end on {event.approved_until}, before it began on {event.approved_on}."
        yield asked.no(says, do="Correct one of the two days.")


def approval_ended(asked: Asked) -> Iterator[Finding]:
    """Only an approval that was given can end."""
    event: Any = asked.event
    known = [one.version for one in asked.site.activations]
    if not event.site:
        yield asked.no("An approval ends at a site, and none is named.", do="Name the site.")
    elif event.version and event.version not in known:
        says = f"Version {event.version} was never activated at {event.site}."
        yield asked.no(says, do=f"Name one of {', '.join(dict.fromkeys(known)) or 'none'}.")
    elif not known:
        yield asked.no(f"No version was ever activated at {event.site}.", do="Correct the site.")


def suspending(asked: Asked) -> Iterator[Finding]:
    """What is suspended is not suspended again, and only what is suspended, or halted by its own rules, is resumed."""
    event: Any = asked.event
    pauses = asked.site.pauses if event.site else asked.study.pauses
    before = max(pauses, key=lambda one: (one.occurred, one.seq), default=None)
    where = f"at {event.site}" if event.site else "in the whole study"
    held = before is not None and not isinstance(before, AccrualResumed)
    halted = not event.site and accrual_halts(asked.trial, asked.study, event.occurred)
    if isinstance(event, AccrualResumed) and not held and not halted:
        yield asked.no(f"Registration is not suspended {where}.", do="Leave it out, or name the site.")
    elif not isinstance(event, AccrualResumed) and held and before is not None:
        yield asked.no(f"Registration is suspended {where} since {before.occurred} already; {named(before)}.")


def declaring(asked: Asked) -> Iterator[Finding]:
    """A status there is; that the study is stopped early says why."""
    event: Any = asked.event
    if event.status not in DECLARED_STATUSES:
        near = get_close_matches(event.status, DECLARED_STATUSES, 1)
        meant = f" Is {near[0]!r} meant?" if near else ""
        says = f"{event.status!r} is no status that is declared.{meant}"
        yield asked.no(says, do=f"Write one of {', '.join(DECLARED_STATUSES)}.")
    elif event.status == "terminated" and not event.why.strip():
        yield asked.no("The study is declared terminated, and not why.", do="Say why: the registry asks for it.")


def signature(asked: Asked) -> Iterator[Finding]:
    """A signature says who, in which sense, and exactly what."""
    event: Any = asked.event
    if not re.fullmatch(r"[0-9a-f]{64}", event.content_hash) or not event.name.strip() or not event.meaning.strip():
        yield asked.no("A signature needs the name, its meaning and the SHA-256 of what is signed.")
