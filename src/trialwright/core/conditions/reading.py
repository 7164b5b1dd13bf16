"""A condition from plain data, with the path to what is wrong and the near miss of a misspelt word.

`CONSTRUCTS` is the table of all constructs and the keys each one takes; `read_condition` goes by it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from trialwright.core.conditions.constructs import (
    ANCHORS,
    IF_ABSENT,
    SEXES,
    Age,
    All,
    AnyOf,
    Ask,
    AtLeast,
    Condition,
    Elapsed,
    FirstKnown,
    GradeIs,
    Had,
    IfThen,
    Limit,
    Measure,
    Not,
    NumberIs,
    Rank,
    ResponseIs,
    Sex,
    TimeBefore,
)
from trialwright.core.terms import Duration, Response

T = TypeVar("T")
Path = tuple[str | int, ...]


class ConditionError(ValueError):
    """A condition that cannot be read; `path` leads to the place in the data, `near` is a word that may be meant."""

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.path = path


def _many(data: object, path: Path) -> tuple[Condition, ...]:
    if not isinstance(data, list | tuple):
        raise ConditionError("a list of conditions is expected here", path)
    if not data and path[-1:] != ("all",):
        raise ConditionError("an empty list never holds; write at least one condition", path)
    return tuple(read_condition(part, (*path, number)) for number, part in enumerate(data))


def _limit(data: object, path: Path) -> Limit:
    return _read(Limit.parse, data, path)


def _read(parse: Callable[[object], T], data: object, path: Path) -> T:
    try:
        return parse(data)
    except ValueError as problem:
        raise ConditionError(str(problem), path) from None


def _duration(node: Mapping[str, Any], key: str, path: Path) -> Duration | None:
    return _read(Duration.parse, node[key], (*path, key)) if key in node else None


def _words(data: object, path: Path) -> tuple[str, ...]:
    """One word or several; what a file reader took for true and false is yes and no."""
    words = tuple(data) if isinstance(data, list | tuple) else (data,)
    if not words:
        raise ConditionError("an empty list is met by nothing; write at least one word", path)
    return tuple({True: "yes", False: "no"}[word] if isinstance(word, bool) else str(word) for word in words)


def _one_of(data: object, known: tuple[str, ...], path: Path) -> str:
    """A word of a closed list; the near miss of a misspelt one is offered."""
    if data in known:
        return str(data)
    near = difflib.get_close_matches(str(data), known, 1)
    raise ConditionError(f"{data!r} is none of {', '.join(known)}" + (f"; is {near[0]!r} meant?" if near else ""), path)


def _anchor(node: Mapping[str, Any], key: str, path: Path) -> str | None:
    return _one_of(node[key], ANCHORS, (*path, key)) if key in node else None


def _yes_no(node: Mapping[str, Any], key: str, path: Path) -> bool | None:
    if key not in node:
        return None
    if node[key] in (True, "yes"):
        return True
    if node[key] in (False, "no"):
        return False
    raise ConditionError(f"{node[key]!r} is neither yes nor no", (*path, key))


def _measure(node: Mapping[str, Any], path: Path) -> Measure:
    if ("is" in node) == ("in" in node):
        raise ConditionError("a measure needs either `is:` (a limit) or `in:` (a list of codes)", path)
    if "for" in node and "is" not in node:
        raise ConditionError("`for` says how long a limit is kept and needs `is:`", (*path, "for"))
    limit = _limit_or_rank(node["is"], (*path, "is")) if "is" in node else None
    if "for" in node and isinstance(limit, Rank):
        raise ConditionError("`for` says how long a limit on a number is kept", (*path, "for"))
    return Measure(
        concept=str(node["measure"]),
        limit=limit if isinstance(limit, Limit) else None,
        rank=limit if isinstance(limit, Rank) else None,
        one_of=_words(node["in"], (*path, "in")) if "in" in node else (),
        within=_duration(node, "within", path),
        before=_anchor(node, "before", path),
        held_for=_duration(node, "for", path),
        between=_between(node, path),
    )


def _limit_or_rank(data: object, path: Path) -> Limit | Rank:
    """A limit on a number, or a place on a scale of codes; what is neither is told as a limit."""
    try:
        return Rank.parse(data)
    except ValueError:
        return _limit(data, path)


def _between(node: Mapping[str, Any], path: Path) -> TimeBefore | None:
    if "between" not in node:
        return None
    if "within" in node:
        raise ConditionError("`between` already says how far back; leave `within` out", (*path, "between"))
    return _read(TimeBefore.parse, node["between"], (*path, "between"))


def _had(how: str) -> Callable[[Mapping[str, Any], Path], Had]:
    def read(node: Mapping[str, Any], path: Path) -> Had:
        if how == "active_since" and "within" not in node:
            raise ConditionError("`active_since` needs `within:`, the time it looks back", path)
        return Had(
            set=str(node[how]),
            how=how,
            within=_duration(node, "within", path),
            before=_anchor(node, "before", path),
            where=_where(node, path),
            between=_between(node, path),
            at_least_n=_count(node, "at_least_n", path),
            distinct=_yes_no(node, "distinct", path) or False,
            if_absent=_one_of(_words(node["if_absent"], path)[0], IF_ABSENT, (*path, "if_absent"))
            if "if_absent" in node
            else IF_ABSENT[0],
        )

    return read


def _count(node: Mapping[str, Any], key: str, path: Path) -> int:
    """A whole number of 1 or more; files keep it as a word."""
    told = node.get(key, 1)
    if isinstance(told, bool) or not re.fullmatch(r"[1-9]\d*", str(told)):
        raise ConditionError(f"{told!r} is no number of episodes; write 1, 2 or more", (*path, key))
    return int(told)


def _where(node: Mapping[str, Any], path: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    where = node.get("where", {})
    if not isinstance(where, Mapping):
        raise ConditionError("`where` is a mapping of fields to codes, such as {outcome: failed}", (*path, "where"))
    return tuple((str(name), _words(codes, (*path, "where", name))) for name, codes in where.items())


def _grade_is(node: Mapping[str, Any], path: Path) -> GradeIs:
    if "is" not in node:
        raise ConditionError("`grade` needs `is:`, such as >= 3", path)
    return GradeIs(
        term=str(node["grade"]),
        limit=_limit(node["is"], (*path, "is")),
        related=_yes_no(node, "related", path),
        ongoing=_yes_no(node, "ongoing", path),
        laboratory=_yes_no(node, "laboratory", path),
        during=_one_of(node["during"], ("course",), (*path, "during")) if "during" in node else None,
    )


def _responses(node: Mapping[str, Any], path: Path) -> ResponseIs:
    words = _words(node["response"], (*path, "response"))
    unknown = [word for word in words if word not in Response.__members__]
    if unknown:
        raise ConditionError(f"{unknown[0]!r} is no response; write {', '.join(Response.__members__)}", path)
    return ResponseIs(tuple(Response[word] for word in words))


def _number(name: str) -> Callable[[Mapping[str, Any], Path], NumberIs]:
    return lambda node, path: NumberIs(name, _limit(node[name], (*path, name)))


def _at_least(node: Mapping[str, Any], path: Path) -> AtLeast:
    count = node["at_least"]
    if not isinstance(count, int) or isinstance(count, bool) or count < 1 or "of" not in node:
        raise ConditionError("write `at_least: 1` with `of:` and a list of conditions", path)
    of = _many(node["of"], (*path, "of"))
    if count > len(of):
        raise ConditionError(f"{count} of {len(of)} conditions can never hold", path)
    return AtLeast(count, of)


def _if_then(node: Mapping[str, Any], path: Path) -> IfThen:
    if "then" not in node:
        raise ConditionError("`if` needs `then`", path)
    return IfThen(read_condition(node["if"], (*path, "if")), read_condition(node["then"], (*path, "then")))


def _elapsed(node: Mapping[str, Any], path: Path) -> Elapsed:
    if "is" not in node:
        raise ConditionError("`elapsed` needs `is:`, a duration such as 2 years", path)
    return Elapsed(
        _one_of(node["elapsed"], ANCHORS, (*path, "elapsed")), _read(Duration.parse, node["is"], (*path, "is"))
    )


_EPISODES = ("where", "at_least_n", "distinct", "if_absent")
Reader = Callable[[Mapping[str, Any], Path], Condition]
CONSTRUCTS: Mapping[str, tuple[Reader, tuple[str, ...]]] = {
    "all": (lambda node, path: All(_many(node["all"], (*path, "all"))), ()),
    "any": (lambda node, path: AnyOf(_many(node["any"], (*path, "any"))), ()),
    "not": (lambda node, path: Not(read_condition(node["not"], (*path, "not"))), ()),
    "at_least": (_at_least, ("of",)),
    "if": (_if_then, ("then",)),
    "first_known": (lambda node, path: FirstKnown(_many(node["first_known"], (*path, "first_known"))), ()),
    "age": (lambda node, path: Age(_limit(node["age"], (*path, "age"))), ()),
    "sex": (lambda node, path: Sex(_one_of(node["sex"], SEXES, (*path, "sex"))), ()),
    "measure": (_measure, ("is", "in", "within", "between", "before", "for")),
    "had": (_had("had"), ("within", "between", "before", *_EPISODES)),
    "ongoing": (_had("ongoing"), ("before", *_EPISODES)),
    "active_since": (_had("active_since"), ("within", "before", *_EPISODES)),
    "grade": (_grade_is, ("is", "related", "ongoing", "laboratory", "during")),
    "response": (_responses, ()),
    "ask": (lambda node, path: Ask(str(node["ask"]), _duration(node, "within", path)), ("within",)),
    "course": (_number("course"), ()),
    "day": (_number("day"), ()),
    "dose": (_number("dose"), ()),
    "elapsed": (_elapsed, ("is",)),
}
"""The closed set: each construct with its reader and the further keys it takes."""


def read_condition(data: object, path: Path = ()) -> Condition:
    """Read a condition from plain data such as {"measure": "anc", "is": ">= 1500 /mm3"}.

    Raises ConditionError with the path to the wrong place and the near miss of a misspelt construct or key.
    """
    if not isinstance(data, Mapping):
        raise ConditionError("a condition is a mapping, such as {measure: anc, is: '>= 1500 /mm3'}", path)
    node = {str(key): value for key, value in data.items()}
    heads = [key for key in node if key in CONSTRUCTS]
    heads = [key for key in heads if not any(key in CONSTRUCTS[other][1] for other in heads if other != key)]
    if len(heads) != 1:
        raise ConditionError(_no_construct(node, heads), path)
    reader, further = CONSTRUCTS[heads[0]]
    for key in node:
        if key != heads[0] and key not in further:
            raise ConditionError(_unknown_key(key, heads[0], further), (*path, key))
    return reader(node, path)


def _no_construct(node: Mapping[str, Any], heads: list[str]) -> str:
    if heads:
        return f"one construct at a time: {' and '.join(heads)} stand side by side; join them with all: or any:"
    near = [match for key in node for match in difflib.get_close_matches(key, CONSTRUCTS, 1)]
    return f"no construct among {', '.join(node) or 'nothing'}" + (f"; is {near[0]!r} meant?" if near else "")


def _unknown_key(key: str, head: str, further: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, further, 1)
    return f"`{head}` takes no {key!r}" + (f"; is {near[0]!r} meant?" if near else "")
