"""Rules that end or halt the accrual of a trial, asked of the data on a day: stopping rules and gates in stages.

    counting  subjects in the order they were registered: who surely counts, who may, what can still come of it
    stopping  too many of the subjects have come to something (safety): suspend or stop accrual
    stages    enough of the first subjects have responded to go on (Simon's designs): continue, stop, or wait for whom

Both are the protocol's own rules; a trial that names none is never halted. What is not known is counted both ways, and
an answer is given only where both agree. `stopping` and `stages` look at every subject and then count; of many subjects
each is looked at by itself (`rule_candidates`, `gate_candidates`) and counted later (`stopping_of`, `stages_of`).
Read `stopping`, then `stages`.
"""

from __future__ import annotations

from trialwright.core.monitoring.counting import Candidate, Counted, Possible, Watched, possible
from trialwright.core.monitoring.stages import (
    Attained,
    StageAnswer,
    attained,
    gate_candidates,
    simon_stages,
    stages,
    stages_of,
)
from trialwright.core.monitoring.stopping import StoppingAnswer, rule_candidates, stopping, stopping_of

__all__ = [
    "Attained",
    "Candidate",
    "Counted",
    "Possible",
    "StageAnswer",
    "StoppingAnswer",
    "Watched",
    "attained",
    "gate_candidates",
    "possible",
    "rule_candidates",
    "simon_stages",
    "stages",
    "stages_of",
    "stopping",
    "stopping_of",
]
