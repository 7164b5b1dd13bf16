"""Whether the protocol files in the study folder are the ones that were put in force.

Patients are treated by the file whose hash was activated; its text is in the ledger. A file that was edited since is
refused, with the lines that differ, until it is activated as what it is: a new version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import unified_diff
from itertools import islice

from trialwright.core.ledger import Event, EventVoided, ProtocolActivated
from trialwright.core.subject import voidings
from trialwright.core.terms import Finding

LINES_SHOWN = 12


def activated(events: Iterable[Event]) -> dict[str, str]:
    """The file hash under which each version was last put in force, by what was not voided."""
    told = [event for event in events if isinstance(event, ProtocolActivated | EventVoided)]
    voided = voidings(told)
    counted = (event for event in told if event.id not in voided)
    return {event.version: event.file_hash for event in counted if isinstance(event, ProtocolActivated)}


def changed_files(
    events: Iterable[Event],
    hashes: Mapping[str, str],
    texts: Mapping[str, str],
    stored_text: Callable[[str], str | None],
) -> list[Finding]:
    """A finding for each version whose file is not, byte for byte, the one that was activated; or is gone."""
    in_force = activated(events)
    return [
        _finding(version, in_force[version], texts.get(version), stored_text(in_force[version]))
        for version in sorted(in_force)
        if hashes.get(version) != in_force[version]
    ]


def _finding(version: str, digest: str, here: str | None, then: str | None) -> Finding:
    gone = here is None
    return Finding(
        about=f"protocol {version}",
        says=f"The file of version {version} {'is gone' if gone else 'is not the one that was put in force'} "
        f"(SHA-256 {digest}). {'' if gone else difference(then or '', here or '')}".strip(),
        matters="Subjects are treated under the file that was activated; another one could give them another dose.",
        do="Put the activated text back (the ledger holds it), and make a change as a new version with its own file.",
    )


def difference(then: str, here: str) -> str:
    """The first lines that differ, as `-` what was activated and `+` what is in the folder."""
    lines = unified_diff(then.splitlines(), here.splitlines(), lineterm="", n=0)
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    shown = " / ".join(islice(changed, LINES_SHOWN))
    more = len(changed) - LINES_SHOWN
    return f"It differs in: {shown or 'line ends or a byte at the end'}" + (
        f" and {more} lines more" if more > 0 else ""
    )
