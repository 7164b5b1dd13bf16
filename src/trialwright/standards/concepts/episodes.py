"""Records that repeat without limit, each with the review that says someone asked: events, medication, history.

The standard leaves the codes of a therapy or a disease open; a protocol's concept sets say which ones it judges.
"""

from __future__ import annotations

from trialwright.core.protocol import Kind
from trialwright.standards.concepts.making import (
    END,
    ONGOING,
    START,
    episodes,
    field,
    optional,
    review,
    table,
)

CODE = field("code", "Code", Kind.CODE)
TERM = optional("term", "As reported")

SERIOUS_BECAUSE = {
    "serious_death": "it led to death",
    "serious_life_threatening": "it was life-threatening",
    "serious_hospitalization": "it led to or prolonged a stay in hospital",
    "serious_disability": "it led to lasting disability",
    "serious_congenital_anomaly": "it led to a congenital anomaly",
    "serious_important": "it was otherwise medically important",
}
"""The criteria of seriousness (ICH E2A); one that is met makes an event serious."""
ACTIONS = "none dose_held dose_reduced drug_stopped not_applicable"

ADVERSE_EVENT = episodes(
    "adverse_event",
    "Adverse event",
    field("term", "Term"),
    field("grade", "Grade", Kind.INTEGER, plausible=("1", "5")),
    START,
    END,
    ONGOING,
    field("related", "Related to study treatment", Kind.YES_NO),
    field("serious", "Serious", Kind.YES_NO),
    *(optional(name, f"Serious because: {why}", Kind.YES_NO) for name, why in SERIOUS_BECAUSE.items()),
    optional("action", "Action taken", Kind.CODE, codes=ACTIONS),
    optional(
        "outcome",
        "Outcome",
        Kind.CODE,
        codes="recovered recovering not_recovered recovered_with_sequelae fatal unknown",
    ),
    optional("recurrence_of", "Comes back: the number of the earlier event"),
    optional("expected", "Expected by the reference safety information", Kind.YES_NO),
    optional("aware", "Day the site knew of it", Kind.DATE),
    optional("aware_time", "Time the site knew of it"),
    optional("aware_serious", "Day the site knew that it was serious", Kind.DATE),
    optional("aware_serious_time", "Time the site knew that it was serious"),
)
ADVERSE_EVENT_GRADE = episodes(
    "adverse_event_grade",
    "Change of an adverse event's grade",
    field("event", "Number of the adverse event"),
    field("grade", "Grade from this date on", Kind.INTEGER, plausible=("1", "5")),
    field("on", "Date", Kind.DATE),
)
"""One row for each day on which the grade of an event changed; the event itself keeps its first grade."""
ADVERSE_EVENT_ATTRIBUTION = episodes(
    "adverse_event_attribution",
    "Attribution of an adverse event to one drug",
    field("event", "Number of the adverse event"),
    field("drug", "Drug"),
    field("relation", "Relation to this drug", Kind.CODE, codes="unrelated unlikely possible probable definite"),
    optional("action", "Action taken with this drug", Kind.CODE, codes=ACTIONS),
)
SAFETY_REPORT = episodes(
    "safety_report",
    "Report of a serious event",
    field("adverse_event", "Number of the adverse event"),
    field("to", "To whom", Kind.CODE, codes="sponsor ethics regulator"),
    field("on", "Day it was sent", Kind.DATE),
    optional("time", "Time it was sent"),
    field("kind", "Kind of report", Kind.CODE, codes="initial follow-up"),
)
MEDICATION = episodes(
    "medication",
    "Medication",
    CODE,
    TERM,
    START,
    END,
    ONGOING,
    optional("route", "Route"),
    optional("reason", "Reason"),
)
PRIOR_THERAPY = episodes(
    "prior_therapy",
    "Prior therapy",
    CODE,
    TERM,
    START,
    END,
    ONGOING,
    optional("outcome", "Outcome", Kind.CODE, codes="failed responded not_tolerated completed unknown"),
)
MEDICAL_HISTORY = episodes("medical_history", "Disease in the history", CODE, TERM, START, END, ONGOING)
PROCEDURE = episodes("procedure", "Procedure", CODE, TERM, START)
NEW_THERAPY = episodes("new_therapy", "New therapy of the disease", CODE, TERM, START)

_ALL = (ADVERSE_EVENT, MEDICATION, PRIOR_THERAPY, MEDICAL_HISTORY, PROCEDURE, NEW_THERAPY)

EPISODES = table(*_ALL, ADVERSE_EVENT_GRADE, ADVERSE_EVENT_ATTRIBUTION, SAFETY_REPORT, *(review(one) for one in _ALL))
