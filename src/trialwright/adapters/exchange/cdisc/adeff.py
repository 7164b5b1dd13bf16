"""ADEFF: what the endpoints of values measure: each variable at each encounter, and its change from baseline.

Which value is that of an encounter, and why there is none, is decided by `core.endpoints.values`. Read `adeff`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import COMMON, LINKS, SETS, STANDING, Subject, as_origins, common
from trialwright.adapters.exchange.cdisc.terms import flag, short_code
from trialwright.core.analysis import Gathered
from trialwright.core.endpoints import ChangeFromBaseline, Measured, changes_from_baseline, values_at
from trialwright.core.protocol import Endpoint
from trialwright.core.protocol import Variable as Measure
from trialwright.core.subject import Observation

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    *SETS,
    Variable("ENDPT", "Endpoint", origin="Protocol", derivation="The label of the endpoint that asks for the value."),
    Variable("PARCAT1", "Parameter Category 1", origin="Protocol", derivation="The endpoint's level."),
    Variable("PARAM", "Parameter", origin="Assigned", derivation="The concept, or the assay and its analyte."),
    Variable("PARAMCD", "Parameter Code", origin="Assigned", derivation="A short form of the parameter's name."),
    Variable("AVISIT", "Analysis Visit", origin="Protocol", derivation="The encounter the endpoint names."),
    Variable("ADT", "Analysis Date", "date", derivation="The day of the value.", by="core.endpoints.values_at"),
    Variable("ADY", "Analysis Relative Day", "integer", derivation="Study day of ADT; there is no day 0."),
    Variable("AVAL", "Analysis Value", "float", derivation="The value as measured.", by="core.endpoints.values_at"),
    Variable("AVALU", "Analysis Value Unit", origin="Collected"),
    Variable("AREASND", "Reason There Is No Value", derivation="Why, in words.", by="core.endpoints.values_at"),
    Variable("ABLFL", "Baseline Record Flag", derivation="Y at the baseline encounter.", codelist="NY"),
    Variable("BASE", "Baseline Value", "float", derivation="AVAL of the baseline encounter, in its unit."),
    Variable(
        "CHG",
        "Change from Baseline",
        "float",
        derivation="The value less the baseline, in the unit of the baseline.",
        by="core.endpoints.changes_from_baseline",
    ),
    Variable(
        "PCHG",
        "Percent Change from Baseline",
        "float",
        derivation="100 x CHG / BASE.",
        by="ChangeFromBaseline.percent",
    ),
    Variable("CLAUSE", "Clause of the Protocol", origin="Protocol", derivation="The endpoint."),
    *LINKS,
    *STANDING,
)


def adeff(subject: Subject) -> Iterator[Row]:
    """The rows of one participant, endpoint by endpoint."""
    one = subject.person
    if not one.registered:
        return
    shared = common(subject)
    for endpoint in endpoints_of_values(subject.setting.gathered):
        if not endpoint.sites or one.site in endpoint.sites:
            about = {"ENDPT": endpoint.label, "PARCAT1": endpoint.level.upper(), "CLAUSE": endpoint.id}
            for row in _rows(subject, endpoint):
                row.values = {**shared, **about, **row.values}
                yield row


def endpoints_of_values(gathered: Gathered) -> tuple[Endpoint, ...]:
    """The endpoints that compare values."""
    return gathered.endpoints(Measure.VALUE, Measure.CHANGE)


def _rows(subject: Subject, endpoint: Endpoint) -> Iterator[Row]:
    if endpoint.variable is Measure.VALUE:
        for encounter in endpoint.at:
            for one in values_at(endpoint, subject.case, encounter, subject.cut):
                yield _row(subject, one)
        return
    told = set()
    for change in changes_from_baseline(endpoint, subject.case, subject.cut):
        if change.variable not in told:
            told.add(change.variable)
            yield _row(subject, change.baseline, change, at_baseline=True)
        yield _row(subject, change.at, change)


def _row(subject: Subject, one: Measured, change: ChangeFromBaseline | None = None, at_baseline: bool = False) -> Row:
    own = _origins(subject, one)
    base = change.baseline.value if change else None
    values: dict[str, Cell] = {
        "PARAM": _label(subject, one.variable),
        "PARAMCD": _code(subject, one.variable),
        "AVISIT": one.encounter,
        "ADT": one.on,
        "ADY": subject.day(one.on),
        "AVAL": float(one.value.value) if one.value else None,
        "AVALU": one.value.unit if one.value else "",
        "AREASND": one.why,
        "ABLFL": flag(at_baseline),
        "BASE": float(base.value) if base else None,
    }
    if change and not at_baseline and change.change is not None:
        values |= {"CHG": float(change.change), "PCHG": float(change.percent) if change.percent is not None else None}
    of: Mapping[str, Origins] = {}
    if change:
        before = _origins(subject, change.baseline)
        of = {"BASE": before, "CHG": (*own, *before), "PCHG": (*own, *before)}
    return Row(values, own, of, because={"AVAL": one.why} if one.why else {})


def _code(subject: Subject, variable: str) -> str:
    """The same code as in ADPR where it is of an assay."""
    return subject.setting.assay_codes.get(variable) or short_code(variable)


def _label(subject: Subject, variable: str) -> str:
    assay, _, analyte = variable.partition(".")
    known = subject.case.concepts.get(variable)
    if known:
        return known.label
    labels = {one.id: one.label for specimen in subject.case.protocol.specimens for one in specimen.assays}
    return f"{labels.get(assay, assay)}: {analyte}" if analyte else labels.get(assay, assay)


def _origins(subject: Subject, one: Measured) -> Origins:
    """What was recorded of the variable on the day its value is of."""
    if one.value is None:
        return ()
    assay, _, analyte = one.variable.partition(".")
    found = subject.seen("assay") if analyte else subject.seen(one.variable)
    return as_origins([each for each in found if _is_of(each, assay, analyte, one)], "value")


def _is_of(each: Observation, assay: str, analyte: str, one: Measured) -> bool:
    named = not analyte or (each.text("assay") == assay and each.text("analyte") == analyte)
    return named and each.on.exact == one.on and each.quantity() == one.value


ADEFF = Layout(
    name="ADEFF",
    label="Efficacy Values Analysis Dataset",
    structure="One row for each subject, endpoint, parameter and encounter",
    keys=("STUDYID", "USUBJID", "CLAUSE", "PARAMCD", "AVISIT"),
    variables=VARIABLES,
    rows=adeff,
    locator=("PARAMCD", "AVISIT", "CLAUSE"),
)
