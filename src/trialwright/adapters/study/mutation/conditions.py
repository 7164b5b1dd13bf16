"""One condition as a file writes it -> conditions that differ from it in one place.

All becomes any and any all; a part is left out; a limit, a time or a word moves a step; what must hold must not; what
limits a leaf (`within`, `related`, `where`) is dropped. Read `changes_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trialwright.adapters.study.mutation.values import neighbours
from trialwright.adapters.study.positions import Path
from trialwright.core.conditions import CONSTRUCTS

Node = Mapping[str, Any]
Place = tuple[Path, Any, str]
"""Where in the condition, what stands there instead, and the change in words."""
JOINED: Mapping[str, str] = {"all": "any", "any": "all", "first_known": "any"}
NAMES = ("measure", "grade", "ask", "sex", "had", "ongoing", "active_since", "elapsed")
"""Constructs whose own value is a name: it has no step, so the whole is turned round."""
NEEDED = ("is", "in")
"""What a leaf cannot be without."""


def changes_of(node: Any, path: Path = (), *, within: bool = False) -> Iterator[Place]:
    """Every change of a condition, each with its place in it; `within` is a part of a larger one.

    >>> for path, value, words in changes_of({"measure": "anc", "is": ">= 5 /mm3"}):
    ...     print(path, value, words)
    ('is',) >= 6 /mm3 >= 5 /mm3 becomes >= 6 /mm3
    ('is',) >= 4 /mm3 >= 5 /mm3 becomes >= 4 /mm3
    ('is',) > 5 /mm3 >= 5 /mm3 becomes > 5 /mm3
    """
    head = head_of(node)
    if head is None:
        return
    if head in JOINED:
        yield path, {JOINED[head]: node[head]}, f"{head} becomes {JOINED[head]}"
        yield from _of_parts(node[head], (*path, head))
    elif head == "not":
        yield path, node["not"], "not is left out"
        yield from changes_of(node["not"], (*path, "not"))
    elif head == "if":
        yield path, node["then"], f"asked of everybody, not only if {told(node['if'])}"
        yield from changes_of(node["if"], (*path, "if"), within=True)
        yield from changes_of(node["then"], (*path, "then"), within=True)
    elif head == "at_least":
        yield from _of_value(node["at_least"], (*path, "at_least"))
        yield from _of_parts(node["of"], (*path, "of"))
    else:
        yield from _of_leaf(node, head, path, within=within)


def head_of(node: Any) -> str | None:
    """The construct a condition is; None where it is none."""
    if not isinstance(node, Mapping):
        return None
    heads = [key for key in node if key in CONSTRUCTS]
    return next((key for key in heads if not any(key in CONSTRUCTS[one][1] for one in heads if one != key)), None)


def turned(node: Node) -> Any:
    """The opposite of a condition."""
    return node["not"] if head_of(node) == "not" else {"not": node}


def _of_parts(parts: Sequence[Any], path: Path) -> Iterator[Place]:
    for number, part in enumerate(parts):
        if len(parts) > 1:
            yield path, [one for place, one in enumerate(parts) if place != number], f"without {told(part)}"
        yield from changes_of(part, (*path, number), within=True)


def _of_leaf(node: Node, head: str, path: Path, *, within: bool) -> Iterator[Place]:
    if within and head in NAMES:
        yield path, {"not": node}, f"{told(node)} is turned round"
    for key, value in node.items():
        if not (key == head and head in NAMES):
            yield from _of_value(value, (*path, key))
        if key != head and key in CONSTRUCTS[head][1] and key not in NEEDED:
            yield path, {one: held for one, held in node.items() if one != key}, f"without {key} {told(value)}"


def _of_value(value: Any, path: Path) -> Iterator[Place]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _of_value(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            if len(value) > 1:
                yield path, [one for place, one in enumerate(value) if place != number], f"without {told(part)}"
            else:
                yield from _of_value(part, (*path, number))
    else:
        for other in neighbours(value):
            yield path, other, f"{told(value)} becomes {told(other)}"


def told(value: Any) -> str:
    """A value of a file in one line, as the file could write it.

    >>> told({"grade": "any", "is": ">= 3", "related": True})
    '{grade: any, is: >= 3, related: true}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {told(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(told(one) for one in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
