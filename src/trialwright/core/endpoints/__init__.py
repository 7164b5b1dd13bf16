"""One subject -> what the endpoints measure in it, at a clinical cut date: nothing later is seen.

    times         progression, death and response as times to event; what is censored, when and why (censoring rules)
    plan          when the disease is to be assessed, so that two missed assessments in a row can be told
    values        a concept or an assay at an encounter, and its change from baseline
    populations   planned, registered, treated, evaluable; whether an endpoint is ready, and who keeps it from it
    subject       all endpoints of the protocol for one subject

Durations are days, end - start + 1; months are days / 30.4375. Estimates over subjects are made in `estimation`.
Read `time_to_event`, then `RULES`.
"""

from __future__ import annotations

from trialwright.core.endpoints.plan import AssessmentPlan, assessment_plan
from trialwright.core.endpoints.populations import (
    POPULATIONS,
    Populations,
    Readiness,
    analysis_set,
    populations,
    readiness,
)
from trialwright.core.endpoints.subject import SubjectEndpoints, subject_endpoints
from trialwright.core.endpoints.times import (
    RULES,
    Followed,
    TimeToEvent,
    duration_of_response,
    followed,
    last_known_alive,
    time_to_event,
)
from trialwright.core.endpoints.values import ChangeFromBaseline, Measured, changes_from_baseline, values_at

__all__ = [
    "POPULATIONS",
    "RULES",
    "AssessmentPlan",
    "ChangeFromBaseline",
    "Followed",
    "Measured",
    "Populations",
    "Readiness",
    "SubjectEndpoints",
    "TimeToEvent",
    "analysis_set",
    "assessment_plan",
    "changes_from_baseline",
    "duration_of_response",
    "followed",
    "last_known_alive",
    "populations",
    "readiness",
    "subject_endpoints",
    "time_to_event",
    "values_at",
]
