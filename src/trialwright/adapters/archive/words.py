"""How what the ledger holds reads in a book: labels of items, values with their units, dates, who and when.

A value is shown as it was typed; a code with its blanks; what is missing says why. Nothing is rounded or converted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from trialwright.core.ledger import Event, Missing, Value
from trialwright.core.schedule.naming import Words
from trialwright.core.terms import Quantity

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
THIN = "\u2009"
UNITS = {
    "/mm3": "/mm³", "10*9/L": "×10⁹/L", "10*3/uL": "×10³/µL", "10*12/L": "×10¹²/L", "umol/L": "µmol/L", "/uL": "/µL",
    "Cel": "°C", "mm[Hg]": "mmHg", "1": "", "a": "years", "ug/L": "µg/L", "{score}": "",
}  # fmt: skip
"""Units in UCUM whose printed form differs from their code."""
PART_OF_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
NOT_GIVEN = {
    "not_done": "not done", "not_known": "not known", "not_applicable": "does not apply", "redacted": "redacted",
}  # fmt: skip
KIND_WORDS = {
    "StudyOpened": "Study opened", "ProtocolActivated": "Protocol version in force", "ApprovalEnded": "Approval ended",
    "AccrualSuspended": "Registration suspended", "AccrualResumed": "Registration resumed",
    "StudyStatusDeclared": "Status of the study declared",
    "ReferenceRangeSet": "Laboratory limits set", "SubjectScreened": "Consented and screened",
    "ConsentGiven": "Consent given", "ConsentWithdrawn": "Consent withdrawn", "ScreeningFailed": "Screening failed",
    "SubjectRegistered": "Registered", "ArmAllocated": "Arm allocated", "SubstudyJoined": "Sub-study joined",
    "SubjectMoved": "Moved to a protocol version", "SubjectTransferred": "Transferred to another site",
    "FormSubmitted": "Form", "FormCorrected": "Correction", "CourseStarted": "Course started",
    "DoseReleased": "Drug released", "TreatmentEnded": "Treatment ended", "StudyLeft": "Left the study",
    "SubjectFound": "Found again", "EventVoided": "Entry voided", "PayloadRedacted": "Entry redacted",
    "QueryOpened": "Query opened", "QueryAnswered": "Query answered", "QueryClosed": "Query closed",
    "Signed": "Signed", "Locked": "Locked", "Unlocked": "Unlocked",
    "SourceVerified": "Held against the source", "DictionaryLoaded": "Dictionary loaded", "TermCoded": "Term coded",
    "UnlockRequested": "Unlocking asked for", "AuditReviewed": "Audit trail reviewed", "DataExported": "Data exported",
    "DataImported": "File of others read in",
    "RoleGranted": "Role given", "RoleEnded": "Role ended", "TrainingRecorded": "Training",
}  # fmt: skip
FIELD_WORDS = {
    "why": "Why", "version": "Protocol version", "file_hash": "SHA-256 of the protocol file",
    "said": "The program said",
    "approved_on": "Ethics approval from", "approved_until": "Ethics approval until", "scope": "Consent to",
    "planned_first_dose": "First dose planned on", "last_dose": "Last dose on", "rescreens": "Earlier id of the person",
    "content_hash": "SHA-256 of what was signed", "name": "Name", "meaning": "Meaning", "redacts": "Event",
    "voids": "Event", "entered_again_as": "Entered again as event", "approved_by": "Approved by",
    "approver_role": "In the role", "asks": "Asks", "item": "Item", "low": "Lower limit", "high": "Upper limit",
    "age_from": "From age", "age_to": "To age", "to": "To site",
    "query": "Query", "remark": "Remark", "paths": "Items", "dictionary": "Dictionary",
    "text_hash": "SHA-256 of the dictionary", "source_hash": "SHA-256 of the file",
    "map_name": "Map of columns", "map_hash": "SHA-256 of the map",
    "dictionary_version": "Version of the dictionary", "terms": "Terms",
    "code": "Code", "term": "Term", "what": "What",
    "degree": "Degree", "although": "Although", "first": "From event", "last": "To event",
    "person": "Person", "granted": "Role", "ended": "Role", "duties": "Duties", "until": "Until",
    "training": "Training",
}  # fmt: skip


def day(on: date | None) -> str:
    """A date as 5 Jul 2006."""
    return "" if on is None else f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def instant(at: datetime | None) -> str:
    """An instant as 5 Jul 2006, 14:02:11 UTC."""
    return "" if at is None else f"{day(at.date())}, {at:%H:%M:%S} UTC"


def when(event: Event, written: Callable[[date | None], str] = day) -> str:
    """The local date of an event, with the time and zone where they were given."""
    time = f", {event.time}" if event.time else ""
    zone = f" ({event.zone})" if event.time and event.zone else ""
    return f"{written(event.occurred)}{time}{zone}"


def who(event: Event, words: Words = str) -> str:
    """Who said it, in which role."""
    return f"{event.actor} ({words(event.role)})" if event.role else event.actor


def value_words(value: object) -> str:
    """A value as it was typed, for reading.

    >>> value_words(Quantity.parse("1500 /mm3")), value_words(Missing("not_done")), value_words("2006-03")
    ('1500\\u2009/mm³', 'not done', 'Mar 2006')
    >>> value_words(True), value_words("not_hispanic"), value_words("5 mg_x"), value_words(None)
    ('yes', 'not hispanic', '5 mg_x', 'nothing')
    """
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case Missing(code):
            return NOT_GIVEN.get(code, code.replace("_", " "))
        case Quantity():
            unit = UNITS.get(value.unit, value.unit)
            return f"{value.value}{THIN}{unit}" if unit else str(value.value)
        case date():
            return day(value)
        case tuple():
            return ", ".join(value_words(one) for one in value)
        case str():
            return _text(value)
        case _:
            return str(value)


@dataclass(frozen=True)
class Tongue:
    """How a book speaks: our own words, values, days and instants in the language of whoever reads it."""

    words: Words = str
    value: Callable[[object], str] = value_words
    day: Callable[[date | None], str] = day
    instant: Callable[[datetime | None], str] = instant


def _text(value: str) -> str:
    parts = PART_OF_DATE.fullmatch(value)
    if parts and len(value) > len("2006") and _is_date(value):
        year, month, on = parts.groups()
        return " ".join(part for part in (str(int(on)) if on else "", MONTHS[int(month) - 1], year) if part)
    return value.replace("_", " ") if CODE.fullmatch(value) else value


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value if len(value) > len("2006-03") else f"{value}-01")
    except ValueError:
        return False
    return True


def plain(value: Value) -> bool:
    """Whether a value is one that somebody gave."""
    return value is not None and not isinstance(value, Missing)
