"""ADTTE: each time endpoint of the protocol, and each variant of it, for each participant it concerns.

Start, end, event or censoring, and the reason come from `core.endpoints`, rule by rule; here they are written down.
Days are ADT - STARTDT + 1, months are days / 30.4375. Read `adtte`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import dropwhile

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import COMMON, LINKS, SETS, STANDING, Subject, as_origins, common
from trialwright.adapters.exchange.cdisc.terms import flag, short_code
from trialwright.core.analysis import Gathered
from trialwright.core.endpoints import ROWS, TimeToEvent
from trialwright.core.ledger import TreatmentEnded
from trialwright.core.protocol import Endpoint
from trialwright.core.protocol import Variable as Measure

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    *SETS,
    Variable("PARAM", "Parameter", origin="Protocol", derivation="The endpoint's label, of a variant with its own."),
    Variable(
        "PARAMCD",
        "Parameter Code",
        origin="Assigned",
        derivation="OS, PFS, TTP, DOR, TTR by what the endpoint measures, else from its id.",
    ),
    Variable(
        "PARCAT1",
        "Parameter Category 1",
        origin="Protocol",
        derivation="The endpoint's level; of a variant, that it is one.",
    ),
    Variable(
        "STARTDT",
        "Time-to-Event Origin Date for Subject",
        "date",
        derivation="The day the endpoint counts from.",
        by="core.endpoints.start_of",
    ),
    Variable(
        "ADT",
        "Analysis Date",
        "date",
        derivation="The day of the event, or of censoring.",
        by="core.endpoints.time_to_event",
    ),
    Variable("ADY", "Analysis Relative Day", "integer", derivation="Study day of ADT; there is no day 0."),
    Variable("AVAL", "Analysis Value", "integer", derivation="Days: ADT - STARTDT + 1.", by="TimeToEvent.days"),
    Variable("AVALU", "Analysis Value Unit", origin="Assigned", derivation="DAYS."),
    Variable("AVALMO", "Analysis Value in Months", "float", derivation="AVAL / 30.4375.", by="TimeToEvent.months"),
    Variable("CNSR", "Censor", "integer", derivation="0 the event, 1 censored.", by="core.endpoints.time_to_event"),
    Variable(
        "EVNTDESC",
        "Event or Censoring Description",
        derivation="The rule that decided, in words.",
        by="core.endpoints.time_to_event",
    ),
    Variable(
        "CNSDTDSC",
        "Censor Date Description",
        derivation="What the day of censoring is.",
        by="core.endpoints.time_to_event",
    ),
    Variable(
        "ADTREAS",
        "Reason for the Analysis Date",
        derivation="Why the time ends on ADT, with its dates.",
        by="TimeToEvent.why",
    ),
    Variable(
        "XPROTFL",
        "After the Follow-up of the Protocol",
        derivation="Y where ADT lies after the follow-up the protocol plans.",
        by="TimeToEvent.extra_protocol",
        codelist="NY",
    ),
    Variable("CLAUSE", "Clause of the Protocol", origin="Protocol", derivation="The endpoint, or the variant of it."),
    *LINKS,
    *STANDING,
)
USUAL = {
    (Measure.TIME_TO_EVENT, ("death",)): "OS",
    (Measure.TIME_TO_EVENT, ("death", "progression")): "PFS",
    (Measure.TIME_TO_EVENT, ("progression",)): "TTP",
    (Measure.TIME_TO_EVENT, ("response",)): "TTR",
    (Measure.DURATION_OF_RESPONSE, ("death", "progression")): "DOR",
}
"""The codes everybody knows, by what is measured and which events end it."""
TIMES = (Measure.TIME_TO_EVENT, Measure.DURATION_OF_RESPONSE)


Known = tuple[str, Measure, tuple[str, ...], str]
"""An endpoint by its id, what it measures, its events, and the id of the endpoint it is a variant of."""


@lru_cache(maxsize=64)
def _codes(endpoints: tuple[Known, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, measure, events, base in endpoints:
        usual = USUAL.get((measure, tuple(sorted(events))))
        if base:
            found[name] = short_code(f"{found[base]}{_apart(name, base, found[base])}", set(found.values()))
        else:
            found[name] = usual if usual and usual not in found.values() else short_code(name, set(found.values()))
    return found


def _apart(name: str, base: str, code: str) -> str:
    """What the id of a variant says beyond that of its endpoint.

    >>> _apart("survival_from_registration", "overall_survival", "OS")
    'from_registration'
    """
    told = {*base.split("_"), code.lower()}
    words = list(dropwhile(lambda word: word in told, name.split("_")))
    return "_".join(words) or name


def param_codes(gathered: Gathered) -> Mapping[str, str]:
    """The code of each time endpoint and variant by its id; the second of two alike is named after its id."""
    asked = [(one.id, one.variable, one.events, of.id if of else "") for one, of in endpoints_told(gathered)]
    return _codes(tuple(asked))


def endpoints_told(gathered: Gathered) -> Iterator[tuple[Endpoint, Endpoint | None]]:
    """Each time endpoint, and after all of them each variant with the endpoint it is one of."""
    asked = gathered.endpoints(*TIMES)
    yield from ((one, None) for one in asked)
    yield from ((variant, one) for one in asked for variant in one.and_variants()[1:])


def adtte(subject: Subject) -> Iterator[Row]:
    """The rows of one participant, endpoint by endpoint."""
    codes = param_codes(subject.setting.gathered)
    told = {**subject.person.times, **subject.person.variants}
    for endpoint, of in endpoints_told(subject.setting.gathered):
        if time := told.get(endpoint.id):
            param = f"{of.label}: {endpoint.label}" if of else endpoint.label
            level = "VARIANT" if of else endpoint.level.upper()
            yield _row(subject, time, {"PARAM": param, "PARAMCD": codes[endpoint.id], "PARCAT1": level})


def _row(subject: Subject, time: TimeToEvent, about: dict[str, Cell]) -> Row:
    rule = ROWS[time.row]
    start, end = _start(subject, time), _end(subject, time)
    return Row(
        {
            **common(subject),
            **about,
            "STARTDT": time.start,
            "ADT": time.end,
            "ADY": subject.day(time.end),
            "AVAL": time.days,
            "AVALU": "DAYS",
            "AVALMO": time.months,
            "CNSR": int(not time.event),
            "EVNTDESC": rule.situation,
            "CNSDTDSC": "" if time.event else rule.day,
            "ADTREAS": time.why,
            "XPROTFL": flag(time.extra_protocol),
            "CLAUSE": time.clause,
        },
        (*end, *start),
        of={"STARTDT": start, "ADT": end, "CNSR": end, "EVNTDESC": end, "CNSDTDSC": end, "ADTREAS": end},
        because=dict.fromkeys(("ADT", "AVAL", "AVALMO", "CNSR", "EVNTDESC", "CNSDTDSC"), time.why),
    )


def _start(subject: Subject, time: TimeToEvent) -> Origins:
    """What the first day stands on: the first dose, else whatever happened or was assessed on it."""
    if time.start == subject.person.first_dose:
        return subject.first_dose
    return _assessed_on(subject, time, "start") or subject.on_day(time.start)


ALSO: tuple[tuple[str, Callable[[Subject], Origins]], ...] = (
    ("new_treatment", lambda subject: as_origins(subject.seen("new_therapy"), "new therapy")),
    ("stop", lambda subject: subject.milestone(TreatmentEnded, "end of treatment")),
    ("claim", lambda subject: as_origins(subject.seen("progression_clinical"), "claim")),
    ("died", lambda subject: subject.death),
)
"""What else a rule stands on, by a part of its id."""


def _end(subject: Subject, time: TimeToEvent) -> Origins:
    """What the last day stands on: the death, else the assessment of that day, else whatever was recorded of it."""
    died = subject.person.died
    if time.event and died and died[0] == time.end and "death" in time.row:
        return subject.death
    also = tuple(origin for part, found in ALSO if part in time.row for origin in found(subject))
    last = [one for one in subject.person.assessments if one.on <= time.end][-1:]
    before = tuple(origin for one in last for origin in subject.of_assessment(one, "last assessment"))
    found = _assessed_on(subject, time, "end") or subject.on_day(time.end) or before
    return (*found, *also) or subject.first_dose


def _assessed_on(subject: Subject, time: TimeToEvent, role: str) -> Origins:
    day = time.start if role == "start" else time.end
    found = [one for one in subject.person.assessments if one.on == day]
    return tuple(origin for one in found for origin in subject.of_assessment(one, role))


ADTTE = Layout(
    name="ADTTE",
    label="Time-to-Event Analysis Dataset",
    structure="One row for each subject and parameter",
    keys=("STUDYID", "USUBJID", "PARAMCD"),
    variables=VARIABLES,
    rows=adtte,
    locator=("PARAMCD",),
)
