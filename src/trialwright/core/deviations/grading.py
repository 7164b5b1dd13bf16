"""How much a deviation weighs: the general rule for each kind, which a protocol may put otherwise.

Major is what may touch a subject's safety, rights or well-being, or what the trial's answer rests on (ICH E3 calls
these important); the rest is minor. A protocol's `safety.deviations` wins over the table: the first entry that fits
the kind, the clause and the days late. Read `KINDS`, then `graded`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from trialwright.core.deviations.values import Deviation
from trialwright.core.protocol import DeviationGrade, StudyProtocol

MAJOR, MINOR = "major", "minor"
SAFETY, RIGHTS, ANSWER, PLAN = (
    "it may touch the subject's safety",
    "it touches the subject's rights",
    "the trial's answer rests on it",
    "what was planned was done at another time, or a part of it was not",
)

KINDS: Mapping[str, tuple[str, str]] = {
    "registered with a criterion not met": (MAJOR, SAFETY),
    "eligibility found wrong later": (MAJOR, SAFETY),
    "criterion not met at the first dose": (MAJOR, SAFETY),
    "registered over plan": (MAJOR, RIGHTS),
    "registered without approval": (MAJOR, RIGHTS),
    "course begun without approval": (MAJOR, RIGHTS),
    "consent late": (MAJOR, RIGHTS),
    "consent on the wrong version": (MAJOR, RIGHTS),
    "no consent to the version": (MAJOR, RIGHTS),
    "dose before registration": (MAJOR, SAFETY),
    "dose without a decision": (MAJOR, SAFETY),
    "drug of no regimen": (MAJOR, SAFETY),
    "course begun too early": (MAJOR, SAFETY),
    "course begun late": (MINOR, PLAN),
    "course begun against the rules": (MAJOR, SAFETY),
    "course begun without its gate": (MAJOR, SAFETY),
    "dose decided above the rules": (MAJOR, SAFETY),
    "dose decided below the rules": (MINOR, PLAN),
    "dose above what was decided": (MAJOR, SAFETY),
    "dose below what was decided": (MINOR, PLAN),
    "dose while held": (MAJOR, SAFETY),
    "dose on a day of rest": (MAJOR, SAFETY),
    "too many days of dosing": (MAJOR, SAFETY),
    "doses missed": (MINOR, PLAN),
    "prohibited medication": (MAJOR, SAFETY),
    "duty not promised": (MAJOR, SAFETY),
    "late visit": (MINOR, PLAN),
    "early visit": (MINOR, PLAN),
    "visit missed": (MINOR, PLAN),
    "assessment missed": (MINOR, PLAN),
    "assessment of a gate missed": (MAJOR, SAFETY),
    "sample not taken": (MINOR, PLAN),
    "sample outside its sites": (MAJOR, ANSWER),
    "specimen handled otherwise": (MINOR, ANSWER),
}
"""Every kind there is: how it weighs where the protocol says nothing, and why."""


def graded(found: Iterable[Deviation], protocol: StudyProtocol) -> tuple[Deviation, ...]:
    """Each deviation with its weight, the rule of it, and an id; in order of the day it was."""
    named: dict[str, int] = {}
    told = []
    for one in sorted(found, key=lambda one: (one.on, one.kind, one.clause, one.about, one.says)):
        key = f"{one.kind.replace(' ', '_')}:{one.about or one.clause}"
        named[key] = named.get(key, 0) + 1
        severity, why = weight(one, protocol)
        unique = key if named[key] == 1 else f"{key}:{named[key]}"
        told.append(replace(one, severity=severity, graded=why, id=unique))
    return tuple(told)


def weight(one: Deviation, protocol: StudyProtocol) -> tuple[str, str]:
    """Minor or major, and by which rule."""
    own = protocol.safety.deviations if protocol.safety else ()
    rule = next((each for each in own if _fits(each, one)), None)
    if rule:
        return rule.severity, f"{rule.id}: {rule.words}"
    severity, why = KINDS[one.kind]
    return severity, f"{severity}: {why}"


def _fits(rule: DeviationGrade, one: Deviation) -> bool:
    """Whether a protocol's own rule is about this deviation."""
    if rule.kind != one.kind or (rule.of and one.clause not in rule.of):
        return False
    return rule.from_days is None or (one.days_late is not None and one.days_late >= rule.from_days)
