"""What an event of a program says something of is there, and stands so that a page would let it be said.

The rules of the core let in what can have happened; a page besides offers only what there is to choose from. A program
has no page, so it is asked here: each kind by what its page offers, event by event, each on those before it. What the
core refuses is not said twice. Read `ASKED`, then `Standing.against`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from trialwright.adapters.edc.access.matrix import About
from trialwright.adapters.edc.api.allowed import BY_PAGE
from trialwright.adapters.edc.decisions.acts import BY_PAGE as ACTS
from trialwright.adapters.edc.decisions.acts import Act
from trialwright.adapters.edc.decisions.blanks import Blank, BlankKind, read
from trialwright.adapters.edc.decisions.custody import FORM as CUSTODY
from trialwright.adapters.edc.decisions.custody import lines_of
from trialwright.adapters.edc.decisions.deciding import scene_of
from trialwright.adapters.edc.decisions.entering import NEVER
from trialwright.adapters.edc.decisions.ranges import SEXES, concepts_with_limits
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.oversight.coding import dictionary_of
from trialwright.adapters.edc.oversight.queries import item_names, whole_queries
from trialwright.adapters.edc.oversight.verifying import verifications_of
from trialwright.adapters.edc.people.listing import people_seen
from trialwright.core import ledger
from trialwright.core.casebook import UNSCHEDULED, encounter_of
from trialwright.core.casebook.reading import LONGEST_LINE, LONGEST_TEXT
from trialwright.core.ledger import (
    Event,
    FormCorrected,
    FormSubmitted,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    ReferenceRangeSet,
    SourceVerified,
    SubjectScreened,
    TermCoded,
    TrainingRecorded,
)
from trialwright.core.oversight.coding import dictionaries, terms_to_code
from trialwright.core.oversight.queries import ANSWERED, CLOSED, OPEN
from trialwright.core.oversight.verification import VERIFIED
from trialwright.core.terms import Finding

OLDEST, LONGEST = 130, 100
"""The greatest age of limits in years; the most letters of an instance's name."""
FREE_VISIT = f"{UNSCHEDULED}."
"""How the key of a visit that nobody planned begins."""
FREE = frozenset({"voids", "site"})
"""What a page lists in part, and the place, which is left out for the whole study; the core says what is wrong."""
READ_AS_TYPED = (BlankKind.TEXT, BlankKind.LONG, BlankKind.CHOICE, BlankKind.SEVERAL, BlankKind.ID)
AFTER: Mapping[type[Event], str] = {QueryOpened: OPEN, QueryAnswered: ANSWERED, QueryClosed: CLOSED}
"""How a query stands after each kind of event."""
Lacks = Iterator[tuple[str, str, str]]
"""What is wrong: the field, what is said against it, what to do."""


@dataclass
class Asked:
    """A query as it stands after the events before: about which item, in which state."""

    item: str
    state: str


@dataclass
class Standing:
    """What is recorded of the subjects that a submission is about, with its own events as they come."""

    desk: Desk
    said: set[tuple[str, str]] = field(default_factory=set)
    kept: dict[str, dict[str, Asked]] = field(default_factory=dict)

    def against(self, events: Sequence[Event]) -> Iterator[Finding]:
        """What stands against each event, in their order, with its field and place."""
        for place, event in enumerate(events):
            for about, says, do in _too_long(event):
                yield Finding(about, says, "Nothing was saved.", do, where=f"events/{place}")
            if isinstance(event, SubjectScreened) or not event.subject or self.known(event.subject):
                for about, says, do in (*ASKED.get(type(event), _nothing)(self, event), *_as_on_its_page(self, event)):
                    yield Finding(about, says, "Nothing was saved.", do, where=f"events/{place}")
            self.take(event)

    def take(self, event: Event) -> None:
        """One more event, as if it were recorded."""
        subject = event.subject or ""
        if isinstance(event, FormSubmitted | FormCorrected):
            self.said |= {(subject, one.path) for one in event.items}
        elif isinstance(event, QueryOpened | QueryAnswered | QueryClosed) and self.known(subject):
            named = [event.query] if event.query else self.open_about(subject, event.item)
            if isinstance(event, QueryOpened):
                named = [event.query or f"new {len(self.queries(subject))}"]
            for name in named:
                self.queries(subject)[name] = Asked(event.item, AFTER[type(event)])

    def known(self, subject: str) -> bool:
        """Whether there is such a subject."""
        return subject in self.desk.open.record.subjects

    def queries(self, subject: str) -> dict[str, Asked]:
        """The queries about a subject that were asked."""
        if subject not in self.kept:
            asked = [one for one in whole_queries(self.desk, subject) if one.said]
            self.kept[subject] = {one.id: Asked(one.item, one.state) for one in asked}
        return self.kept[subject]

    def open_about(self, subject: str, item: str) -> list[str]:
        """The queries about an item that are not closed, by name."""
        return [name for name, one in self.queries(subject).items() if one.item == item and one.state != CLOSED]

    def found(self, subject: str) -> Mapping[str, str]:
        """The queries that a rule finds and nobody asked yet: their items by name."""
        return {one.id: one.item for one in whole_queries(self.desk, subject) if not one.said}

    def has(self, subject: str, path: str) -> bool:
        """Whether an item is recorded, or was said before in the same submission."""
        return (subject, path) in self.said or path in item_names(self.desk, subject)

    @cached_property
    def people(self) -> frozenset[str]:
        """Those whom the person sees on the list of people."""
        return frozenset(one.id for one in people_seen(self.desk))


def _too_long(event: Event) -> Lacks:
    """No words are longer than a page takes them, and no name is as long as words."""
    texts = [(each.name, one) for each in fields(event) for one in _strings(getattr(event, each.name))]
    changes = [(one.path, value) for one in getattr(event, "items", ()) for value in (one.old, one.new)]
    texts += [(path, value) for path, value in changes if isinstance(value, str)]
    for name, text in texts:
        most = LONGEST_TEXT if name in WORDS or "/" in name else LONGEST_LINE
        if len(text) > most:
            yield name[:LONGEST], f"{len(text)} letters are more than are kept.", f"Write at most {most}."


WORDS = frozenset({"asks", "answer", "remark", "why", "although", "reason", "training", "document"})
"""Fields that hold words; the others hold names."""


def _strings(value: Any) -> Iterator[str]:
    """The texts that a field holds."""
    yield from (one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, str))


# --- queries ---------------------------------------------------------------------------------------------------------


def asking(at: Standing, event: Event) -> Lacks:
    """A question is asked in words about an item that is recorded, or one that is closed is asked again."""
    assert isinstance(event, QueryOpened) and event.subject
    if not event.asks.strip():
        yield "asks", "The query asks nothing.", "Write the question."
    known = at.queries(event.subject).get(event.query) if event.query else None
    if known is not None:
        if known.state != CLOSED:
            yield "query", f"The query {event.query!r} is {known.state}; it need not be opened.", "Leave it out."
        if known.item != event.item:
            yield "item", f"The query {event.query!r} is about {known.item}.", "Name that item."
    elif event.query and not _names_what_a_rule_found(at, event):
        yield "query", f"There is no query {event.query!r} to open again.", "Leave the name out: the event's id is it."
    elif not event.query and not at.has(event.subject, event.item):
        yield "item", _not_there(event.subject, event.item), "Ask about an item that is recorded, as anc/c1d1/value."


def _names_what_a_rule_found(at: Standing, event: QueryOpened) -> bool:
    """Whether the query is one that a rule finds in what is recorded, or about what was said just before."""
    subject = event.subject or ""
    return at.found(subject).get(event.query) == event.item or (subject, event.item) in at.said


def settling(at: Standing, event: Event) -> Lacks:
    """What is answered is open, what is closed was asked and is not closed."""
    assert isinstance(event, QueryAnswered | QueryClosed) and event.subject
    fits = (OPEN,) if isinstance(event, QueryAnswered) else (OPEN, ANSWERED)
    done = "answered" if isinstance(event, QueryAnswered) else "closed"
    known = at.queries(event.subject).get(event.query) if event.query else None
    if not event.query:
        there = at.open_about(event.subject, event.item)
        if not any(at.queries(event.subject)[name].state in fits for name in there):
            says = f"No query about {event.item} of {event.subject} is open, so that none can be {done}."
            yield "item", says, "Name an item about which a query is open."
    elif known is not None and known.item != event.item:
        yield "item", f"The query {event.query!r} is about {known.item}.", "Name that item."
    elif known is not None and known.state not in fits:
        yield "query", f"The query {event.query!r} is {known.state}: it cannot be {done}.", "Name one that is open."


# --- verification and coding -----------------------------------------------------------------------------------------


def verifying(at: Standing, event: Event) -> Lacks:
    """What is held against the source was not yet, at the value it has."""
    assert isinstance(event, SourceVerified) and event.subject
    done = {one.item.name for one in verifications_of(at.desk, event.subject) if one.state == VERIFIED}
    for path in dict.fromkeys(event.paths):
        if path in done and (event.subject, path) not in at.said:
            yield "paths", f"{path} is verified already, at the value it has.", "Leave it out."
    if len(set(event.paths)) < len(event.paths):
        yield "paths", "An item is named twice.", "Name each once."


def coding(at: Standing, event: Event) -> Lacks:
    """What is coded is a term of something reported, by an entry of a dictionary that was loaded."""
    assert isinstance(event, TermCoded) and event.subject
    concepts, record = at.desk.standards(event.subject).concepts, at.desk.record(event.subject)
    if event.item not in {one.item for one in terms_to_code(record, concepts)} and (event.subject, event.item) not in (
        at.said
    ):
        yield "item", f"{event.item} of {event.subject} is no term that is coded.", "Name one of terms/."
    named = (event.dictionary, event.dictionary_version)
    loaded = [one for one in dictionaries(at.desk.open.record) if (one.dictionary, one.dictionary_version) == named]
    known = dictionary_of(at.desk, loaded[0]) if loaded else None
    if known is None:
        says = f"No dictionary {event.dictionary!r}, version {event.dictionary_version!r}, is loaded."
        yield "dictionary", says, "Name one of dictionaries/, or load it first."
    elif known.entry(event.code, event.term) is None:
        says = f"{event.code!r} with the term {event.term!r} is no entry of {event.dictionary}."
        yield "code", says, "Send code and term as the dictionary has them."


# --- the study, its sites and people ---------------------------------------------------------------------------------


def locking(at: Standing, event: Any) -> Lacks:
    """Of nobody, what is locked is the study, or with a site the site."""
    wanted = "site" if event.site else "study"
    if event.subject is None and event.what not in (wanted, event.site):
        where = f"of the site {event.site}" if event.site else "of the whole study"
        yield "what", f"{event.what!r} is not what is locked {where}.", f'Write "{wanted}".'


def training(at: Standing, event: Event) -> Lacks:
    """Somebody who works with the study was taught."""
    assert isinstance(event, TrainingRecorded)
    if event.person not in at.people:
        yield "person", f"Nobody {event.person!r} works with the study where you see it.", "Name one of people/."


def limiting(at: Standing, event: Event) -> Lacks:
    """Limits are of an analyte that has them, at a site, for people there are."""
    assert isinstance(event, ReferenceRangeSet)
    if not event.site:
        yield "site", "Limits are of the laboratory of a site, and none is named.", "Name the site."
    if event.analyte not in concepts_with_limits(at.desk):
        yield "analyte", f"No analyte with limits is called {event.analyte!r}.", "Name one of laboratory/."
    if event.low is None and event.high is None:
        yield "low", "Neither a low nor a high limit is given.", "Give one of them, or both."
    if event.sex not in (None, "", *SEXES):
        yield "sex", f"{event.sex!r} is no sex that limits are of.", f"Write {' or '.join(SEXES)}, or leave it out."
    for name in ("age_from", "age_to"):
        age = getattr(event, name)
        if age is not None and not 0 <= age <= OLDEST:
            yield name, f"{age} is no age in years.", f"Write a whole number from 0 to {OLDEST}."


# --- forms -----------------------------------------------------------------------------------------------------------


def filling(at: Standing, event: Event) -> Lacks:
    """A form has a name, is of an encounter there is, as it was asked; its records have names that can be read."""
    assert isinstance(event, FormSubmitted | FormCorrected) and event.subject
    if not event.form.strip():
        yield "form", "The form has no name.", "Say which form it is."
    if event.definition and at.desk.open.reader().text(event.definition) is None:
        yield "definition", "The ledger holds no such definition of a form.", "Leave it out."
    instances = [one.path.split("/") for one in event.items]
    at_visits = {parts[1] for parts in instances if len(parts) == 3 and parts[0] == "visit"}
    for name in sorted({event.encounter, *at_visits} - {"", *_encounters(at, event.subject)}):
        if not name.startswith(FREE_VISIT) and encounter_of(at.desk.protocol(event.subject), name) is None:
            about = "encounter" if name == event.encounter else "items"
            yield about, f"The protocol has no encounter {name!r}.", "Name one of forms/, or leave it out."
    for name in dict.fromkeys(parts[1] for parts in instances if len(parts) == 3):
        if not name.isprintable() or name != name.strip() or len(name) > LONGEST:
            yield "items", f"{name[:40]!r} names no record: it cannot be read by a person.", "Write letters and digits."
    yield from _specimens(at, event)


def _encounters(at: Standing, subject: str) -> Iterable[str]:
    """The encounters under which something of a subject was recorded before."""
    record = at.desk.record(subject)
    forms = (one for one in record.log or () if isinstance(one, FormSubmitted | FormCorrected))
    return {one.encounter for one in forms} | {one.split("/")[1] for _, one in at.said if one.startswith("visit/")}


def _specimens(at: Standing, event: FormSubmitted | FormCorrected) -> Lacks:
    """A step is of a specimen that is planned or was taken."""
    told = [one for one in event.items if one.path.startswith(f"{CUSTODY}/") and one.path.endswith("/specimen")]
    known = {line.row.key for line in lines_of(at.desk, event.subject or "")} if told else set()
    for one in told:
        if one.new not in known:
            yield "items", f"{event.subject} has no specimen {one.new!r}.", "Name one of the subject's specimens."


# --- decisions -------------------------------------------------------------------------------------------------------


def _as_on_its_page(at: Standing, event: Event) -> Lacks:
    """What the page of the decision needs is there, and what it offers to choose from was chosen."""
    act = _act_of(event)
    if act is None:
        return
    typed = {"occurred": [event.occurred.isoformat()], "site": [event.site or ""]}
    scene = scene_of(at.desk, act, "" if act.about is About.STUDY else event.subject or "", typed)
    for blank in act.blanks(scene):
        name = NAMED.get(blank.name, blank.name)
        if blank.kind in READ_AS_TYPED and name not in FREE and hasattr(event, name):
            said = getattr(event, name) or LEFT_OUT.get(name, "")
            wrong = read([blank], {blank.name: _texts(said)}).blanks[0].wrong
            if wrong:
                yield name, f"{name}: {wrong}", _offered(blank)


NAMED = {"protocol_version": "version", "before": "rescreens"}
"""Blanks that are called otherwise than their field."""
LEFT_OUT = {"rescreens": NEVER}
"""What a page has chosen where an event says nothing."""


def _act_of(event: Event) -> Act | None:
    """The decision that makes such an event, of a subject or of the study; none where no page decides it."""
    about = About.SUBJECT if event.subject and not isinstance(event, SubjectScreened) else About.STUDY
    acts = [ACTS[name] for name in BY_PAGE.get(type(event), ()) if name in ACTS]
    return next((one for one in acts if one.about is about), None)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value or ""),)


def _offered(blank: Blank) -> str:
    named = ", ".join(value for value, _label in blank.options[:20])
    return f"Send one of: {named}." if named and blank.kind is not BlankKind.TEXT else "Say it in words."


def _not_there(subject: str, item: str) -> str:
    return f"Of {subject} nothing is recorded as {item[:80]}."


def _nothing(at: Standing, event: Event) -> Lacks:
    yield from ()


ASKED: Mapping[type[Event], Callable[[Standing, Any], Lacks]] = {
    QueryOpened: asking,
    QueryAnswered: settling,
    QueryClosed: settling,
    SourceVerified: verifying,
    TermCoded: coding,
    ledger.Locked: locking,
    ledger.UnlockRequested: locking,
    ledger.Unlocked: locking,
    TrainingRecorded: training,
    ReferenceRangeSet: limiting,
    FormSubmitted: filling,
    FormCorrected: filling,
}
"""What is asked of each kind besides the core's rules and besides the page of a decision."""
