"""The rows by which a subject's time ends: by the event or by censoring, on which day, and why in words.

The rows are those of table A of the FDA guidance on endpoints for cancer drugs (2007, appendix 3), and those of its
tables B and C that a protocol asks for: which row can decide follows from the strategy for each intercurrent event
(`Endpoint.strategy`) and from the day on which progression counts (`progression_on`). They are tried in order and the
first that answers decides. What came first is asked of the days as documented; only then is a day moved. Read `ROWS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from trialwright.core.endpoints.seen import Followed, Told
from trialwright.core.protocol import Endpoint, Strategy
from trialwright.core.protocol.endpoints import CLAIMED, MISSED, NEW_TREATMENT, STOPPED
from trialwright.core.response import Assessment

CENSORS = (Strategy.HYPOTHETICAL, Strategy.WHILE_ON_TREATMENT)
"""The strategies by which a time ends, without the event, at what was seen up to the intercurrent event."""
PROGRESSION, DEATH = "progression", "death"


@dataclass(frozen=True)
class Asked:
    """What was seen of a subject, and the endpoint that is asked."""

    seen: Followed
    endpoint: Endpoint

    @property
    def about_progression(self) -> bool:
        """Whether progression is an event, so that assessments decide."""
        return PROGRESSION in self.endpoint.events

    @cached_property
    def happened(self) -> Mapping[str, Told]:
        """Every intercurrent event that was seen, with its first day and its words."""
        seen, found = self.seen, {}
        if new := seen.new_therapy:
            first = "" if new.exact else ", the first day it can have been"
            found[NEW_TREATMENT] = max(new.earliest, seen.start), f"new treatment of the disease on {new}{first}"
        if seen.stopped:
            found[STOPPED] = seen.stopped[0], f"treatment stopped on {seen.stopped[0]}: {seen.stopped[1]}"
        if seen.claimed:
            on, words = seen.claimed
            found[CLAIMED] = on, f"progression claimed on {on} ({words}) and documented by no assessment before"
        return {name: told for name, told in found.items() if told[0] >= seen.start}

    @cached_property
    def event(self) -> tuple[str, Told] | None:
        """The first event that counts, by its kind: progression, death, or an intercurrent event counted as one."""
        seen = self.seen
        days = {
            PROGRESSION: (seen.progressed, "progression documented"),
            DEATH: (seen.died, "death"),
        }
        found = [(kind, (day, words)) for kind, (day, words) in days.items() if day and kind in self.endpoint.events]
        for kind, told in self.happened.items():
            if self.endpoint.strategy(kind) is Strategy.COMPOSITE and not self._after_death(told[0]):
                found.append((kind, told))
        return min(found, default=None, key=lambda one: one[1][0])

    def _after_death(self, day: date) -> bool:
        return self.seen.died is not None and day > self.seen.died

    @cached_property
    def cut_short(self) -> str | None:
        """The first intercurrent event that ends the time without the event and surely came before it."""
        found = [
            (told[0], kind)
            for kind, told in self.happened.items()
            if self.endpoint.strategy(kind) in CENSORS and self._before_event(kind, told[0])
        ]
        return min(found)[1] if found else None

    def _before_event(self, kind: str, day: date) -> bool:
        """Of another treatment of which only the month is known, every day it can have been lies before."""
        new = self.seen.new_therapy
        last = new.latest if kind == NEW_TREATMENT and new else day
        return self.event is None or last < self.event[1][0]

    @property
    def doubt(self) -> str:
        """Where another treatment may have come before the event and nobody knows."""
        new = self.seen.new_therapy
        if self.event is None or new is None or self.endpoint.strategy(NEW_TREATMENT) not in CENSORS:
            return ""
        unsure = new.earliest < self.event[1][0] <= new.latest
        return f"; the new treatment of {new} may have come before it" if unsure else ""

    def until(self, day: date) -> Told:
        """Where a time without the event ends of which nothing counts after a day: what was last seen, in words."""
        if not self.about_progression:
            alive = min(self.seen.alive_on, day)
            return alive, f"last known alive on {alive}"
        last = self.seen.last_adequate(min(day, self.seen.cut))
        told = f"last adequate assessment on {last}" if last else "no adequate assessment since the start"
        return last or self.seen.start, told


# --- the rows ------------------------------------------------------------------------------------------------------


def _no_baseline(asked: Asked) -> Told | None:
    """Without an assessment before treatment no progression can be told."""
    if not asked.about_progression or asked.seen.baseline:
        return None
    return asked.seen.start, "no complete assessment of the disease before treatment"


def _cut_short_by(kind: str) -> Callable[[Asked], Told | None]:
    """Censored where an intercurrent event came first and ends what counts."""

    def decides(asked: Asked) -> Told | None:
        if asked.cut_short != kind:
            return None
        on, words = asked.happened[kind]
        day, last = asked.until(on)
        return day, f"{words}; {last} before it"

    return decides


def _after_a_gap(asked: Asked) -> Told | None:
    """Progression or death after more than one missed assessment cannot be dated."""
    strict = asked.about_progression and asked.endpoint.strategy(MISSED) is Strategy.HYPOTHETICAL
    if not strict or asked.event is None or asked.event[0] not in (PROGRESSION, DEATH):
        return None
    on, words = asked.event[1]
    last = _last_before(asked)
    covered = asked.seen.plan.last_day_covered(last or asked.seen.start)
    if covered is None or on <= covered:
        return None
    told = f"last adequate assessment on {last}" if last else "no adequate assessment since the start"
    return last or asked.seen.start, f"{words} on {on} after more than one missed assessment; {told}"


def _last_before(asked: Asked) -> date | None:
    """The last adequate assessment before the day of the event."""
    on = asked.event[1][0] if asked.event else asked.seen.cut
    days = (one.on for one in asked.seen.assessments)
    return max((day for day in days if day < on and asked.seen.last_adequate(day) == day), default=None)


def _is(kind: str, asked: Asked) -> bool:
    return asked.event is not None and asked.event[0] == kind


def _progression(asked: Asked) -> Told | None:
    """Progression documented at an assessment as planned: on its first day."""
    if not _is(PROGRESSION, asked) or _moved(asked) is not None or _between(asked):
        return None
    return _documented(asked)


def _progression_between(asked: Asked) -> Told | None:
    """Progression documented between two planned assessments: on the earliest day, which is told."""
    if not _is(PROGRESSION, asked) or _moved(asked) is not None:
        return None
    day, words = _documented(asked)
    return day, f"{words}, between planned assessments"


def _progression_moved(asked: Asked) -> Told | None:
    """Progression documented between two planned assessments counts on the day planned next, or earlier on death."""
    to = _moved(asked)
    if to is None:
        return None
    words = _documented(asked)[1]
    ends = [("the assessment planned next", to), ("the cut-off", asked.seen.cut)]
    ends += [("death", asked.seen.died)] if asked.seen.died and DEATH in asked.endpoint.events else []
    name, day = min(ends, key=lambda one: one[1])
    return day, f"{words}, between planned assessments; counted on {day}, the day of {name}"


def _moved(asked: Asked) -> date | None:
    """The day to which progression is moved; None where it stays."""
    if not _is(PROGRESSION, asked) or asked.endpoint.progression_on != "next visit":
        return None
    on = _documented(asked)[0]
    since = max((one.on for one in asked.seen.assessments if one.on < on), default=asked.seen.start)
    to = asked.seen.plan.next_planned(on, since)
    return to if to > on else None


def _between(asked: Asked) -> bool:
    """Whether progression was documented outside the window of every planned assessment, where any is planned."""
    plan = asked.seen.plan
    return bool(plan.planned) and not plan.at_planned(_documented(asked)[0])


def _documented(asked: Asked) -> Told:
    """The day of progression, with what was seen."""
    assert asked.event is not None
    on, first = asked.event[1][0], asked.seen.progression
    return on, f"progression documented on {on}{_what(first)}{asked.doubt}"


def _what(first: Assessment | None) -> str:
    """What progression was seen by; where it was seen before the rest was assessed, that day as well."""
    if first is None:
        return ""
    whole = f", the whole assessment done on {first.on}" if first.progressed_on != first.on else ""
    said = first.why or ", ".join(first.events)
    return f" ({said}{whole})" if said or whole else ""


def _died(asked: Asked, assessed: bool) -> Told | None:
    if not _is(DEATH, asked) or not asked.about_progression or (_last_before(asked) is not None) is not assessed:
        return None
    on = asked.event[1][0] if asked.event else asked.seen.cut
    return on, f"death on {on}{asked.doubt}"


def _survival_ended(asked: Asked) -> Told | None:
    """Death from any cause."""
    return (asked.event[1][0], f"death on {asked.event[1][0]}") if asked.event and _is(DEATH, asked) else None


def _counted(kind: str) -> Callable[[Asked], Told | None]:
    """An intercurrent event that counts as the event, before progression and death."""

    def decides(asked: Asked) -> Told | None:
        if asked.event is None or not _is(kind, asked):
            return None
        return asked.event[1][0], f"{asked.event[1][1]}, which counts as the event"

    return decides


def _died_without(asked: Asked) -> Told | None:
    """Death that is no event of this time: nothing is known of what would have come."""
    if not asked.about_progression or asked.seen.died is None or DEATH in asked.endpoint.events:
        return None
    day, told = asked.until(asked.seen.died)
    return day, f"death on {asked.seen.died} without progression, which is no event of this time; {told}"


def _event_free_after(kind: str) -> Callable[[Asked], Told | None]:
    """No event by the cut, though treatment was stopped or progression claimed: followed on."""

    def decides(asked: Asked) -> Told | None:
        if not asked.about_progression or kind not in asked.happened:
            return None
        day, told = asked.until(asked.seen.cut)
        return day, f"{asked.happened[kind][1]}; {_no_event(asked)}; {told}"

    return decides


def _event_free(asked: Asked) -> Told | None:
    """No event by the cut: censored at the last adequate assessment."""
    if not asked.about_progression:
        return None
    day, told = asked.until(asked.seen.cut)
    return day, f"{_no_event(asked)}; {told}"


def _no_event(asked: Asked) -> str:
    return f"no {' or '.join(asked.endpoint.events)} by {asked.seen.cut}"


def _alive(asked: Asked) -> Told | None:
    """Survival is censored when the subject was last known alive."""
    return asked.until(asked.seen.cut)


@dataclass(frozen=True)
class Row:
    """One row: the situation, the day that counts and whether it is an event, as the guidance has them in its tables.

    `decides` answers with the day and the reason in words, or None where the situation is another one.
    """

    id: str
    table: str
    situation: str
    day: str
    event: bool
    decides: Callable[[Asked], Told | None]

    @property
    def kind(self) -> str:
        """The kind of event it ends by, as an endpoint names it; empty where it is censored."""
        return _KINDS.get(self.id.partition("_")[0], self.id) if self.event else ""


_KINDS = {
    "progression": PROGRESSION,
    "death": DEATH,
    "new": NEW_TREATMENT,
    "stop": STOPPED,
    "claim": CLAIMED,
    "responded": "response",
}
LAST, BEFORE = "last adequate assessment", "last adequate assessment before it"
_ROWS = (
    Row("no_baseline", "A", "no or incomplete assessment of the disease before treatment", "the start", False,
        _no_baseline),
    Row("before_new_treatment", "A", "another treatment of the disease begun before the event", BEFORE, False,
        _cut_short_by(NEW_TREATMENT)),
    Row("until_stopped", "A", "treatment stopped, and only the time up to it counts", BEFORE, False,
        _cut_short_by(STOPPED)),
    Row("until_claimed", "A", "progression claimed, and only the time up to it counts", BEFORE, False,
        _cut_short_by(CLAIMED)),
    Row("after_missed", "A", "progression or death after more than one missed assessment",
        "last adequate assessment before the gap", False, _after_a_gap),
    Row("progression", "A", "progression documented at a planned assessment", "the day it was documented", True,
        _progression),
    Row("progression_between", "A", "progression documented between planned assessments",
        "the earliest day: new disease seen, or the last assessment of the measurement", True, _progression_between),
    Row("progression_moved", "B", "progression documented between planned assessments",
        "the day of the assessment planned next", True, _progression_moved),
    Row("death_first", "A", "death before the first adequate assessment", "the day of death", True,
        lambda asked: _died(asked, assessed=False)),
    Row("death_between", "A", "death between adequate assessments", "the day of death", True,
        lambda asked: _died(asked, assessed=True)),
    Row("death", "", "death from any cause", "the day of death", True, _survival_ended),
    Row("new_treatment_counts", "C", "another treatment of the disease begun", "the day it was begun", True,
        _counted(NEW_TREATMENT)),
    Row("stop_counts", "C", "treatment stopped before it was completed", "the day it was stopped", True,
        _counted(STOPPED)),
    Row("claim_counts", "C", "progression claimed and not documented", "the day it was claimed", True,
        _counted(CLAIMED)),
    Row("died_without", "", "death without progression, which is no event of this time", LAST, False, _died_without),
    Row("claimed_only", "A", "treatment stopped for progression that was not documented", LAST, False,
        _event_free_after(CLAIMED)),
    Row("stopped_only", "A", "treatment stopped for toxicity or another reason", LAST, False,
        _event_free_after(STOPPED)),
    Row("event_free", "A", "no progression", LAST, False, _event_free),
    Row("alive", "", "alive", "last known alive", False, _alive),
    Row("responded", "", "response seen", "the first day of it", True, lambda asked: None),
    Row("no_response", "", "no response", LAST, False, lambda asked: None),
)  # fmt: skip
ROWS: Mapping[str, Row] = {one.id: one for one in _ROWS}
"""Every row by its id, in the order in which they are tried; the last two are told by `times.time_to_response`."""
