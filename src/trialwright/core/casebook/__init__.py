"""Forms from the protocol and the record: what is asked, how what is typed is read, what it would mean.

    values    Item, Section, Form: a field with all that stands beside it
    shapes    how a concept is entered: once, at a visit, in parts, as records of its own
    choosing  what may be chosen in a field
    items     one field: its value, the limits of this site, the value before, its units, when it is asked
    forms     the form of a visit, of a contact nobody planned, of one record of a log
    numbers, days, reading   typed text -> value; nothing is guessed, every refusal is a finding at its item
    quick     a form as far as it came back, for saving
    sheet     a whole form as typed -> entries, corrections, what cannot be read
    plausibility             whether a value is more likely a slip than a finding
    naming                   whether words look as if they told who the patient is
    checks    what is unlikely, and what would follow by the same rules as everywhere

Nothing is saved here and no rule of a trial is in here. Read `form_at`, `read_form`, then `consequences`.
"""

from __future__ import annotations

from trialwright.core.casebook.checks import Consequence, consequences, foreseen, unlikely
from trialwright.core.casebook.days import read_day
from trialwright.core.casebook.forms import (
    UNSCHEDULED,
    askable,
    encounter_of,
    form_at,
    form_of_record,
    next_instance,
    next_unscheduled,
    records_of,
    unscheduled_form,
)
from trialwright.core.casebook.items import remark_path
from trialwright.core.casebook.numbers import Unreadable, read_number
from trialwright.core.casebook.quick import quick_form
from trialwright.core.casebook.reading import MISSING, Read, Typed, as_typed, read_typed, same
from trialwright.core.casebook.shapes import logs_of, parts_of, shape_of
from trialwright.core.casebook.sheet import REASONS, Sheet, as_shown, lacking, prefilled, read_form, untouched
from trialwright.core.casebook.values import KEPT, AskedWhen, Choice, Form, Item, Last, Record, Section, Shape

__all__ = [
    "KEPT",
    "MISSING",
    "REASONS",
    "UNSCHEDULED",
    "AskedWhen",
    "Choice",
    "Consequence",
    "Form",
    "Item",
    "Last",
    "Read",
    "Record",
    "Section",
    "Shape",
    "Sheet",
    "Typed",
    "Unreadable",
    "as_shown",
    "as_typed",
    "askable",
    "consequences",
    "encounter_of",
    "foreseen",
    "form_at",
    "form_of_record",
    "lacking",
    "logs_of",
    "next_instance",
    "next_unscheduled",
    "parts_of",
    "prefilled",
    "quick_form",
    "read_day",
    "read_form",
    "read_number",
    "read_typed",
    "records_of",
    "remark_path",
    "same",
    "shape_of",
    "unlikely",
    "unscheduled_form",
    "untouched",
]
