"""ADRS: the response at each assessment, and what follows from them for each participant who was treated.

The responses, the best one and what confirms it come from `core.response`; which responses count as one is the
endpoint's. An endpoint of a proportion has a row too: Y, N, or nothing where it is not known. Nothing here looks past
the first progression but the rows of the assessments themselves. Read `adrs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import COMMON, LINKS, SETS, STANDING, Subject, as_origins, common
from trialwright.adapters.exchange.cdisc.terms import RESPONSES, flag, short_code, yes_no
from trialwright.core.analysis import Gathered
from trialwright.core.endpoints.times import is_responder, response_began
from trialwright.core.endpoints.values import visit_of
from trialwright.core.protocol import Endpoint
from trialwright.core.protocol import Variable as Measure
from trialwright.core.response import Assessment, BestResponse, progression_date, until_progression
from trialwright.core.terms import Answer, Response, Verdict

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    *SETS,
    Variable("PARAM", "Parameter", origin="Assigned"),
    Variable("PARAMCD", "Parameter Code", origin="Assigned"),
    Variable(
        "PARCAT1", "Parameter Category 1", origin="Assigned", derivation="The response instrument the protocol names."
    ),
    Variable("AVISIT", "Analysis Visit", derivation="The visit of the assessment, as the protocol names it."),
    Variable(
        "ADT",
        "Analysis Date",
        "date",
        derivation="The day of the assessment, or the first that showed the response.",
        by="core.response",
    ),
    Variable("ADY", "Analysis Relative Day", "integer", derivation="Study day of ADT; there is no day 0."),
    Variable(
        "AVAL",
        "Analysis Value",
        "float",
        derivation="AVALC as a number: 1 CR, 2 PR, 3 SD, 4 PD, 5 NE; 1 for Y and 0 for N; percent.",
    ),
    Variable(
        "AVALC", "Analysis Value (C)", derivation="The response, or Y or N.", by="core.response", codelist="ONCRSR"
    ),
    Variable(
        "ANL01FL",
        "Analysis Flag 01",
        derivation="Y where it counts for the best response: from the first dose to the first progression.",
        by="core.response.until_progression",
        codelist="NY",
    ),
    Variable(
        "ADEQFL",
        "Adequate Assessment Flag",
        derivation="Y where all that belongs to the assessment was done.",
        by="Assessment.adequate",
        codelist="NY",
    ),
    Variable(
        "CONFFL",
        "Confirmed Flag",
        derivation="Y where a later assessment confirmed the response, N where none did.",
        by="core.response",
        codelist="NY",
    ),
    Variable("RSPREAS", "Reason for the Response", derivation="Why, in words.", by="core.response"),
    Variable("CLAUSE", "Clause of the Protocol", origin="Protocol", derivation="The clause the value rests on."),
    *LINKS,
    *STANDING,
)
PARAMS = {
    "OVR": "Overall Response at the Assessment",
    "PCHGSCR": "Percent Change of the Score from Baseline",
    "BOR": "Best Overall Response (confirmation not required)",
    "CBOR": "Best Overall Response (confirmation required)",
    "RSP": "Response (confirmation not required)",
    "CRSP": "Response (confirmation required)",
    "PD": "Progressive Disease",
}


def adrs(subject: Subject) -> Iterator[Row]:
    """The rows of one participant, assessment by assessment, then what follows from all of them."""
    for row in _told(subject):
        row.values |= {"PARAM": PARAMS[str(row.values["PARAMCD"])], **_rests(subject)}
        yield _whole(subject, row)
    for row in _of_endpoints(subject):
        yield _whole(subject, row)


def _whole(subject: Subject, row: Row) -> Row:
    row.values = {**common(subject), **row.values, "ADY": subject.day(_date(row.values.get("ADT")))}
    return row


def _date(told: Cell) -> date | None:
    return told if isinstance(told, date) else None


def _rests(subject: Subject) -> dict[str, Cell]:
    rules = subject.case.protocol.response
    named = subject.case.protocol.standards.response
    return {"PARCAT1": named or "", "CLAUSE": rules.id if rules else ""}


def _told(subject: Subject) -> Iterator[Row]:
    one = subject.person
    counted = until_progression(one.assessments, one.first_dose) if one.first_dose else []
    for assessment in one.assessments:
        yield from _of_assessment(subject, assessment, assessment in counted)
    if one.best is not None and (one.assessments or subject.case.protocol.standards.response):
        yield from _best(subject, one.best, counted)


def _of_assessment(subject: Subject, one: Assessment, counts: bool) -> Iterator[Row]:
    code, number = RESPONSES[one.response]
    where: dict[str, Cell] = {"AVISIT": one.encounter, "ADT": one.on, "ANL01FL": flag(counts)}
    origins = subject.of_assessment(one)
    values: dict[str, Cell] = {"AVAL": number, "AVALC": code, "ADEQFL": yes_no(one.adequate), "RSPREAS": one.why}
    yield Row({**where, **values, "PARAMCD": "OVR"}, origins, because={"AVALC": one.why})
    if one.ratio is not None:
        compared = (*origins, *subject.before_treatment)
        yield Row({**where, "PARAMCD": "PCHGSCR", "AVAL": float((one.ratio - 1) * 100)}, compared)


def _best(subject: Subject, best: BestResponse, counted: list[Assessment]) -> Iterator[Row]:
    every = tuple(origin for one in counted for origin in subject.of_assessment(one))

    def shown(day: date | None) -> Origins:
        """The assessment of that day, else all that counted."""
        return tuple(each for one in counted if one.on == day for each in subject.of_assessment(one)) or every

    told: dict[str, Cell] = {"RSPREAS": best.not_evaluable or best.why}
    yield _row("BOR", best.response, best.on, told | {"CONFFL": _confirmed(best)}, shown(best.on))
    on = best.confirmed_response_on
    yield _row("CBOR", best.confirmed_response, on, told, shown(on))
    for name, confirmed in (("RSP", False), ("CRSP", True)):
        asked = replace(of_response(subject), confirmed=confirmed)
        counts, day = is_responder(best, asked), response_began(best, asked)
        values: dict[str, Cell] = {"AVALC": yes_no(counts), "AVAL": int(counts), "ADT": day if counts else None}
        yield Row({"PARAMCD": name, **values, **told}, shown(day if counts else None))
    progressed = progression_date(counted)
    yield Row(
        {
            "PARAMCD": "PD",
            "AVALC": yes_no(progressed is not None),
            "AVAL": int(progressed is not None),
            "ADT": progressed,
        },
        shown(progressed),
    )


def _row(name: str, response: Response, on: date | None, told: dict[str, Cell], origins: Origins) -> Row:
    code, number = RESPONSES[response]
    return Row({"PARAMCD": name, "AVALC": code, "AVAL": number, "ADT": on, **told}, origins)


def _confirmed(best: BestResponse) -> str:
    """Whether a response was confirmed; what is no response needs no confirmation."""
    return yes_no(best.confirmed) if best.response in (Response.CR, Response.PR) else ""


def of_response(subject: Subject) -> Endpoint:
    """The first endpoint of response, which says what counts as one; CR and PR where there is none."""
    asked = subject.setting.gathered.endpoints(Measure.RESPONSE, Measure.DURATION_OF_RESPONSE)
    usual = Endpoint(id="response", label="Response", level="", variable=Measure.RESPONSE)
    return next((one for one in asked if one.variable is Measure.RESPONSE), asked[0] if asked else usual)


# --- endpoints that are yes, no or not known -------------------------------------------------------------------------


def yes_no_endpoints(gathered: Gathered) -> Mapping[str, Endpoint]:
    """The proportions, and the endpoints of response after the first (RSP and CRSP are of that), each by its code."""
    found: dict[str, Endpoint] = {}
    for one in (*gathered.endpoints(Measure.RESPONSE)[1:], *gathered.endpoints(Measure.PROPORTION)):
        found[short_code(one.id, {*PARAMS, *found})] = one
    return found


def _of_endpoints(subject: Subject) -> Iterator[Row]:
    one = subject.person
    for code, endpoint in yes_no_endpoints(subject.setting.gathered).items() if one.registered else ():
        if endpoint.sites and one.site not in endpoint.sites:
            continue
        row = _held(subject, endpoint) if endpoint.variable is Measure.PROPORTION else _responded(subject, endpoint)
        if row is not None:
            row.values |= {"PARAMCD": code, "PARAM": endpoint.label, "CLAUSE": endpoint.id}
            yield row


def _held(subject: Subject, endpoint: Endpoint) -> Row:
    """Y, N, or nothing where it is not known, with the reason and the entries that were looked at."""
    told = subject.person.answers.get(endpoint.id) or Answer(Verdict.UNKNOWN, "the version it is on does not ask")
    yes = {Verdict.MET: True, Verdict.NOT_MET: False}.get(told.verdict)
    visit = visit_of(subject.case, endpoint.at[-1], subject.cut) if endpoint.at else None
    values: dict[str, Cell] = {
        "AVISIT": endpoint.at[-1] if endpoint.at else "",
        "ADT": (visit.done_on if visit else None) if endpoint.at else subject.cut,
        "AVAL": None if yes is None else int(yes),
        "AVALC": "" if yes is None else yes_no(yes),
        "RSPREAS": told.why,
    }
    return Row(values, _looked_at(subject, told), because={"AVAL": told.why, "AVALC": told.why})


def _looked_at(subject: Subject, told: Answer) -> Origins:
    """The entries an answer stands on: of each concept what came in by the events it names, else all up to the cut."""
    events = {one.event for one in told.evidence if one.event}
    concepts = dict.fromkeys(one.concept for one in told.evidence)
    seen = [each for name in concepts for each in subject.seen(name)]
    return as_origins([each for each in seen if each.event.id in events] or seen, "condition")


def _responded(subject: Subject, endpoint: Endpoint) -> Row | None:
    best = subject.person.best
    if best is None:
        return None
    counts, day = is_responder(best, endpoint), response_began(best, endpoint)
    first = subject.person.first_dose
    counted = until_progression(subject.person.assessments, first) if first else []
    every = [each for each in counted if not counts or each.on == day] or counted
    values: dict[str, Cell] = {"AVALC": yes_no(counts), "AVAL": int(counts), "ADT": day if counts else None}
    return Row(
        {**values, "RSPREAS": best.not_evaluable or best.why},
        tuple(origin for each in every for origin in subject.of_assessment(each)),
    )


ADRS = Layout(
    name="ADRS",
    label="Response Analysis Dataset",
    structure="One row for each subject, parameter and assessment",
    keys=("STUDYID", "USUBJID", "PARAMCD", "ADT", "AVISIT"),
    variables=VARIABLES,
    rows=adrs,
    locator=("PARAMCD", "ADT"),
)
