"""From plain data to the protocol's dataclasses, with every error placed and the near miss of a misspelt word.

The dataclass fields are the file's keys. Where text is wanted a number or true gives its text back; where a list of
words is wanted one word is taken as one. What cannot be read is left out piece by piece, so that the rest is checked
in the same run. Read `shaped`.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from trialwright.adapters.study.positions import Document, Path
from trialwright.core.conditions import ConditionError
from trialwright.core.protocol import StudyProtocol
from trialwright.core.terms import Finding

MATTERS = (
    "The protocol cannot be used until this is settled: a key that is not understood is a rule that is not followed."
)


@cache
def _adapter() -> TypeAdapter[StudyProtocol]:
    return TypeAdapter(StudyProtocol)


@cache
def hints(cls: type) -> Mapping[str, Any]:
    """The types of a dataclass's fields."""
    known = {each.name for each in fields(cls) if each.init}
    return {name: hint for name, hint in get_type_hints(cls).items() if name in known}


def shaped(document: Document) -> tuple[StudyProtocol | None, Document, list[Finding]]:
    """The protocol, the document as far as it was read, and all that is wrong in its shape.

    With findings the protocol lacks what could not be read, and so does the document that goes with it.
    """
    if not isinstance(document.data, dict):
        return None, document, [_no_mapping(document)]
    read = document.copied(fitted(document.data, StudyProtocol, document, ()))
    findings: list[Finding] = []
    for _ in range(8):
        try:
            return _adapter().validate_python(read.data), read, findings
        except ValidationError as error:
            problems = error.errors(include_url=False)
            findings += [_finding(problem, read) for problem in problems if not _misspelt(problem, problems)]
            if not _pruned(read, [problem["loc"] for problem in problems]):
                break
    return None, read, findings


def _no_mapping(document: Document) -> Finding:
    return Finding(
        about=document.name,
        says="A protocol file is a mapping of keys such as protocol, version, eligibility; this is something else.",
        matters="Nothing can be read from it.",
        do="See docs/reference/protocol-file.md for the keys.",
        where=document.where(()),
    )


# --- fitting words to what is wanted ------------------------------------------------------------------------------


def fitted(data: Any, hint: Any, document: Document, path: Path) -> Any:
    """The data with one word made a list where a list of words is wanted, and scalars made text where text is."""
    hint = wanted(hint) if data is not None else hint
    if hint is str:
        return document.written.get(path, data) if isinstance(data, bool | int) else data
    if get_origin(hint) is tuple:
        return _fitted_list(data, get_args(hint), document, path)
    if is_dataclass(hint) and isinstance(data, dict) and not hasattr(hint, "parse"):
        known = hints(hint)  # type: ignore[arg-type]
        return {key: fitted(value, known.get(key), document, (*path, key)) for key, value in data.items()}
    if _of_mapping(hint) and isinstance(data, dict):
        inner = get_args(hint)[1]
        return {key: fitted(value, inner, document, (*path, key)) for key, value in data.items()}
    return data


def wanted(hint: Any) -> Any:
    """The type that is meant where a value may also be absent."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not type(None)]
        return inner[0] if len(inner) == 1 else None
    return hint


def _fitted_list(data: Any, args: tuple[Any, ...], document: Document, path: Path) -> Any:
    variadic = len(args) == 2 and args[1] is Ellipsis
    if isinstance(data, list):
        inner = [args[0]] * len(data) if variadic else [*args, *[None] * len(data)]
        return [fitted(part, inner[number], document, (*path, number)) for number, part in enumerate(data)]
    if variadic and args[0] is str and isinstance(data, str | int):
        return [fitted(data, str, document, path)]
    return data


# --- what pydantic found, in our words ----------------------------------------------------------------------------

UNKNOWN_KEY = "unexpected_keyword_argument"
MISSING_KEY = ("missing", "missing_argument", "missing_keyword_only_argument")


def _misspelt(problem: Any, problems: list[Any]) -> bool:
    """Whether a key is missing only because it stands there misspelt, which is reported by itself."""
    *around, key = problem["loc"]
    beside = [one["loc"][-1] for one in problems if one["type"] == UNKNOWN_KEY and list(one["loc"][:-1]) == around]
    return problem["type"] in MISSING_KEY and bool(difflib.get_close_matches(str(key), map(str, beside), 1, 0.6))


def _finding(problem: Any, document: Document) -> Finding:
    path = tuple(problem["loc"])
    kind = problem["type"]
    if kind == UNKNOWN_KEY:
        return _unknown_key(document, path)
    if kind in MISSING_KEY:
        return _missing_key(document, path)
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, ConditionError):
        return _wrong_value(document, (*path, *cause.path), str(cause))
    if kind == "enum":
        return _wrong_word(document, path, problem)
    said = str(cause) if cause else _WORDS.get(kind) or problem["msg"]
    return _wrong_value(document, path, said)


_WORDS: Mapping[str, str] = {
    "string_type": "text is expected here",
    "int_type": "a whole number is expected here",
    "int_parsing": "a whole number is expected here",
    "bool_type": "true or false is expected here",
    "bool_parsing": "true or false is expected here",
    "tuple_type": "a list is expected here (lines that begin with -)",
    "dataclass_type": "keys are expected here (a mapping), not a single value or a list",
    "mapping_type": "keys are expected here (a mapping)",
}


def _known_path(document: Document, path: Path) -> Path:
    """The path as far as the file has it: a union's branches are named in pydantic's paths, not in ours."""
    held = tuple(step for step in path if not (isinstance(step, str) and "[" in step))
    while held and held not in document.marks and held not in document.key_marks:
        held = held[:-1]
    return held


def _unknown_key(document: Document, path: Path) -> Finding:
    key, around = str(path[-1]), path[:-1]
    keys = keys_at(around)
    return Finding(
        about=key,
        says=f"There is no key {key!r} in {_place(around)}.{near_miss(key, keys)}",
        matters=MATTERS,
        do=f"Write one of: {', '.join(keys)}." if keys else "Take it out.",
        clause=clause_at(document, around),
        where=document.where(path, key=True),
    )


def _missing_key(document: Document, path: Path) -> Finding:
    key, around = str(path[-1]), path[:-1]
    return Finding(
        about=key,
        says=f"{_place(around).capitalize()} lacks the key {key!r}.",
        matters=MATTERS,
        do=f"Add {key!r}.",
        clause=clause_at(document, around),
        where=document.where(_known_path(document, around)),
    )


def _wrong_word(document: Document, path: Path, problem: Any) -> Finding:
    cls = type_at(path)
    words = [member.value for member in cls] if isinstance(cls, type) and issubclass(cls, Enum) else []
    given = problem["input"]
    what = "word of its list" if _of_mapping(type_at(path[:-1])) else str(path[-1]).replace("_", " ")
    said = f"{given!r} in {_place(path[:-1])} is no {what}.{near_miss(str(given), words)}"
    return Finding(
        about=str(path[-1]),
        says=said,
        matters=MATTERS,
        do=f"Write one of: {', '.join(words)}.",
        clause=clause_at(document, path),
        where=document.where(path),
    )


def _wrong_value(document: Document, path: Path, said: str) -> Finding:
    known = _known_path(document, path)
    return Finding(
        about=str(next((step for step in reversed(known) if isinstance(step, str)), document.name)),
        says=sentence(said),
        matters=MATTERS,
        do="Correct it as described; docs/reference/protocol-file.md shows how each value is written.",
        clause=clause_at(document, known),
        where=document.where(known),
    )


def sentence(said: str) -> str:
    """Words as a sentence: a capital at the beginning, one mark at the end.

    >>> sentence("a list is expected"), sentence("Is 'anc' meant?")
    ('A list is expected.', "Is 'anc' meant?")
    """
    ended = said if said.endswith((".", "?", "!")) else f"{said}."
    return ended[:1].upper() + ended[1:]


def near_miss(word: str, known: Iterable[str]) -> str:
    """ "; did you mean" for a word close to a known one, else nothing.

    >>> near_miss("maximun", ["start", "maximum"])
    " Is 'maximum' meant?"
    """
    by_case = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(word.casefold(), by_case, 1, 0.6)
    return f" Is {by_case[near[0]]!r} meant?" if near else ""


def clause_at(document: Document, path: Path) -> str | None:
    """The id of the clause a place lies in: the innermost mapping around it that has one."""
    found, node = None, document.data
    for step in path:
        if isinstance(node, dict):
            found = node.get("id", found)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    if isinstance(node, dict):
        found = node.get("id", found)
    return str(found) if found else None


def type_at(path: Path) -> Any:
    """The type that the protocol's dataclasses want at a path; None inside a condition."""
    here: Any = StudyProtocol
    for step in path:
        here = wanted(here)
        if isinstance(step, int):
            here = get_args(here)[0] if get_args(here) else None
        elif is_dataclass(here):
            here = hints(here).get(step)  # type: ignore[arg-type]
        elif _of_mapping(here):
            here = get_args(here)[1]
        else:
            return None
    return wanted(here)


def _of_mapping(hint: Any) -> bool:
    """Whether the keys are any words, such as those of `sources`."""
    return get_origin(hint) is not None and issubclass(get_origin(hint), Mapping)


def keys_at(path: Path) -> list[str]:
    """The keys the file may have at a path."""
    cls = type_at(path)
    return list(hints(cls)) if isinstance(cls, type) and is_dataclass(cls) else []


def _place(path: Path) -> str:
    """A place in words: the keys that lead to it."""
    words = [f"{step + 1}" if isinstance(step, int) else step.replace("_", " ") for step in path]
    return " ".join(words) or "the protocol"


def _pruned(document: Document, places: Iterable[Path]) -> bool:
    """Take out what could not be read, so that the rest can be checked; False where the rest cannot do without it."""
    wanted = {_prunable(tuple(place)) for place in places}
    taken = [document.take_out(place) for place in sorted(wanted, key=_from_the_end, reverse=True) if place]
    return any(taken)


def _from_the_end(place: Path) -> tuple[Any, ...]:
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, step) for step in place)


def _prunable(place: Path) -> Path:
    """An unknown key itself, else the innermost list element around the place."""
    around = type_at(place[:-1])
    known = hints(around) if isinstance(around, type) and is_dataclass(around) else {}
    if known and isinstance(place[-1], str) and place[-1] not in known:
        return place
    ends = [end for end in range(1, len(place) + 1) if isinstance(place[end - 1], int)]
    return place[: ends[-1]] if ends else ()
