"""Outcomes that the study as described cannot observe: they wait for what happens after patients have left.

Decided here: an outcome without an upper limit that waits until all have progressed or died, against a follow-up
that ends at a fixed time and against removal from the study at progression; and a time frame longer than the study.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.adapters.registry.claims import Claim, Record
from trialwright.adapters.registry.claims.measures import LENGTH, Length
from trialwright.adapters.registry.claims.treatment import follow_up, lengths_in, treatment_lengths
from trialwright.adapters.registry.contradictions.finding import Contradiction, against

_DIED = r"(?:died|dead|deceased|death|expired)"
_PROGRESSED = r"(?:progress(?:ed|ion|es)?|relapsed?)"
WAITS = re.compile(
    rf"\b(?:after|until|when|once)\b[^.;]*\b(?:all|every|each|last|death)\b[^.;]*|\buntil\b[^.;]*\b{_DIED}\b[^.;]*",
    re.I,
)
REMOVED = re.compile(
    r"\b(?:progressive\s+disease|disease\s+progression|progression|progress(?:es)?)\b[^.;]{0,60}\b(?:are|will\s+be|is)\s+"
    r"(?:removed|withdrawn|taken\s+off|discontinued)\s*(?:from\s+|off\s+)?(?:the\s+)?(?:study|trial)\b"
    r"(?!\s+(?:treatment|therapy|drug|medication))",
    re.IGNORECASE,
)
_STILL_FOLLOWED = re.compile(
    r"\b(?:followed|follow-up)\b[^.]*\b(?:survival|death|progression)\b|\b(?:survival|death|progression)\b[^.]*\bfollowed\b",
    re.I,
)
_WHY = "Some of the patients will not have had the event when nobody looks any more."
_ASK = "Ask the sponsor how long patients are followed for it; until then count them as censored at their last visit."


def waiting(record: Record) -> Iterator[tuple[Claim, bool]]:
    """Each time frame that waits for an event of every patient without a limit; and whether it waits for death."""
    for passage in record.of("time frame"):
        waits = WAITS.search(passage.text)
        event = re.search(rf"\b(?:{_DIED}|{_PROGRESSED})\b", passage.text, re.IGNORECASE)
        if waits and event and not LENGTH.search(passage.text):
            died = bool(re.search(rf"\b{_DIED}\b", passage.text, re.IGNORECASE))
            yield passage.claim("time frame", "death" if died else "progression"), died


def follow_up_ends(record: Record) -> Iterator[Contradiction]:
    """Follow-up that ends at a fixed time, against outcomes that wait for an event."""
    waits = [claim for claim, _ in waiting(record)]
    ends = [one for one in follow_up(record) if one.attribute == "follow-up"]
    if waits and ends:
        what = f"Patients are followed for {ends[0].value} and outcomes wait until all have had the event"
        yield against("follow-up", what, _WHY, _ASK, [ends[0], *waits])


def removed_at_progression(record: Record) -> Iterator[Contradiction]:
    """Removal from the study at progression, against outcomes that wait for death."""
    removed = [p.claim("removal", "progression") for p in record.of("description", "summary") if REMOVED.search(p.text)]
    deaths = [claim for claim, died in waiting(record) if died] or list(_survival(record))
    if removed and deaths and not any(_STILL_FOLLOWED.search(p.text) for p in record.of("description", "summary")):
        what = "Patients leave the study at progression and an outcome waits for what happens to them afterwards"
        yield against("removal at progression", what, _WHY, _ASK, [*removed, *deaths])


def _survival(record: Record) -> Iterator[Claim]:
    for passage in record.of("outcome"):
        found = re.search(r"\boverall\s+survival\b", passage.text, re.IGNORECASE)
        if found:
            yield passage.claim("outcome", "death", found)


def longer_than_followed(record: Record) -> Iterator[Contradiction]:
    """A time frame longer than treatment and follow-up together, where the record limits both."""
    ends = [one for one in follow_up(record) if one.attribute == "follow-up"]
    treated = list(treatment_lengths(record))
    if len(ends) != 1 or not treated:
        return
    total = ends[0].value.days + max(one.value.days for one in treated)
    for passage in record.of("time frame"):
        over = [one for one in lengths_in(passage) if one.value.days > 1.1 * total]
        if over:
            what = "An outcome is measured for longer than patients are treated and followed"
            yield against("follow-up", what, _WHY, _ASK, [ends[0], *treated[:1], *over])


def longer_than_study(record: Record) -> Iterator[Contradiction]:
    """A primary outcome measured for longer than from the start of the study to its completion."""
    dates = [c for key in ("start", "completion") for c in record.field("date", f"statusModule.{key}DateStruct.date")]
    if len(dates) != 2 or record.get("statusModule.overallStatus") in ("TERMINATED", "WITHDRAWN", "SUSPENDED"):
        return
    months = _months(dates[1].value) - _months(dates[0].value)
    frames = [one for one in record.of("time frame") if one.block.startswith("outcomesModule.primary")]
    limit = Length(months + 2, "month").days * 1.1
    over = [one for passage in frames for one in lengths_in(passage) if one.value.days > limit]
    if over and months > 0 and record.get("designModule.studyType") == "INTERVENTIONAL":
        what = f"The primary outcome is measured for longer than the {months} months the study lasts"
        yield against("time frame", what, _WHY, "Ask the sponsor for the dates or the time frame.", [*over, *dates])


def _months(date: str) -> int:
    year, month, *_ = (*date.split("-"), "1")
    return int(year) * 12 + int(month)
