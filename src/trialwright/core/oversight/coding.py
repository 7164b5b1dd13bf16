"""Coding: terms as they were typed, against a dictionary that the users loaded, by the choice of a person.

The project ships no dictionary. One is a table with a heading and the columns `code` and `term` (others, such as
`level`, are kept); its text stands in the ledger under its hash, and an adapter reads it into rows. A term is suggested
where it is the same, letters' case, marks and blanks aside; nothing is coded silently. When the term as typed changes
afterwards, it is to be coded again. Read `terms_to_code`, then `suggested`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.core.ledger import DictionaryLoaded, Event, ItemPath, TermCoded
from trialwright.core.protocol import Concept
from trialwright.core.subject import Observation, StudyRecord, SubjectRecord, observations
from trialwright.core.terms import Finding

TYPED = ("term", "code")
"""Fields of a repeating record that hold what it is, as it was reported; the first that is filled is coded."""
NOT_CODED, CODED, CHANGED = "not coded", "coded", "changed since"
MOST_TERMS = 500_000


@dataclass(frozen=True)
class Term:
    """A term as it was typed, and its code where a person chose one: of which dictionary, by whom, still holding."""

    item: str
    typed: str
    label: str
    state: str
    event: Event
    by: TermCoded | None = None


@dataclass(frozen=True)
class Entry:
    """One term of a dictionary: its code, its words, and what else its row says."""

    code: str
    term: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dictionary:
    """A version of a dictionary, by plain words."""

    name: str
    version: str
    entries: tuple[Entry, ...] = field(repr=False)
    by_words: Mapping[str, tuple[Entry, ...]] = field(repr=False)

    def entry(self, code: str, term: str) -> Entry | None:
        """The entry of this code and these words; codes may stand for several terms."""
        return next((one for one in self.by_words.get(plain_term(term), ()) if one.code == code), None)


def terms_to_code(record: SubjectRecord, concepts: Mapping[str, Concept]) -> tuple[Term, ...]:
    """Every term of a subject that is to be coded, coded or not, by path."""
    chosen = codings(record)
    found = [
        term
        for concept in record.items
        if (known := concepts.get(concept)) is not None and known.repeats
        for one in observations(record, concept)
        for term in _term(one, known, chosen)
    ]
    return tuple(sorted(found, key=lambda one: one.item))


def _term(one: Observation, concept: Concept, chosen: Mapping[str, TermCoded]) -> Iterator[Term]:
    there = {each.id for each in concept.fields}
    name = next((name for name in TYPED if name in there and one.text(name)), None)
    if name is None or (name == "code" and "term" not in there):
        return
    path, event = str(ItemPath(one.concept, one.instance, name)), one.history[name][-1].event
    by = chosen.get(path)
    state = NOT_CODED if by is None else CODED if event.seq < by.seq else CHANGED
    yield Term(path, one.text(name), concept.label, state, event, by)


def codings(record: SubjectRecord) -> dict[str, TermCoded]:
    """The last code that was chosen for each item."""
    found: dict[str, TermCoded] = {}
    for event in record.log or ():
        if isinstance(event, TermCoded) and event.id not in record.voided:
            found.setdefault(event.item, event)
    return found


def dictionaries(study: StudyRecord) -> tuple[DictionaryLoaded, ...]:
    """The versions of dictionaries that were loaded, the newest first."""
    told = [one for one in study.own if isinstance(one, DictionaryLoaded) and one.id not in study.voided]
    return tuple(reversed(told))


def suggested(dictionary: Dictionary, typed: str) -> tuple[Entry, ...]:
    """The entries whose words are those typed; none where nothing is the same, and never a guess."""
    return dictionary.by_words.get(plain_term(typed), ())


def plain_term(text: str) -> str:
    """A term as it is compared: case, marks, blanks and underscores aside, every word kept.

    >>> plain_term("  Nausea/Vomiting (NOS)"), plain_term("NAUSEA_vomiting nos")
    ('nausea vomiting nos', 'nausea vomiting nos')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


# --- reading a dictionary --------------------------------------------------------------------------------------------


def read_dictionary(
    rows: Iterable[tuple[int, Sequence[str]]], name: str, version: str
) -> tuple[Dictionary | None, list[Finding]]:
    """A dictionary from its rows, each with its line, the heading first; or everything that is wrong with it."""
    found: list[Entry] = []
    faults: list[Finding] = []
    heading: list[str] = []
    for line, row in rows:
        if not heading:
            heading = [cell.strip().casefold() for cell in row]
            if not {"code", "term"} <= {*heading}:
                return None, [wrong_line(f"The heading is {', '.join(heading)[:80]}.", line)]
        else:
            _read_row(heading, row, line, found, faults)
        if len(found) > MOST_TERMS:
            return None, [wrong_line(f"There are more than {MOST_TERMS} terms.", line)]
    faults += _named(name, version) + ([] if found else [wrong_line("There is no term in it.", 1)])
    return (None, faults[:50]) if faults else (_dictionary(name, version, found), [])


def _read_row(heading: list[str], row: Sequence[str], line: int, found: list[Entry], faults: list[Finding]) -> None:
    cells = [cell.strip() for cell in row]
    if not any(cells):
        return
    if len(cells) != len(heading):
        faults.append(wrong_line(f"The line has {len(cells)} cells; the heading has {len(heading)}.", line))
        return
    held = dict(zip(heading, cells, strict=True))
    if not held["code"] or not plain_term(held["term"]):
        faults.append(wrong_line(f"The line lacks its {'term' if held['code'] else 'code'}.", line))
        return
    more = tuple(cell for name, cell in held.items() if name not in ("code", "term") and cell)
    found.append(Entry(held["code"], held["term"], more))


def _named(name: str, version: str) -> list[Finding]:
    lacking = [what for what, said in (("name", name), ("version", version)) if not said.strip()]
    return [wrong_line(f"The dictionary has no {what}.", 0) for what in lacking]


def _dictionary(name: str, version: str, entries: list[Entry]) -> Dictionary:
    by_words: dict[str, list[Entry]] = {}
    for one in entries:
        by_words.setdefault(plain_term(one.term), []).append(one)
    return Dictionary(name, version, tuple(entries), {words: tuple(found) for words, found in by_words.items()})


def wrong_line(says: str, line: int) -> Finding:
    """What is wrong with a line of a dictionary."""
    return Finding(
        about="dictionary",
        says=says,
        matters="Nothing of the dictionary was taken in.",
        do="Give a CSV whose first line names the columns, code and term among them, and each line has both.",
        where=f"line {line}" if line else None,
    )
