"""Reasons for the end of treatment or study that nobody knows: kept as they were written, and told with the near miss.

Which words are known is decided in `protocol.reasons`. Read `unknown_reasons`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from trialwright.core.ledger import StudyLeft, TreatmentEnded
from trialwright.core.protocol import EndReason
from trialwright.core.protocol.reasons import plain
from trialwright.core.subject import Case
from trialwright.core.terms import Finding, Severity


def unknown_reasons(case: Case, on: date) -> Iterator[Finding]:
    """Each end whose reason is neither in the closed list nor the protocol's own."""
    ends = [one for one in case.record.milestones if isinstance(one, TreatmentEnded | StudyLeft)]
    for event in ends:
        if event.occurred <= on and not case.protocol.end_reason(event.why).known:
            yield _finding(case, event)


def _finding(case: Case, event: TreatmentEnded | StudyLeft) -> Finding:
    what = "treatment" if isinstance(event, TreatmentEnded) else "study"
    near = get_close_matches(plain(event.why), case.protocol.end_reasons, 1)
    meant = f" Is {near[0]!r} meant?" if near else ""
    reasons = ", ".join(one.value for one in EndReason)
    return Finding(
        about=event.id,
        says=f"The {what} ended on {event.occurred} because of {event.why!r}, which is no reason that is known.{meant}",
        matters="It is counted as other, apart from those who ended for the same reason in other words.",
        do=f"Void it and enter it again with a reason of the list ({reasons}), or say under `reasons` of the protocol "
        "which of them the words mean.",
        severity=Severity.WARNING,
    )
