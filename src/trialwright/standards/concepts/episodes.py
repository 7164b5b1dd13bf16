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
    optional("action", "Action taken", Kind.CODE, codes="none dose_held dose_reduced drug_stopped not_applicable"),
    optional(
        "outcome",
        "Outcome",
        Kind.CODE,
        codes="recovered recovering not_recovered recovered_with_sequelae fatal unknown",
    ),
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

EPISODES = table(*_ALL, *(review(one) for one in _ALL))
