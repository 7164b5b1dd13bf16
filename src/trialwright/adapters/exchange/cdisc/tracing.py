"""From any cell back to the form, the person and the time: value, derivation and clause, then the events of the ledger.

A cell is named DATASET.SUBJECT.KEY.VARIABLE, such as ADTTE.S01-003.PFS.AVAL; the parts of the key are those of the
dataset's locator and may be left out from the end where what is left names one row. An event is told with its place,
form, item, value, who wrote it in which role and where, when it happened and when it was recorded, and with what it
corrected and why. Nobody is named: people are the opaque ids of the ledger. Read `trace`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import groupby

from trialwright.adapters.exchange.cdisc.building import DATASETS, Asked, rows_of, subject_named
from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origin, Row, Variable
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, Missing, Value
from trialwright.core.subject import Observation
from trialwright.core.subject.items import Entry


@dataclass(frozen=True)
class Told:
    """One entry of the ledger that a value stands on; `holds` is whether it is the one in force."""

    seq: int
    kind: str
    form: str
    item: str
    value: str
    actor: str
    role: str
    site: str
    happened: str
    recorded: str
    why: str
    as_: str
    holds: bool


@dataclass(frozen=True)
class Chain:
    """A value with everything it stands on, down to the entries of the ledger."""

    cell: str
    value: str
    label: str
    origin: str
    derivation: str
    by: str
    because: str
    clause: str
    row: tuple[tuple[str, str], ...]
    entries: tuple[Told, ...]


class NoSuchCell(ValueError):
    """No cell of this name: the words say what there is instead."""


def trace(asked: Asked, name: str) -> Chain:
    """The chain behind one cell."""
    layout, variable, middle = _named(name)
    subject_id, key = _subject(asked, middle)
    subject = subject_named(asked, subject_id)
    if subject is None:
        raise NoSuchCell(f"{subject_id} had not come to screening by {asked.standing.cut}.")
    row = _one_row(layout, list(rows_of(layout, subject)), key, subject_id)
    origins = () if variable.origin == "Protocol" else row.origins_of(variable.name)
    return Chain(
        cell=name,
        value=_text(row.values[variable.name]),
        label=variable.label,
        origin=variable.origin,
        derivation=variable.derivation,
        by=variable.by,
        because=row.because.get(variable.name, ""),
        clause=str(row.values.get("CLAUSE") or ""),
        row=tuple((each, _text(row.values[each])) for each in layout.keys if each in row.values),
        entries=tuple(_entries(origins)),
    )


def _named(name: str) -> tuple[Layout, Variable, list[str]]:
    first, *middle = name.split(".")
    layout = DATASETS.get(first.upper())
    if layout is None:
        raise NoSuchCell(
            f"There is no dataset {first}; there is {', '.join(DATASETS)}.{_near(first.upper(), list(DATASETS))}"
        )
    if len(middle) < 2:
        raise NoSuchCell(f"A cell is {'.'.join((layout.name, 'SUBJECT', *layout.locator, 'VARIABLE'))}.")
    variable = layout.variable(middle[-1].upper())
    if variable is None:
        raise NoSuchCell(f"{layout.name} has no variable {middle[-1]}.{_near(middle[-1].upper(), layout.names)}")
    return layout, variable, middle[:-1]


def _subject(asked: Asked, middle: Sequence[str]) -> tuple[str, list[str]]:
    """The subject and what is left for the key; an id may hold dots itself."""
    for end in range(len(middle), 0, -1):
        name = ".".join(middle[:end]).removeprefix(f"{asked.standing.study}-")
        if name in asked.study.subjects:
            return name, list(middle[end:])
    known = list(asked.study.subjects)
    raise NoSuchCell(f"The ledger knows no subject {middle[0]}.{_near(middle[0], known)}")


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f" Is {near[0]} meant?" if near else ""


def _one_row(layout: Layout, rows: Sequence[Row], key: Sequence[str], subject: str) -> Row:
    if len(key) > len(layout.locator):
        raise NoSuchCell(f"A row of {layout.name} is named by {' and '.join(layout.locator) or 'its subject alone'}.")
    found = [row for row in rows if all(_is(row, name, told) for name, told in zip(layout.locator, key, strict=False))]
    if len(found) == 1:
        return found[0]
    if not found:
        near = [row for row in rows if key and _is(row, layout.locator[0], key[0])] or rows
        have = sorted({".".join(_place(layout, row)) for row in near})
        there = f"There is {', '.join(have[:12])}{' …' if len(have) > 12 else ''}." if have else "It has none."
        raise NoSuchCell(f"{layout.name} has no row {'.'.join(key)} of {subject}. {there}")
    places = [".".join(_place(layout, row)) for row in found]
    raise NoSuchCell(
        f"{len(found)} rows of {layout.name} are of that name: {', '.join(places[:12])}. Name one of them."
    )


def _is(row: Row, name: str, told: str) -> bool:
    return _text(row.values[name]).casefold() == told.casefold()


def _place(layout: Layout, row: Row) -> list[str]:
    return [_text(row.values[name]) for name in layout.locator if row.values[name] not in (None, "")]


def _text(cell: Cell) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)


# --- the entries ---------------------------------------------------------------------------------------------------


def _entries(origins: Sequence[Origin]) -> Iterator[Told]:
    """Every entry, in the order of the ledger, each once."""
    found: dict[tuple[int, str], Told] = {}
    for origin in origins:
        for told in _of(origin):
            found.setdefault((told.seq, told.item), told)
    yield from sorted(found.values(), key=lambda one: (one.seq, one.as_, one.item))


def _of(origin: Origin) -> Iterator[Told]:
    if isinstance(origin.source, Event):
        event = origin.source
        for name in origin.fields or ("occurred",):
            yield _told(event, name, str(getattr(event, name)), origin.role, True)
        return
    seen: Observation = origin.source
    for name, entries in seen.history.items():
        if not origin.fields or name in origin.fields:
            yield from (_entered(entry, origin.role, entry is entries[-1]) for entry in entries)


def _entered(entry: Entry, role: str, holds: bool) -> Told:
    return _told(entry.event, str(entry.path), _value(entry.value), role, holds)


def _value(value: Value) -> str:
    if isinstance(value, Missing):
        return f"missing: {value.code.replace('_', ' ')}"
    return (
        ""
        if value is None
        else {True: "yes", False: "no"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )


def _told(event: Event, item: str, value: str, role: str, holds: bool) -> Told:
    return Told(
        seq=event.seq,
        kind=type(event).__name__,
        form=event.form if isinstance(event, FormSubmitted | FormCorrected) else "",
        item=item,
        value=value,
        actor=event.actor,
        role=event.role,
        site=event.site or "",
        happened=" ".join(each for each in (event.occurred.isoformat(), event.time, event.zone) if each),
        recorded=event.recorded.isoformat() if event.recorded else "",
        why=event.why if isinstance(event, FormCorrected) else event.reason,
        as_=role,
        holds=holds,
    )


def in_words(chain: Chain) -> str:
    """The chain for people, from the value down."""
    lines = [f"{chain.cell} = {chain.value or '(nothing)'}", f"  {chain.label} ({chain.origin.lower()})"]
    lines += [f"  {words}" for words in (chain.derivation, chain.because) if words]
    lines += [f"  decided by {chain.by}"] if chain.by else []
    lines += [f"  clause {chain.clause}"] if chain.clause else []
    lines += [f"  row {', '.join(f'{name} {value}' for name, value in chain.row if value)}"]
    if not chain.entries:
        lines.append("  It stands on no entry of the ledger: it is given by the protocol, or nothing was recorded.")
    for _, ones in groupby(chain.entries, key=lambda one: (one.seq, one.as_)):
        lines += _lines(list(ones))
    return "\n".join(lines)


def _lines(ones: Sequence[Told]) -> Iterator[str]:
    """One event with its items."""
    one = ones[0]
    form, place = f" {one.form}" if one.form else "", f" at {one.site}" if one.site else ""
    role = f"{one.as_}: " if one.as_ else ""
    yield f"  <- {role}seq {one.seq} {one.kind}{form}, by {one.actor} ({one.role}){place}"
    yield f"       happened {one.happened}; recorded {one.recorded}{f'; why: {one.why}' if one.why else ''}"
    for each in ones:
        yield f"       {each.item} = {each.value or '(nothing)'}{'' if each.holds else ' (replaced by a later entry)'}"
