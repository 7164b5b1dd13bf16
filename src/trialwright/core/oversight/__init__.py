"""What those who watch over data ask of them: questions, source verification, coding, locks, signatures.

    queries       a query's life: open, answered, closed, opened again; how long it has been open
    automatic     queries that the data themselves raise; there until the datum is mended or somebody deals with them
    verification  which items were held against the source at the values they have now; which are planned to be
    coding        terms as they were typed, against a dictionary that the users loaded; suggested, never chosen
    signing       the exact content that a signature is bound to; whether it still holds, else what broke it
    freezing      what has to be done before data are locked, and which data are held
    refusing      `refusals`: those of `conduct`, and what a lock and a signature ask besides

Everything is derived from protocol and ledger; nothing is kept beside them. Read `queries.Query`, then `freezing`.
"""

from __future__ import annotations

from trialwright.core.oversight.automatic import RULES, automatic_queries, found_query
from trialwright.core.oversight.coding import Dictionary, Term, codings, read_dictionary, suggested, terms_to_code
from trialwright.core.oversight.freezing import Checklist, Point, checklist, study_checklist
from trialwright.core.oversight.items import Item, items_now, items_of
from trialwright.core.oversight.queries import Query, asked_queries, queries_of
from trialwright.core.oversight.refusing import refusals
from trialwright.core.oversight.signing import (
    MEANINGS,
    Content,
    Standing,
    content_of,
    lapsed,
    signatures,
    standing_of,
)
from trialwright.core.oversight.verification import (
    Plan,
    Verification,
    critical_concepts,
    planned_for,
    progress_of,
    verifications,
)

__all__ = [
    "MEANINGS",
    "RULES",
    "Checklist",
    "Content",
    "Dictionary",
    "Item",
    "Plan",
    "Point",
    "Query",
    "Standing",
    "Term",
    "Verification",
    "asked_queries",
    "automatic_queries",
    "checklist",
    "codings",
    "content_of",
    "critical_concepts",
    "found_query",
    "items_now",
    "items_of",
    "lapsed",
    "planned_for",
    "progress_of",
    "queries_of",
    "read_dictionary",
    "refusals",
    "signatures",
    "standing_of",
    "study_checklist",
    "suggested",
    "terms_to_code",
    "verifications",
]
