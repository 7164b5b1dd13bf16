"""Forms from a protocol nobody has seen before: what is asked, under which name it is kept, what stands beside it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from builders import case, correction, course, form, limits, protocol, screened
from trialwright.core.casebook import (
    KEPT,
    Form,
    Shape,
    Typed,
    as_shown,
    askable,
    encounter_of,
    form_at,
    form_of_record,
    lacking,
    logs_of,
    next_instance,
    next_unscheduled,
    prefilled,
    quick_form,
    read_form,
    records_of,
    remark_path,
    shape_of,
    unlikely,
    unscheduled_form,
    untouched,
)
from trialwright.core.casebook.items import came_to_screening
from trialwright.core.casebook.naming import takes_words
from trialwright.core.ledger import Change, Missing
from trialwright.core.subject import Case
from trialwright.core.terms import Quantity, Severity, Verdict
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.concepts.making import question
from trialwright.standards.units import UNITS

TODAY = date(2025, 3, 3)
ENCOUNTERS: list[dict[str, Any]] = [
    {
        "id": "screening", "label": "Screening", "epoch": "screening", "anchor": "screening", "offset": "0 days",
        "window": [0, 14], "collect": ["sex", "anc", "prior_therapy_review", "prior_therapy", "fit", "adverse_event",
                                       "adverse_event_grade"],
    },
    {
        "id": "women", "label": "Screening, women", "epoch": "screening", "anchor": "screening", "offset": "0 days",
        "window": [0, 14], "applies_when": {"sex": "female"}, "collect": ["pregnancy_test"],
    },
    {
        "id": "day_1", "label": "Day 1", "epoch": "treatment", "anchor": "course", "day": 1, "window": [1, 3],
        "collect": ["anc", "index_lesion", "disease_assessment", "exposure"],
    },
]  # fmt: skip
PROTOCOL = protocol(
    encounters=ENCOUNTERS,
    sets=[{"id": "steroid", "of": "prior_therapy", "codes": ["topical_steroid", "oral_steroid"]}],
    asks=[{"id": "fit", "asks": "Is the patient fit?", "kind": "judgement"}],
)


def subject(*events: Any, **more: Any) -> Case:
    """A subject of the example, with the standard concepts and units."""
    concepts = {**CONCEPTS, "fit": question("fit", "Is the patient fit?")}
    said = {"protocol": PROTOCOL, "concepts": concepts, "units": UNITS, **more}
    return case(screened("2025-03-01"), *events, **said)


def at(key: str, held: Case, on: date = TODAY) -> Form:
    """The form of a visit that the protocol has."""
    found = form_at(held, key, on, offered=("/mm3", "10*9/L", "g/dL"))
    assert found is not None
    return found


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concept", "shape"),
    [
        ("anc", Shape.ONE), ("sex", Shape.ONE), ("adverse_event", Shape.LOG), ("medication", Shape.LOG),
        ("exposure", Shape.LOG), ("adverse_event_grade", Shape.LOG), ("index_lesion", Shape.PARTS),
        ("skin_region", Shape.PARTS), ("target_lesion", Shape.PARTS), ("disease_assessment", Shape.AT_VISIT),
        ("lymphoma_assessment", Shape.AT_VISIT), ("compartment_assessment", Shape.AT_VISIT),
    ],
)  # fmt: skip
def test_how_a_concept_is_entered_is_told_from_its_fields(concept: str, shape: Shape) -> None:
    assert shape_of(CONCEPTS[concept]) is shape


def test_a_visit_asks_what_its_encounter_collects_in_its_order() -> None:
    asked = [section.concept.id for section in at("screening", subject()).sections]
    assert asked == ["visit", "sex", "anc", "prior_therapy_review", "prior_therapy", "fit", "adverse_event"]


def test_what_belongs_to_a_record_is_asked_with_that_record() -> None:
    held = subject(form("2025-03-02", {"adverse_event/1/term": "Fatigue"}))
    asked = form_of_record(held, CONCEPTS["adverse_event"], "1", TODAY)
    assert [one.concept.id for one in asked.sections] == [
        "adverse_event", "adverse_event_grade", "adverse_event_attribution", "safety_report",
    ]  # fmt: skip
    assert asked.by_path["adverse_event_grade/1.1/event"].fixed == "1"


def test_the_logs_of_a_study_are_those_its_protocol_names_and_those_every_trial_keeps() -> None:
    logs = {one.id for one in logs_of(PROTOCOL, CONCEPTS)}
    assert {"adverse_event", "medication", "exposure", "death", "prior_therapy", "adverse_event_grade"} <= logs
    assert not {"visit", "specimen", "custody", "assay", "sex", "index_lesion"} & logs


@pytest.mark.parametrize(
    ("key", "known"),
    [("screening", "screening"), ("day_1.2", "day_1"), ("day_1.2.1", "day_1"), ("day_1.2.1.1", None), ("day_1.x", None),
     ("day_11", None), ("", None), ("nothing", None)],
)  # fmt: skip
def test_the_key_of_a_visit_names_its_encounter(key: str, known: str | None) -> None:
    found = encounter_of(PROTOCOL, key)
    assert (found.id if found else None) == known


@pytest.mark.parametrize(
    ("sex", "applies"), [("female", Verdict.MET), ("male", Verdict.NOT_MET), (None, Verdict.UNKNOWN)]
)
def test_a_form_says_whether_it_applies_to_this_patient(sex: str | None, applies: Verdict) -> None:
    held = subject(*([form("2025-03-01", {"sex": sex})] if sex else []))
    assert at("women", held).applies is applies


def test_a_log_waits_for_the_answer_that_there_is_any() -> None:
    log = next(one for one in at("screening", subject()).sections if one.concept.id == "prior_therapy")
    assert log.asked_when is not None and log.asked_when.path == "prior_therapy_review/screening/value"
    holds = [log.asked_when.holds(said) for said in ("listed", "none", "")]
    assert holds == [Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN]


def test_the_codes_that_the_study_classifies_are_offered_and_others_are_kept() -> None:
    held = subject()
    asked = form_of_record(held, CONCEPTS["prior_therapy"], "1", TODAY)
    code = asked.by_path["prior_therapy/1/code"]
    assert [one.code for one in code.choices] == ["topical_steroid", "oral_steroid"] and not code.closed
    sheet = read_form(asked, {code.path: Typed("Topical steroid")}, UNITS)
    assert sheet.new[0].new == "topical_steroid"
    assert read_form(asked, {code.path: Typed("chiropractic")}, UNITS).new[0].new == "chiropractic"


# --- under which name -------------------------------------------------------------------------------------------------


def test_lesions_of_the_visit_before_are_asked_again_under_their_names() -> None:
    before = form(
        "2025-03-01",
        {"index_lesion/day_1.1.L1/lesion": "left arm", "index_lesion/day_1.1.L1/longest": "3.0 cm",
         "index_lesion/day_1.1.L2/lesion": "back"},
        encounter="day_1.1",
    )  # fmt: skip
    asked = at("day_1.2", subject(before, course(1, "2025-03-01")))
    parts = [one for one in asked.sections if one.concept.id == "index_lesion"]
    assert [(one.instance, one.part, one.carried) for one in parts] == [
        ("day_1.2.L1", "left arm", True), ("day_1.2.L2", "back", True), ("day_1.2.L3", "", False),
    ]  # fmt: skip
    longest = asked.by_path["index_lesion/day_1.2.L1/longest"]
    assert longest.last is not None and str(longest.last.value) == "3.0 cm"
    sheet = read_form(asked, {longest.path: Typed("2.5", "cm")}, UNITS)
    assert {one.path: one.new for one in sheet.new}["index_lesion/day_1.2.L1/lesion"] == "left arm"


def test_a_record_gets_a_number_that_was_never_used_even_by_one_that_was_emptied() -> None:
    held = subject(
        form("2025-03-02", {"medication/2/code": "statin"}), correction("2025-03-02", {"medication/2/code": None})
    )
    assert next_instance(held.record, CONCEPTS["medication"]) == "3"
    assert records_of(held, CONCEPTS["medication"]) == ()


def test_a_contact_nobody_planned_gets_the_next_key() -> None:
    held = subject(form("2025-03-02", {"anc/unscheduled.1/value": "2000 /mm3"}, encounter="unscheduled.1"))
    assert (next_unscheduled(subject()), next_unscheduled(held)) == ("unscheduled.1", "unscheduled.2")
    again = unscheduled_form(held, "unscheduled.1", ["sex"], TODAY)
    assert [one.concept.id for one in again.sections] == ["visit", "anc", "sex"]
    assert {"anc", "index_lesion"} <= {one.id for one in askable(held)}


# --- beside the field -------------------------------------------------------------------------------------------------


def test_the_limits_of_the_site_the_value_before_and_the_units_stand_beside_it() -> None:
    before = form("2025-03-01", {"anc/screening/value": "2.1 10*9/L"}, encounter="screening")
    held = subject(before, course(1, "2025-03-02"), ranges=(limits("anc", "1.7 10*9/L", "7.3 10*9/L"),))
    item = at("day_1.1", held).by_path["anc/day_1.1/value"]
    assert (str(item.low), str(item.high)) == ("1.7 10*9/L", "7.3 10*9/L")
    assert item.last is not None and str(item.last.value) == "2.1 10*9/L"
    assert item.units == ("10*9/L", "/mm3"), "as this laboratory reports first; g/dL measures something else"


def test_what_identifies_is_marked_and_masked() -> None:
    held = subject(form("2025-03-01", {"birth_date/unscheduled.1/value": "1950-04-17"}))
    asked = unscheduled_form(held, "unscheduled.1", ["birth_date", "anc"], TODAY)
    masked = asked.without_identifiers()
    assert masked.by_path["birth_date/unscheduled.1/value"].value == KEPT
    assert [item.path for item in masked.items if item.identifies] == ["birth_date/unscheduled.1/value"]


# --- what is typed ----------------------------------------------------------------------------------------------------

ANC = "anc/screening/value"
CHAIN: list[tuple[Any, Typed, Any]] = [
    (None, Typed("2100", "/mm3"), Quantity(Decimal(2100), "/mm3")),
    *((Quantity(Decimal(2100), "/mm3"), Typed(missing=code), Missing(code)) for code in
      ("not_done", "not_known", "not_applicable")),
    *((Missing(code), Typed("2100", "/mm3"), Quantity(Decimal(2100), "/mm3")) for code in
      ("not_done", "not_known", "not_applicable")),
    (Missing("not_done"), Typed(missing="not_known"), Missing("not_known")),
    (Quantity(Decimal(2100), "/mm3"), Typed(), None),
    (Missing("not_done"), Typed(), None),
    (Missing("redacted"), Typed("2100", "/mm3"), Quantity(Decimal(2100), "/mm3")),
]  # fmt: skip


@pytest.mark.parametrize(("recorded", "typed", "new"), CHAIN)
def test_from_value_to_missing_and_back_each_is_one_change(recorded: Any, typed: Typed, new: Any) -> None:
    held = subject(*([form("2025-03-01", {ANC: recorded}, encounter="screening")] if recorded is not None else []))
    sheet = read_form(at("screening", held), {ANC: typed}, UNITS)
    (change,) = sheet.changes
    assert (change.path, change.old, change.new) == (ANC, recorded, new)
    assert bool(sheet.corrected) is (recorded is not None), "what is recorded changes only with a reason"


def test_a_form_sent_back_as_shown_changes_nothing_whatever_is_recorded() -> None:
    visit = {"visit/screening/done": "yes", "visit/screening/on": "2025-03-01"}
    recorded = {"anc/screening/value": "2.10 10*9/L", "anc/screening/bound": "<", "fit/screening/value": True, **visit}
    asked = at("screening", subject(form("2025-03-01", recorded, encounter="screening")))
    assert read_form(asked, as_shown(asked), UNITS).empty


@pytest.mark.parametrize("typed", [Typed(), Typed(missing="redacted")])
def test_an_erased_value_is_not_emptied_by_a_form_that_shows_nothing(typed: Typed) -> None:
    held = subject(form("2025-03-01", {ANC: Missing("redacted")}, encounter="screening"))
    assert read_form(at("screening", held), {ANC: typed}, UNITS).empty


def test_a_visit_that_nobody_filled_in_is_untouched() -> None:
    asked = at("screening", subject())
    before = prefilled(asked, TODAY)
    assert before["visit/screening/on"] == Typed("2025-03-03")
    shown = {**as_shown(asked), **before}
    assert untouched(read_form(asked, shown, UNITS), before)
    assert not untouched(read_form(asked, {**shown, "visit/screening/on": Typed("2 Mar 2025")}, UNITS), before)
    assert not untouched(read_form(asked, {**shown, "sex/screening/value": Typed("female")}, UNITS), before)


def test_a_day_outside_the_window_is_not_filled_in() -> None:
    late = date(2025, 6, 1)
    assert prefilled(at("screening", subject(), late), late)["visit/screening/on"] == Typed("")


def test_below_the_limit_of_detection_and_back() -> None:
    asked = at("screening", subject())
    below = read_form(asked, {ANC: Typed("<100", "/mm3")}, UNITS)
    assert {one.path: one.new for one in below.new} == {
        ANC: Quantity(Decimal(100), "/mm3"), "anc/screening/bound": "<",
    }  # fmt: skip
    held = subject(form("2025-03-01", {ANC: "100 /mm3", "anc/screening/bound": "<"}, encounter="screening"))
    exact = read_form(at("screening", held), {ANC: Typed("100", "/mm3")}, UNITS)
    assert [(one.path, one.old, one.new) for one in exact.corrected] == [("anc/screening/bound", "<", None)]


def test_an_episode_that_ends_goes_on_and_a_wrong_start_is_corrected() -> None:
    held = subject(form("2025-03-02", {"medication/1/code": "statin", "medication/1/start": "2025-01-01",
                                       "medication/1/ongoing": "yes"}))  # fmt: skip
    asked = form_of_record(held, CONCEPTS["medication"], "1", TODAY)
    typed = {"medication/1/ongoing": Typed("no"), "medication/1/end": Typed("2025-03-01"),
             "medication/1/start": Typed("2025-01-02")}  # fmt: skip
    sheet = read_form(asked, typed, UNITS)
    assert [one.path for one in sheet.went_on] == ["medication/1/ongoing"]
    assert [one.path for one in sheet.new] == ["medication/1/end"]
    assert [one.path for one in sheet.corrected] == ["medication/1/start"]


def test_a_remark_is_kept_as_a_comment_on_the_item() -> None:
    asked = at("screening", subject())
    sheet = read_form(asked, {ANC: Typed(missing="not_done")}, UNITS, {ANC: "the tube broke"})
    assert {one.path: one.new for one in sheet.new}[remark_path(ANC)] == "the tube broke"
    bad = read_form(asked, {}, UNITS, {ANC: "a\x00b", "no/such/item": "x"})
    assert not bad.changes and [one.about for one in bad.wrong] == [ANC]


def test_what_is_open_is_told_for_what_was_begun() -> None:
    asked = at("screening", subject())
    sheet = read_form(asked, {"sex/screening/value": Typed("female")}, UNITS)
    open_ = {item.path for item in lacking(asked, sheet)}
    assert ANC in open_ and "fit/screening/value" in open_ and "sex/screening/value" not in open_


@pytest.mark.parametrize(
    ("typed", "unit", "asked"),
    [("19", "/mm3", True), ("20", "/mm3", False), ("300000", "/mm3", False), ("300001", "/mm3", True),
     ("0.019", "10*9/L", True), ("0.02", "10*9/L", False), ("2.1", "/mm3", True), ("", "/mm3", False)],
)  # fmt: skip
def test_a_value_outside_what_is_plausible_is_asked_about_in_any_unit(typed: str, unit: str, asked: bool) -> None:
    """The range of the standard concept is 20 to 300000 /mm3; both ends are plausible."""
    form_ = at("screening", subject())
    found = unlikely(form_, read_form(form_, {ANC: Typed(typed, unit)}, UNITS).changes, UNITS)
    assert [one.about for one in found] == ([ANC] if asked else [])
    assert all(one.severity is Severity.WARNING and one.do for one in found)


@pytest.mark.parametrize("quickly", [False, True])
@pytest.mark.parametrize(
    ("days", "asked"), [(-366, True), (-1, True), (0, False), (1, False), (None, False)]
)  # fmt: skip
def test_a_visit_before_the_person_came_to_screening_is_asked_about(
    days: int | None, asked: bool, quickly: bool
) -> None:
    """The day before is asked about, that day is not; a month that holds it may be that day."""
    held = subject()
    came = came_to_screening(held)
    assert came is not None
    path = "visit/screening/on"
    form_ = quick_form(held, "screening", "screening", (), [path]) if quickly else at("screening", held)
    assert form_ is not None
    typed = str(came)[:7] if days is None else str(came + timedelta(days))
    found = unlikely(form_, (Change(path, None, typed),), UNITS)
    assert [one.about for one in found] == ([path] if asked else [])
    assert all(one.severity is Severity.WARNING and str(came) in one.says for one in found)


@pytest.mark.parametrize(
    ("words", "asked"), [("MRN 0045123", True), ("call 312-555-0142", True), ("no fever", False), ("", False)]
)
def test_words_that_may_name_the_patient_are_asked_about_without_saying_them_again(words: str, asked: bool) -> None:
    """A remark on an item is a form's text like any other."""
    form_ = at("screening", subject())
    path = next(item.path for item in form_.items if takes_words(item.field))
    found = unlikely(form_, (Change(path, None, words or None),), UNITS)
    assert [one.about for one in found] == ([path] if asked else [])
    assert all(words not in one.says and one.severity is Severity.WARNING for one in found)


# --- as far as it came back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "simple"),
    [
        (["anc/screening/value", "sex/screening/value"], True), (["visit/screening/on"], True), ([], True),
        (["anc/elsewhere/value"], False), (["weight/screening/value"], False), (["anc/screening/nothing"], False),
        (["anc/screening"], False), (["prior_therapy/1/code"], False), (["nothing/screening/value"], False),
    ],
)  # fmt: skip
def test_a_form_is_read_quickly_only_where_every_item_is_simply_of_that_visit(paths: list[str], simple: bool) -> None:
    collect = ENCOUNTERS[0]["collect"]
    assert (quick_form(subject(), "screening", "screening", collect, paths) is not None) is simple


def test_quickly_or_not_the_same_is_read() -> None:
    held = subject(form("2025-03-01", {ANC: "2100 /mm3", "visit/screening/on": "2025-03-01"}, encounter="screening"))
    typed = {ANC: Typed("2200", "/mm3"), "sex/screening/value": Typed("male"), "fit/screening/value": Typed("no"),
             "fit/screening/role": Typed("investigator"), "visit/screening/done": Typed("yes")}  # fmt: skip
    quick = quick_form(held, "screening", "screening", ENCOUNTERS[0]["collect"], typed)
    assert quick is not None and quick.day == date(2025, 3, 1)
    whole, fast = (read_form(one, typed, UNITS) for one in (at("screening", held), quick))
    assert (set(whole.new), whole.corrected) == (set(fast.new), fast.corrected)
