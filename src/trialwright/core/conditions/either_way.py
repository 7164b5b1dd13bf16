"""What is unknown and stands in a condition more than once: whether it matters how it turns out.

Kleene's logic takes each place for itself, so that "x or not x" is unknown where x is. Here such leaves are tried both
ways; where every way leads to one answer, that is the answer, and a leaf that changes none is not missing. Leaves that
stand once need no trial: for them Kleene's answer is exact. Two different questions about one datum count as two. Where
`first_known` stands, what is known matters and not what it may turn out to be, and nothing is tried. Read `either_way`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import product

from trialwright.core.conditions.constructs import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    FirstKnown,
    IfThen,
    Not,
    parts,
)
from trialwright.core.terms import Answer, Verdict

COMBINING = (All, AnyOf, AtLeast, FirstKnown, IfThen, Not)
MOST = 6
"""With more unknown leaves, those that stand twice are tried alone, and with more of those the answer stays unknown."""
JudgeLeaf = Callable[[Condition], Answer]
Judge = Callable[[Condition, JudgeLeaf], Answer]
Way = tuple[Mapping[Condition, Verdict], Verdict]


@lru_cache(maxsize=4096)
def repeated_leaves(condition: Condition) -> tuple[Condition, ...]:
    """The leaves that stand in the condition more than once, unless it asks what is known first."""
    inside = list(parts(condition))
    if any(isinstance(part, FirstKnown) for part in inside):
        return ()
    counted = Counter(part for part in inside if not isinstance(part, COMBINING))
    return tuple(leaf for leaf, count in counted.items() if count > 1)


def either_way(condition: Condition, answer: Answer, leaf: JudgeLeaf, judge: Judge) -> Answer:
    """An unknown answer, or what it comes to whichever way what is unknown turns out."""
    if not isinstance(condition, COMBINING):
        return answer
    repeated = repeated_leaves(condition)
    if not any(leaf(one).verdict is Verdict.UNKNOWN for one in repeated):
        return answer
    told = {one: leaf(one) for one in parts(condition) if not isinstance(one, COMBINING)}
    open_ = {one: said for one, said in told.items() if said.verdict is Verdict.UNKNOWN}
    tried = list(open_) if len(open_) <= MOST else [one for one in repeated if one in open_]
    if len(tried) > MOST:
        return answer
    return _tried(answer, list(_ways(condition, tried, leaf, judge)), open_, tried)


def _tried(answer: Answer, ways: list[Way], open_: Mapping[Condition, Answer], tried: list[Condition]) -> Answer:
    """One answer where every way leads to it; else unknown, and what changes nothing is not missing."""
    verdicts = {verdict for _, verdict in ways}
    if len(verdicts) == 1 and Verdict.UNKNOWN not in verdicts:
        why = f"whichever way it turns out: {'; '.join(open_[one].why for one in tried)}"
        return Answer(verdicts.pop(), why, answer.evidence)
    idle = {one for one in tried if not _matters(one, ways)}
    needed = {item for one, said in open_.items() if one not in idle for item in said.missing}
    return replace(answer, missing=tuple(item for item in answer.missing if item in needed))


def _ways(condition: Condition, open_: list[Condition], leaf: JudgeLeaf, judge: Judge) -> Iterator[Way]:
    """Each way the leaves may turn out, with what the condition then is."""
    for verdicts in product((Verdict.NOT_MET, Verdict.MET), repeat=len(open_)):
        turned = dict(zip(open_, verdicts, strict=True))

        def told(one: Condition, turned: Mapping[Condition, Verdict] = turned) -> Answer:
            return Answer(turned[one]) if one in turned else leaf(one)

        yield turned, judge(condition, told).verdict


def _matters(leaf: Condition, ways: list[Way]) -> bool:
    """Whether the answer is, or may be, another one in some way where only this leaf turned out otherwise."""
    told = {frozenset(turned.items()): verdict for turned, verdict in ways}
    others = [(verdict, told[frozenset({**turned, leaf: ~turned[leaf]}.items())]) for turned, verdict in ways]
    return any(verdict is not other or verdict is Verdict.UNKNOWN for verdict, other in others)
