"""One subject -> what the endpoints measure in it, at a clinical cut date: nothing later is seen.

    times         progression, death and response as times to event, each with the reason of its end
    rows          the rows by which a time ends: by which event or censoring, on which day (censoring rules)
    seen          what was seen of a subject up to the cut, as the rows ask for it
    estimands     an endpoint in the words of an estimand
    plan          when the disease is to be assessed, so that two missed assessments in a row can be told
    values        a concept or an assay at an encounter, and its change from baseline
    populations   planned, registered, treated, evaluable
    readiness     whether an endpoint is ready, who keeps it from it, since when, and who never will let it
    subject       all endpoints of the protocol for one subject

Durations are days, end - start + 1; months are days / 30.4375. Estimates over subjects are made in `estimation`.
Read `time_to_event`, then `ROWS`.
"""

from __future__ import annotations

from trialwright.core.endpoints.estimands import Estimand, Handled, estimand
from trialwright.core.endpoints.plan import AssessmentPlan, assessment_plan
from trialwright.core.endpoints.populations import POPULATIONS, Populations, analysis_set, populations
from trialwright.core.endpoints.readiness import Awaited, Looked, Readiness, look, readiness, readiness_of
from trialwright.core.endpoints.rows import ROWS, Row
from trialwright.core.endpoints.seen import Followed, followed, last_known_alive, new_therapy
from trialwright.core.endpoints.subject import SubjectEndpoints, subject_endpoints
from trialwright.core.endpoints.times import (
    TimeToEvent,
    best_of,
    duration_of_response,
    is_responder,
    time_to_event,
)
from trialwright.core.endpoints.values import ChangeFromBaseline, Measured, changes_from_baseline, values_at

__all__ = [
    "POPULATIONS",
    "ROWS",
    "AssessmentPlan",
    "Awaited",
    "ChangeFromBaseline",
    "Estimand",
    "Followed",
    "Handled",
    "Looked",
    "Measured",
    "Populations",
    "Readiness",
    "Row",
    "SubjectEndpoints",
    "TimeToEvent",
    "analysis_set",
    "assessment_plan",
    "best_of",
    "changes_from_baseline",
    "duration_of_response",
    "estimand",
    "followed",
    "is_responder",
    "last_known_alive",
    "look",
    "new_therapy",
    "populations",
    "readiness",
    "readiness_of",
    "subject_endpoints",
    "time_to_event",
    "values_at",
]
