"""ADSL: one row for each participant: who it is, what was planned and taken, where it went and why.

Everything is what `core.analysis` judged at the cut-off. Read `adsl`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.adapters.exchange.cdisc.model import Cell, Layout, Origins, Row, Variable
from trialwright.adapters.exchange.cdisc.people import (
    COMMON,
    LINKS,
    SETS,
    STANDING,
    Subject,
    as_origins,
    common,
    imputed,
)
from trialwright.adapters.exchange.cdisc.terms import flag, term, yes_no
from trialwright.core.endpoints import last_known_alive
from trialwright.core.ledger import (
    ArmAllocated,
    ConsentGiven,
    ScreeningFailed,
    StudyLeft,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    TreatmentEnded,
)
from trialwright.core.protocol import EndReason, Reason
from trialwright.core.terms import Quantity

VARIABLES: tuple[Variable, ...] = (
    *COMMON,
    Variable(
        "AGE",
        "Age",
        "integer",
        derivation="Completed years at consent: as stated, or from the date of birth.",
        by="SubjectFacts.readings",
    ),
    Variable("AGEU", "Age Units", origin="Assigned", derivation="YEARS where AGE is known.", codelist="AGEU"),
    Variable("SEX", "Sex", origin="Collected", codelist="SEX"),
    Variable("RACE", "Race", origin="Collected", codelist="RACE"),
    Variable("ETHNIC", "Ethnicity", origin="Collected", codelist="ETHNIC"),
    Variable(
        "RFICDT",
        "Date of Informed Consent",
        "date",
        derivation="The date of consent as recorded, else of screening.",
        by="Case.anchors",
    ),
    Variable("ENRLDT", "Date of Enrollment", "date", derivation="The day of registration.", by="SubjectRegistered"),
    Variable("RANDDT", "Date of Randomization", "date", derivation="The day an arm was allocated.", by="ArmAllocated"),
    Variable(
        "TRT01P",
        "Planned Treatment for Period 01",
        derivation="The arm as allocated, or the only one.",
        by="ArmAllocated",
    ),
    Variable(
        "TRT01A", "Actual Treatment for Period 01", derivation="The arm whose drugs were taken.", by="Case.courses"
    ),
    *(one for one in SETS if one.name not in ("TRTP", "TRTA")),
    Variable(
        "RANDFL",
        "Randomized Population Flag",
        derivation="Y where an arm was allocated.",
        by="ArmAllocated",
        codelist="NY",
    ),
    Variable(
        "SCRFFL",
        "Screen Failure Flag",
        derivation="Y where screening ended without registration.",
        by="ScreeningFailed",
        codelist="NY",
    ),
    Variable("SCRFDT", "Date of Screen Failure", "date", derivation="The day screening ended.", by="ScreeningFailed"),
    Variable("SCRFREAS", "Reason for Screen Failure", origin="Collected", by="ScreeningFailed"),
    Variable(
        "TRTEDT",
        "Date of Last Exposure to Treatment",
        "date",
        derivation="The day of the last dose, where it is recorded.",
        by="core.disposition",
    ),
    Variable("TRTDURD", "Total Treatment Duration (Days)", "integer", derivation="TRTEDT - TRTSDT + 1."),
    Variable(
        "NCOURSE",
        "Number of Courses Begun",
        "integer",
        derivation="Courses begun by the cut-off, every drug counted.",
        by="Case.courses",
    ),
    Variable(
        "EOTSTT",
        "End of Treatment Status",
        derivation="ONGOING, COMPLETED or DISCONTINUED.",
        by="core.disposition",
        codelist="SBJTSTAT",
    ),
    Variable(
        "EOTDT", "Date of End of Treatment", "date", derivation="The day treatment was over.", by="core.disposition"
    ),
    Variable(
        "DCTREAS",
        "Reason for Discontinuation of Treatment",
        derivation="The reason as it is counted.",
        by="StudyProtocol.end_reason",
        codelist="NCOMPLT",
    ),
    Variable(
        "DCTREASP", "Reason Spec for Discont of Treatment", origin="Collected", derivation="The words as written."
    ),
    Variable(
        "EOSSTT",
        "End of Study Status",
        derivation="ONGOING, COMPLETED or DISCONTINUED.",
        by="core.disposition",
        codelist="SBJTSTAT",
    ),
    Variable(
        "EOSDT", "End of Study Date", "date", derivation="The day the subject left the study.", by="core.disposition"
    ),
    Variable(
        "DCSREAS",
        "Reason for Discontinuation from Study",
        derivation="The reason as it is counted.",
        by="StudyProtocol.end_reason",
        codelist="NCOMPLT",
    ),
    Variable("DCSREASP", "Reason Spec for Discont from Study", origin="Collected", derivation="The words as written."),
    Variable(
        "DTHFL",
        "Subject Death Flag",
        derivation="Y where a death by the cut-off is recorded.",
        by="Case.died",
        codelist="NY",
    ),
    Variable(
        "DTHDT",
        "Date of Death",
        "date",
        derivation="The day of death; the latest it can have been where it is partial.",
        by="Case.died",
    ),
    Variable(
        "DTHDTF",
        "Date of Death Imputation Flag",
        derivation="D or M where the day or the month was filled in.",
        codelist="DATEFL",
    ),
    Variable("DTHCAUS", "Cause of Death", origin="Collected"),
    Variable(
        "LSTALVDT",
        "Date Last Known Alive",
        "date",
        derivation="The last day on which something shows that the subject was alive.",
        by="core.endpoints.last_known_alive",
    ),
    Variable(
        "PROTVER", "Protocol Version", derivation="The version the subject is on at the cut-off.", by="Trial.version_of"
    ),
    *LINKS,
    *STANDING,
)


def adsl(subject: Subject) -> Iterator[Row]:
    """The row of one participant."""
    one = subject.person
    values: dict[str, Cell] = {
        **{name: told for name, told in common(subject).items() if name not in ("TRTP", "TRTA")},
        "TRT01P": subject.arm,
        "TRT01A": subject.taken,
        **_who(subject),
        **_days(subject),
        "NCOURSE": len(one.courses) if one.registered else None,
        "SCRFFL": yes_no(one.failed is not None and not one.registered),
        "SCRFDT": one.failed[0] if one.failed else None,
        "SCRFREAS": one.failed[1] if one.failed else "",
        **_ends(subject),
        **_death(subject),
        "PROTVER": one.version,
    }
    yield Row(values, _origins(subject), _of(subject))


def _who(subject: Subject) -> dict[str, Cell]:
    age = next((each.value for each in reversed(subject.case.facts(subject.cut).readings("age"))), None)
    return {
        "AGE": int(age.value) if isinstance(age, Quantity) else None,
        "AGEU": "YEARS" if isinstance(age, Quantity) else "",
        "SEX": term("SEX", _last(subject, "sex")),
        "RACE": term("RACE", _last(subject, "race")),
        "ETHNIC": term("ETHNIC", _last(subject, "ethnicity")),
    }


def _last(subject: Subject, concept: str) -> str:
    told = subject.seen(concept)
    return told[-1].text("value") if told else ""


def _days(subject: Subject) -> dict[str, Cell]:
    one = subject.person
    allocated = subject.milestone(ArmAllocated)
    first, last = one.first_dose, one.last_dose
    return {
        "RFICDT": subject.case.anchors(subject.cut).get("consent"),
        "ENRLDT": one.registered,
        "RANDDT": allocated[0].source.occurred if allocated else None,  # type: ignore[union-attr]
        "RANDFL": yes_no(bool(allocated)),
        "TRTEDT": last,
        "TRTDURD": (last - first).days + 1 if first and last else None,
        "LSTALVDT": _alive(subject),
    }


def _alive(subject: Subject) -> date | None:
    """Nobody is known alive after the day of death."""
    one = subject.person
    start = one.registered or one.screened
    if start is None or start > subject.cut:
        return None
    until = min(subject.cut, one.died[0]) if one.died else subject.cut
    return last_known_alive(subject.case, one.assessments, start, until) if start <= until else until


def _ends(subject: Subject) -> dict[str, Cell]:
    one = subject.person
    treatment = _status(one.off_treatment is not None, one.treatment_reason) if one.treated else ""
    study = _status(one.off_study is not None, one.study_reason) if one.registered else ""
    over, left = one.treatment_reason if one.off_treatment else None, one.study_reason if one.off_study else None
    return {
        "EOTSTT": treatment,
        "EOTDT": one.off_treatment[0] if one.off_treatment else None,
        "DCTREAS": _reason(over),
        "DCTREASP": over.words if over else "",
        "EOSSTT": study,
        "EOSDT": one.off_study[0] if one.off_study else None,
        "DCSREAS": _reason(left),
        "DCSREASP": left.words if left else "",
    }


def _status(over: bool, reason: Reason | None) -> str:
    if not over:
        return "ONGOING"
    return "COMPLETED" if reason and reason.category is EndReason.COMPLETED else "DISCONTINUED"


def _reason(reason: Reason | None) -> str:
    """The reason of who did not complete; completion is no reason for leaving."""
    told = reason.category if reason else EndReason.COMPLETED
    return "" if told is EndReason.COMPLETED else term("NCOMPLT", told.value)


def _death(subject: Subject) -> dict[str, Cell]:
    died = subject.person.died
    told = subject.seen("death")
    return {
        "DTHFL": flag(died is not None),
        "DTHDT": died[0] if died else None,
        "DTHDTF": imputed(told[-1].on, died[0]) if died and told else "",
        "DTHCAUS": died[1] if died else "",
    }


# --- origins ------------------------------------------------------------------------------------------------------


def _origins(subject: Subject) -> Origins:
    """What the row stands on first: the registration, else the screening."""
    return subject.milestone(SubjectRegistered, "registration") or subject.milestone(SubjectScreened, "screening")


def _of(subject: Subject) -> dict[str, Origins]:
    last = subject.person.courses[-1] if subject.person.courses else None
    ended = subject.milestone(TreatmentEnded, "end of treatment")
    left = subject.milestone(StudyLeft, "off study")
    dead = subject.death
    allocated = subject.milestone(ArmAllocated, "allocation", "arm")
    failed = subject.milestone(ScreeningFailed, "screen failure")
    consent = as_origins(subject.seen("consent_date"), "consent") or subject.milestone(ConsentGiven, "consent")
    taken = tuple(each for one in subject.person.courses for each in subject.of_course(one, f"course {one.number}"))
    age = as_origins(subject.seen("age")) or as_origins(subject.seen("birth_date"))
    treated = dict.fromkeys(("TRTSDT", "SAFFL"), subject.first_dose)
    over = dict.fromkeys(("EOTSTT", "EOTDT", "DCTREAS", "DCTREASP"), (*ended, *left))
    gone = dict.fromkeys(("EOSSTT", "EOSDT", "DCSREAS", "DCSREASP"), (*left, *dead))
    death = dict.fromkeys(("DTHFL", "DTHDT", "DTHDTF", "DTHCAUS"), dead)
    screening = dict.fromkeys(("SCRFFL", "SCRFDT", "SCRFREAS"), failed)
    end = (*ended, *(subject.of_course(last, "last course", "last_dose") if last else ()))
    return {
        **treated, **over, **gone, **death, **screening,
        "AGE": age, "AGEU": age,
        "SEX": as_origins(subject.seen("sex")),
        "RACE": as_origins(subject.seen("race")),
        "ETHNIC": as_origins(subject.seen("ethnicity")),
        "RFICDT": consent or subject.milestone(SubjectScreened, "consent"),
        "RANDDT": allocated, "RANDFL": allocated, "TRT01P": allocated,
        "TRT01A": taken, "NCOURSE": taken,
        "TRTEDT": end, "TRTDURD": (*subject.first_dose, *end),
        "EVALFL": tuple(o for one in subject.person.assessments for o in subject.of_assessment(one)),
        "LSTALVDT": subject.on_day(alive) if (alive := _alive(subject)) else (),
        "PROTVER": subject.milestone(SubjectMoved, "moved") or _origins(subject),
    }  # fmt: skip


ADSL = Layout(
    name="ADSL",
    label="Subject-Level Analysis Dataset",
    structure="One row for each subject who came to screening",
    keys=("STUDYID", "USUBJID"),
    variables=VARIABLES,
    rows=adsl,
    of="SUBJECT LEVEL ANALYSIS DATASET",
)
