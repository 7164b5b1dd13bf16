"""How the trial's status reads, and its document for programs.

Nothing is decided here. Read `trial_words`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from trialwright.cli.output import as_data, table
from trialwright.core.conduct import TrialStatus
from trialwright.core.conduct.totals import Readiness


def trial_words(said: TrialStatus, head: str, listed: Sequence[Mapping[str, Any]] = ()) -> str:
    """The trial on one screen, then every subject with where it stands."""
    lines = [
        f"The trial on {said.on}; known up to event {said.known_to}; ledger head {head}",
        "",
        f"{said.registered} of {said.planned} planned subjects registered; {said.screened} screened, "
        f"{said.treated} treated",
    ]
    for title, counts in _counts(said):
        if counts:
            rows = [(name, count) for name, count in counts.items()]
            lines += ["", textwrap.indent(table([title, "subjects"], rows), "  ")]
    if said.readiness:
        ready = [(one.endpoint, _state(one), IN_WORDS.get(one.needs, one.needs)) for one in said.readiness]
        lines += ["", textwrap.indent(table(["endpoint", "data", "time frame"], ready), "  ")]
    if listed:
        people = [(one["subject"], one["epoch"], one["since"], one["why"]) for one in listed]
        lines += ["", textwrap.indent(table(["subject", "stands in", "since", "because"], people), "  ")]
    return "\n".join(lines)


IN_WORDS = {
    "all_progressed": "until all have progressed",
    "all_progressed_or_dead": "until all have progressed or died",
    "last_safety_day": "until the last day of safety follow-up of all",
    "encounter_done": "until the last visit named is behind all",
}
"""What an endpoint waits for, where the record gives it no time frame."""


def _state(one: Readiness) -> str:
    if one.ready:
        return "ready"
    return f"waits for {one.waiting} of {one.treated}" if one.treated else "nobody treated yet"


def _counts(said: TrialStatus) -> tuple[tuple[str, Mapping[str, int]], ...]:
    return (
        ("where they stand", said.by_epoch),
        ("site", said.by_site),
        ("arm", said.by_arm),
        ("not registered because", said.screen_failures),
        ("off treatment because", said.off_treatment),
        ("off study because", said.off_study),
        ("registered in", said.accrual_by_month),
    )


def trial_document(said: TrialStatus, head: str, listed: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The trial's status as one JSON document."""
    return {"head": head, **as_data(said), "subjects": as_data(listed)}
