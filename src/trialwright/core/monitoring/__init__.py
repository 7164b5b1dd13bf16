"""Rules that end or halt the accrual of a trial, asked of the data on a day: stopping rules and gates in stages.

    counting  subjects in the order they were registered: who surely counts, who may, what can still come of it
    stopping  too many of the subjects have come to something (safety): suspend or stop accrual
    stages    enough of the first subjects have responded to go on (Simon's designs): continue, stop, or wait for whom

Both are the protocol's own rules; a trial that names none is never halted. What is not known is counted both ways, and
an answer is given only where both agree. Read `stopping`, then `stages`.
"""

from __future__ import annotations

from trialwright.core.monitoring.counting import Candidate, Possible, Watched, possible
from trialwright.core.monitoring.stages import StageAnswer, simon_stages, stages
from trialwright.core.monitoring.stopping import StoppingAnswer, stopping

__all__ = [
    "Candidate",
    "Possible",
    "StageAnswer",
    "StoppingAnswer",
    "Watched",
    "possible",
    "simon_stages",
    "stages",
    "stopping",
]
