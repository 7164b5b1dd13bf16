"""Every construct in one table, in words: what it asks, when it is unknown, what is then missing, an example.

`docs/conditions.py` writes docs/reference/conditions.md from it; a test holds it to `CONSTRUCTS`, key by key, and reads
and judges each example. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Construct:
    """One construct in words: when it is met, not met and unknown, what is missing then, its keys and an example."""

    met: str
    not_met: str
    unknown: str
    missing: str
    example: str
    keys: Mapping[str, str] = field(default_factory=dict)


_WITHIN = "a time before the day, such as 14 days; its first day counts"
_BETWEEN = "from the nearer to the farther end, such as 10-14 days before; both days count"
_BEFORE = "the anchor the time counts back from, instead of the day itself"
_EPISODE_KEYS = {
    "where": "fields that must hold one of these codes, such as {outcome: [failed]}",
    "at_least_n": "so many episodes instead of one",
    "distinct": "yes: episodes of one code count once",
    "if_absent": "what nothing recorded means: no_if_observed (no where a review covers the time), no, unknown",
}
_EPISODE_UNKNOWN = (
    "an episode may be one (its code, dates or fields are not known, or no set names its code), or none is recorded "
    "and no review covers the time"
)
_EPISODE_MISSING = "the code, start, end or field of that episode; else the history of the set"

COMBINING: Mapping[str, Construct] = {
    "all": Construct(
        met="every one is met; `all: []` asks nothing",
        not_met="one is not met",
        unknown="none is not met and one is unknown",
        missing="what the unknown ones miss",
        example="{all: [{sex: female}, {ask: fertile}]}",
    ),
    "any": Construct(
        met="one is met",
        not_met="none is met or unknown",
        unknown="none is met and one is unknown",
        missing="what the unknown ones miss",
        example="{any: [{ask: indicator_lesion}, {ask: erythroderma}]}",
    ),
    "not": Construct(
        met="it is not met",
        not_met="it is met",
        unknown="it is unknown",
        missing="what it misses",
        example="{not: {ask: fertile}}",
    ),
    "at_least": Construct(
        met="so many are met",
        not_met="the unknown ones could no longer make up the number",
        unknown="the unknown ones could make up the number",
        missing="what the unknown ones miss",
        example="{at_least: 2, of: [{ask: fever}, {ask: chills}, {ask: sweats}]}",
        keys={"of": "the conditions that are counted"},
    ),
    "if": Construct(
        met="the first is not met (it does not apply), or the second is met",
        not_met="the first is met and the second is not",
        unknown="the first is unknown and the second not met, or the second is unknown and the first not ruled out",
        missing="what the unknown ones miss",
        example="{if: {sex: female}, then: {measure: pregnancy_test, in: [negative], within: 7 days}}",
        keys={"then": "what must hold where the first does"},
    ),
    "first_known": Construct(
        met="the first one that is known is met",
        not_met="the first one that is known is not met",
        unknown="none is known",
        missing="what all of them miss",
        example="{first_known: [{ask: infection}, {ongoing: anti_infective}]}",
    ),
}
"""What joins conditions."""

DATA: Mapping[str, Construct] = {
    "age": Construct(
        met="age in completed years at consent lies in the limit",
        not_met="it does not",
        unknown="no age and no birth date is recorded, or the birth date is not exact enough to tell",
        missing="age",
        example="{age: 18-120 years}",
    ),
    "sex": Construct(
        met="this sex is recorded",
        not_met="another one is",
        unknown="none is recorded, or two that differ",
        missing="sex",
        example="{sex: female}",
    ),
    "measure": Construct(
        met="the latest value in the window meets the limit, stands at that place of its scale, or is one of the codes",
        not_met="it does not",
        unknown=(
            "no value lies in the window, or one whose date may lie outside; it has no number or an impossible one; "
            "its unit does not convert; ULN, LLN or baseline is not known; values that may each be latest disagree; "
            "`< 5` does not tell; the values do not show how long; an answer has expired or is not signed as it must be"
        ),
        missing="the concept, with its window; its date; the laboratory's limit; the baseline; which value is later",
        example='{measure: ast, is: "<= 2 x ULN", within: 14 days}',
        keys={
            "is": "a limit: >= 1500 /mm3, 0-2, <= 2 x ULN, > 1.5 x baseline; or a place on a scale: >= IIB, IA to IVB",
            "in": "the codes that count",
            "within": _WITHIN,
            "between": _BETWEEN,
            "before": _BEFORE,
            "for": "every value from the latest back over this time must meet the limit, such as 7 days",
        },
    ),
    "had": Construct(
        met="an episode of the set, or of the concept, began by the day and in the time",
        not_met="none did, and a review covers the time",
        unknown=_EPISODE_UNKNOWN,
        missing=_EPISODE_MISSING,
        example="{had: topical_treatment, where: {outcome: [failed]}}",
        keys={"within": _WITHIN, "between": _BETWEEN, "before": _BEFORE, **_EPISODE_KEYS},
    ),
    "ongoing": Construct(
        met="an episode goes on: it has no end and is said to go on, or ends on the day or later",
        not_met="none does, and a review covers the day",
        unknown=_EPISODE_UNKNOWN,
        missing=_EPISODE_MISSING,
        example="{ongoing: systemic_anticancer}",
        keys={"before": _BEFORE, **_EPISODE_KEYS},
    ),
    "active_since": Construct(
        met="an episode went on at any time since then; one that ended on the first day of the time did",
        not_met="none did, and a review covers the time",
        unknown=_EPISODE_UNKNOWN,
        missing=_EPISODE_MISSING,
        example="{active_since: chemotherapy, within: 4 weeks, before: first_dose}",
        keys={"within": _WITHIN, "before": _BEFORE, **_EPISODE_KEYS},
    ),
    "grade": Construct(
        met="a toxicity of the term, or of any, has a grade in the limit and is as asked",
        not_met="none has, and someone asked, or measured, in the time; day 1 of a course is before it",
        unknown="a toxicity may be one (grade, relation, start or end not known), or nobody asked or measured",
        missing="the grade, relation, start or end of that toxicity; else a review of adverse events",
        example='{grade: any, is: ">= 3", related: "yes", ongoing: "yes", laboratory: "no", during: course}',
        keys={
            "is": "a limit of grades, 0 to 5",
            "related": "yes or no: related to treatment",
            "ongoing": "yes or no: it goes on",
            "laboratory": "yes: laboratory values alone; no: reported events alone",
            "during": "course: it began on day 1 of the course or later",
        },
    ),
    "response": Construct(
        met="the response at the latest assessment is one of these",
        not_met="it is another one, or progression that may be a flare",
        unknown="nothing was assessed, or it was not evaluable",
        missing="a response assessment",
        example="{response: [CR, PR]}",
    ),
    "ask": Construct(
        met="the latest answer is yes",
        not_met="the latest answer is no",
        unknown=(
            "nobody answered; the answer is outside the time, has expired, is not signed by a role that may give it, "
            "or is a consent without a date; answers of one day disagree"
        ),
        missing="the question, with the time, or asked again",
        example="{ask: acute_infection, within: 14 days}",
        keys={"within": _WITHIN},
    ),
    "course": Construct(
        met="the number of the last course lies in the limit",
        not_met="it does not",
        unknown="no course has begun",
        missing="course",
        example='{course: ">= 2"}',
    ),
    "day": Construct(
        met="the day of the course lies in the limit; its first day is 1",
        not_met="it does not",
        unknown="no course has begun",
        missing="day",
        example="{day: 1-21}",
    ),
    "dose": Construct(
        met="the dose of the last course lies in the limit",
        not_met="it does not",
        unknown="no course has begun, or its unit is another",
        missing="dose",
        example='{dose: "<= 10 mg"}',
    ),
    "elapsed": Construct(
        met="so much time has passed since the anchor: on the same day of the calendar or later",
        not_met="it has not yet",
        unknown="the anchor has not been",
        missing="the anchor",
        example="{elapsed: first_dose, is: 2 years}",
        keys={"is": "a duration"},
    ),
}
"""What asks for data."""

TABLE: Mapping[str, Construct] = {**COMBINING, **DATA}
"""Every construct by its word."""
