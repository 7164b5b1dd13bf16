"""Where each field stands in the legacy XML, part by part, in the order of its schema (2019.02.14). Read `FLOW`."""

from __future__ import annotations

from trialwright.adapters.exchange.ctgov.results.choices import (
    AnalysisDispersion,
    Dispersion,
    MeasureParam,
    NonInferiority,
    OutcomeType,
    Sides,
    StandardMeasure,
)
from trialwright.adapters.exchange.ctgov.results.legacy.forms import (
    Attribute,
    Code,
    Form,
    Many,
    Part,
    Said,
    Text,
    Texts,
    Within,
    legal,
    numbered,
)
from trialwright.adapters.exchange.ctgov.results.legacy.forms import coded as of

AGE = "Age"
_AGES = {
    StandardMeasure.AGE_CATEGORICAL.value,
    StandardMeasure.AGE_CONTINUOUS.value,
    StandardMeasure.AGE_CUSTOMIZED.value,
}
AGE_TITLE = Code(lambda title: AGE if title in _AGES else legal(title), lambda title: title)
"""The legacy XML calls all three standard measures of age by one name; which one it is, `reading` tells by its form."""
POSTING = Code(
    lambda day: "/".join(reversed(day.split("-")[:2])),
    lambda month: "-".join(reversed(month.split("/"))),
)
"""A month as 03/2025; a day cannot be said."""


def _group(letter: str) -> Form:
    return Form(
        attributes=(Attribute("group_id", "id", numbered(letter)),),
        parts=(Text("title", "title"), Text("description", "description")),
    )


def _groups(letter: str) -> Many:
    return Many("group_list", "group", "groups", _group(letter))


# ---- participant flow ----------------------------------------------------------------------------------------------

_PARTICIPANTS = Form(
    attributes=(Attribute("group_id", "groupId", numbered("P")), Attribute("count", "numSubjects")),
    content="comment",
)


def _reached(name: str) -> Form:
    return Form((Text("title", "type"), Many("participants_list", "participants", name, _PARTICIPANTS)))


_PERIOD = Form(
    (
        Text("title", "title"),
        Many("milestone_list", "milestone", "milestones", _reached("achievements")),
        Many("drop_withdraw_reason_list", "drop_withdraw_reason", "dropWithdraws", _reached("reasons")),
    )
)
FLOW = Form(
    (
        Text("recruitment_details", "recruitmentDetails"),
        Text("pre_assignment_details", "preAssignmentDetails"),
        _groups("P"),
        Many("period_list", "period", "periods", _PERIOD),
    )
)


# ---- measures ------------------------------------------------------------------------------------------------------


def _analyzed(letter: str, scope: str) -> Many:
    count = Form(attributes=(Attribute("group_id", "groupId", numbered(letter)), Attribute("value", "value")))
    analyzed = Form(
        (Text("units", "units"), Said("scope", scope), Many("count_list", "count", "counts", count)),
    )
    return Many("analyzed_list", "analyzed", "denoms", analyzed)


def _classes(letter: str) -> Many:
    measurement = Form(
        attributes=(
            Attribute("group_id", "groupId", numbered(letter)),
            Attribute("value", "value"),
            Attribute("spread", "spread"),
            Attribute("lower_limit", "lowerLimit"),
            Attribute("upper_limit", "upperLimit"),
        ),
        content="comment",
    )
    category = Form((Text("title", "title"), Many("measurement_list", "measurement", "measurements", measurement)))
    in_class = Form(
        (
            Text("title", "title"),
            _analyzed(letter, "Class"),
            Many("category_list", "category", "categories", category),
        )
    )
    return Many("class_list", "class", "classes", in_class)


_PARAM = Text("param", "paramType", of(MeasureParam))
_UNITS = Text("units", "unitOfMeasure")
_SELECTED = Text("units_analyzed", "denomUnitsSelected")

_BASELINE_MEASURE = Form(
    (
        Text("title", "title", AGE_TITLE),
        Text("description", "description"),
        Text("population", "populationDescription"),
        _UNITS,
        _PARAM,
        Text("dispersion", "dispersionType", of(Dispersion)),
        _SELECTED,
        _analyzed("B", "Measure"),
        _classes("B"),
    )
)
BASELINE = Form(
    (
        Text("population", "populationDescription"),
        _groups("B"),
        _analyzed("B", "Overall"),
        Many("measure_list", "measure", "measures", _BASELINE_MEASURE),
    )
)


# ---- outcomes ------------------------------------------------------------------------------------------------------

_REPEATED: tuple[Part, ...] = (
    Said("title", repeats="title"),
    Said("description", repeats="description"),
    Said("population", repeats="populationDescription"),
)
_OUTCOME_MEASURE = Form(
    (
        *_REPEATED,
        _UNITS,
        _PARAM,
        Text("dispersion", "dispersionType"),
        _SELECTED,
        _analyzed("O", "Measure"),
        _classes("O"),
    )
)
_ANALYSIS = Form(
    (
        Texts("group_id_list", "group_id", "groupIds", numbered("O")),
        Text("groups_desc", "groupDescription"),
        Text("non_inferiority_type", "nonInferiorityType", of(NonInferiority)),
        Text("non_inferiority_desc", "nonInferiorityComment"),
        Text("p_value", "pValue"),
        Text("p_value_desc", "pValueComment"),
        Text("method", "statisticalMethod"),
        Text("method_desc", "statisticalComment"),
        Text("param_type", "paramType"),
        Text("param_value", "paramValue"),
        Text("dispersion_type", "dispersionType", of(AnalysisDispersion)),
        Text("dispersion_value", "dispersionValue"),
        Text("ci_percent", "ciPctValue"),
        Text("ci_n_sides", "ciNumSides", of(Sides)),
        Text("ci_lower_limit", "ciLowerLimit"),
        Text("ci_upper_limit", "ciUpperLimit"),
        Text("ci_upper_limit_na_comment", "ciUpperLimitComment"),
        Text("estimate_desc", "estimateComment"),
        Text("other_analysis_desc", "otherAnalysisDescription"),
    )
)
OUTCOME = Form(
    (
        Text("type", "type", of(OutcomeType)),
        Text("title", "title"),
        Text("description", "description"),
        Text("time_frame", "timeFrame"),
        Said("safety_issue"),
        Text("posting_date", "anticipatedPostingDate", POSTING),
        Text("population", "populationDescription"),
        _groups("O"),
        Within("measure", _OUTCOME_MEASURE),
        Many("analysis_list", "analysis", "analyses", _ANALYSIS),
    )
)


# ---- adverse events ------------------------------------------------------------------------------------------------

EVENT_GROUP = _group("E")
COUNTS = Form(
    attributes=(
        Attribute("group_id", "groupId", numbered("E")),
        Attribute("subjects_affected", "numAffected"),
        Attribute("subjects_at_risk", "numAtRisk"),
        Attribute("events", "numEvents"),
    )
)
