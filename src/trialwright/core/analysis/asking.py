"""What the analysis asks of each participant's case by itself, so that what concerns all can be put together later.

Each is a question for `Person.ask`: a function of one participant. OF_EACH are those that `gather` and the life of the
registry record stand on; an adapter adds its own before cases are dropped. Read `OF_EACH`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trialwright.core.analysis.people import Person
from trialwright.core.endpoints import Looked, look
from trialwright.core.monitoring import Counted, Watched, gate_candidates, rule_candidates
from trialwright.core.registration import Entered, entered


def counted(one: Person) -> Counted | None:
    """As the stopping rules and gates of the reference version count a participant; None for who is not registered."""
    watched, by = Watched(one.case, one.assessments), one.judged_by
    if not one.registered or watched.entered is None:
        return None
    of_rules = rule_candidates(by.protocol, watched, by.cut)
    return Counted(watched.entered, {**of_rules, **gate_candidates(by.protocol, watched, by.cut)})


def looked(one: Person) -> Mapping[str, Looked]:
    """As the readiness of each endpoint of the reference version looks at a participant."""
    by = one.judged_by
    return {each.id: look(each, one.case, by.cut) for each in by.protocol.endpoints if each.ready_when}


def in_life(one: Person) -> Entered | None:
    """As the life of the registry record looks at a participant; None for who is not registered."""
    return entered(one.judged_by.protocol, one.case, one.judged_by.cut)


OF_EACH: tuple[Callable[[Person], Any], ...] = (counted, looked, in_life)
"""What is asked of everyone."""
