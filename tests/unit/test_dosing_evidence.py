"""What a dose is decided on: conditions on each day of a case, data read the same whichever day is asked first.

Worked by hand. Course 1 begins on Monday 2025-03-03, course 2 on 2025-03-31. A neutrophil count of 400 on 2025-03-10
and of 1500 on 2025-03-12, with platelets of 60000 on 2025-03-10; sex is told on 2025-03-10, whether fertile on the
12th; a rash of grade 3 begins on 2025-03-11 and whoever asked on 2025-03-13 heard of nothing worse.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import case, condition, correction, course, day, form, protocol, regimen, registered, screened, taken
from trialwright.core.conditions import Had, Toxicity, judge_condition
from trialwright.core.dosing import decide_continuation, decide_dose, decided_before_courses, hold_periods
from trialwright.core.dosing.evidence import Data
from trialwright.core.dosing.judging import NEVER, before_any_dose, cannot_hold, open_question, verdict_on
from trialwright.core.subject import Case
from trialwright.core.terms import Grade, PartialDate, Response, Verdict

FIRST = date(2025, 3, 3)
TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"}
LOW, FINE = {"measure": "anc", "is": "< 500 /mm3"}, {"measure": "platelets", "is": ">= 50000 /mm3"}
RASH = {"grade": "rash", "is": ">= 3"}
TOXICITY = Toxicity("Rash", Grade(3), PartialDate(2025, 3, 11), related=True, event="e9")
WORDS = {"M": Verdict.MET, "N": Verdict.NOT_MET, "U": Verdict.UNKNOWN}


def treated(*events, study=None, doses: str = "10", **others) -> Case:
    starts = [
        course(number, FIRST + timedelta(days=28 * (number - 1)), f"{dose} mg")
        for number, dose in enumerate(doses.split(), 1)
    ]
    given = [screened("2025-02-20"), registered("2025-02-28"), *starts, *events]
    return case(*given, protocol=study or protocol(regimen=[regimen(dose=TITRATED)]), **others)


def ruled(*rules, **parts):
    return protocol(regimen=[regimen(dose=TITRATED, rules=list(rules), **parts)])


def rule(when, then, name: str = "rule"):
    return {"id": name, "quotes": [f"words of {name}"], "when": when, "then": then}


def anc(on: str, count: int):
    return form(on, {f"anc on {on}": f"{count} /mm3"})


# ---- a condition on each day -----------------------------------------------------------------------------------------

RECORD = (
    form("2025-03-10", {f"{name} on 2025-03-10": told for name, told in (("anc", "400 /mm3"), ("sex", "female"))}),
    form("2025-03-10", {"platelets on 2025-03-10": "60000 /mm3"}),
    form("2025-03-12", {"anc on 2025-03-12": "1500 /mm3", "fertile on 2025-03-12": "yes"}),
    form("2025-03-13", {"adverse_event_review on 2025-03-13": "listed", "adverse_event/1": {"term": "Rash"}}),
)
DAYS = ("2025-03-09", "2025-03-11", "2025-03-13", "2025-03-14")


@pytest.mark.parametrize(
    ("words", "verdicts"),
    [
        (LOW, "UMNN"),
        (FINE, "UMMM"),
        ({"measure": "anc", "is": "< 0.5 10*9/L"}, "UMNN"),
        ({"measure": "anc", "is": "400-500 /mm3"}, "UMNN"),
        ({**LOW, "within": "1 day"}, "UMNU"),
        ({"measure": "anc", "is": ">= 1000 /mm3", "for": "2 days"}, "UNNU"),
        ({**LOW, "between": "2-5 days"}, "UUMN"),  # on 13 March the count of the 10th, on the 14th that of the 12th
        ({**LOW, "before": "course_day_1"}, "UUUU"),  # no count up to 3 March
        ({"all": [LOW, FINE]}, "UMNN"),
        ({"any": [LOW, {"not": FINE}]}, "UMNN"),
        ({"not": LOW}, "UNMM"),
        ({"any": [LOW, {"not": LOW}]}, "MMMM"),  # either way
        ({"if": LOW, "then": FINE}, "UMMM"),
        ({"if": FINE, "then": LOW}, "UMNN"),
        ({"first_known": [{"ask": "fertile"}, LOW]}, "UMMM"),
        ({"first_known": [LOW, FINE]}, "UMNN"),
        ({"at_least": 2, "of": [LOW, FINE, {"ask": "fertile"}]}, "UMMM"),
        ({"sex": "female"}, "UMMM"),
        ({"sex": "male"}, "UNNN"),
        ({"ask": "fertile"}, "UUMM"),
        ({"ask": "fertile", "within": "1 day"}, "UUMU"),
        ({"ask": "smoker"}, "UUUU"),
        (RASH, "UMMM"),
        ({**RASH, "related": "yes"}, "UMMM"),
        ({**RASH, "related": "no"}, "UUNN"),
        ({"grade": "rash", "is": ">= 4"}, "UUNN"),
        ({"course": "= 1"}, "MMMM"),
        ({"day": ">= 9"}, "NMMM"),
        ({"dose": "<= 10 mg"}, "MMMM"),
    ],
)
def test_a_condition_on_each_day_of_a_case(words, verdicts) -> None:
    asked = condition(**words)
    study = ruled(rule(words, {"warn": "look"}))
    one = treated(*RECORD, study=study, graded=(TOXICITY,), on="2025-03-13")
    data = Data.of(one, day("2025-03-14"))
    for on, expected in zip(DAYS, verdicts, strict=True):
        assert judge_condition(asked, data.on(day(on))).verdict is WORDS[expected], on
        assert verdict_on(data, asked, day(on)) is WORDS[expected], on
        assert not (cannot_hold(data, asked, day(on)) and expected == "M"), on


@pytest.mark.parametrize(
    ("words", "cannot"),
    [
        (LOW, "nnyy"),
        (FINE, "nnnn"),
        ({"all": [LOW, FINE]}, "nnyy"),
        ({"any": [LOW, FINE]}, "nnnn"),
        ({"any": [LOW, LOW]}, "nnyy"),
        ({"first_known": [LOW, FINE]}, "nnnn"),
        ({"first_known": [LOW, LOW]}, "nnyy"),
        ({"not": FINE}, "nnnn"),  # left to the evaluator
        (RASH, "ynnn"),
        ({**RASH, "related": "no"}, "yyyy"),
        ({"sex": "male"}, "nyyy"),
        ({"ask": "fertile"}, "nnnn"),
    ],
)
def test_what_cannot_hold_is_known_from_what_was_recorded(words, cannot) -> None:
    asked = condition(**words)
    one = treated(*RECORD, study=ruled(rule(words, {"warn": "look"})), graded=(TOXICITY,))
    data = Data.of(one, day("2025-03-14"))
    assert "".join("y" if cannot_hold(data, asked, day(on)) else "n" for on in DAYS) == cannot


def test_a_course_a_day_and_a_dose_are_those_of_the_last_course_before_the_day() -> None:
    rules = [
        rule(when, {"warn": "look"}, name)
        for name, when in (("second", {"course": "= 2"}), ("late", {"day": "= 29"}), ("much", {"dose": ">= 15 mg"}))
    ]
    one = treated(study=ruled(*rules), doses="10 15")
    plan = one.protocol.regimen[0]

    def told(on: str) -> str:
        said = decide_dose(one, plan, day(on))
        return " ".join(next(word for word, verdict in WORDS.items() if verdict is each.verdict) for each in said.fired)

    assert told("2025-03-30") == "N N N"
    assert told("2025-03-31") == "N M N", "day 1 of course 2 is day 29 of course 1 before its first dose"
    assert told("2025-04-01") == "M N M"
    assert told("2025-04-28") == "M M M"


@pytest.mark.parametrize(
    ("words", "wording"),
    [
        (LOW, LOW),
        (RASH, RASH),
        ({**RASH, "related": "no"}, {**RASH, "related": "no"}),
        ({**RASH, "related": "yes"}, NEVER),
        ({**RASH, "during": "course"}, NEVER),
    ],
)
def test_before_the_first_dose_no_toxicity_of_treatment_can_have_been(words, wording) -> None:
    expected = wording if wording is NEVER else condition(**wording)
    assert before_any_dose(condition(**words)) == expected
    of = [condition(**words), condition(**LOW)]
    left = (expected, condition(**LOW))
    for node, parts in (("all", left), ("any", left), ("first_known", left)):
        together = condition(**{node: [words, LOW]})
        assert before_any_dose(together) == type(together)(parts) and of[0] == condition(**words)
    assert before_any_dose(condition(**{"not": words})) == type(condition(**{"not": words}))(expected)
    either = condition(**{"if": words, "then": LOW})
    assert before_any_dose(either) == type(either)(expected, condition(**LOW))
    either = condition(**{"if": LOW, "then": words})
    assert before_any_dose(either) == type(either)(condition(**LOW), expected)
    several = condition(at_least=1, of=[words, LOW])
    assert before_any_dose(several) == type(several)(1, left)


def test_data_of_the_day_that_opened_a_hold_do_not_close_it() -> None:
    fine = {"measure": "platelets", "is": ">= 50000 /mm3"}
    plan = ruled(rule(LOW, {"hold": {"until": fine}}))
    seen = form("2025-03-10", {"anc on 2025-03-10": "400 /mm3", "platelets on 2025-03-10": "60000 /mm3"})
    later = form("2025-03-11", {"platelets on 2025-03-11": "60000 /mm3"})
    for events, action in (([seen], "hold"), ([seen, later], "give")):
        one = treated(*events, study=plan)
        assert decide_dose(one, plan.regimen[0], day("2025-03-12")).action == action


# ---- whichever day is asked first ------------------------------------------------------------------------------------

GRAVE = {"grade": "rash", "is": ">= 3", "related": "yes", "during": "course"}
TESTED = {"if": {"sex": "female"}, "then": {"measure": "test", "in": ["negative"], "within": "28 days"}}


def whole_plan():
    gate = {"id": "gate", "quotes": ["counts"], "when": {"measure": "anc", "is": ">= 1000 /mm3", "within": "7 days"}}
    old = {"any": [{"measure": "weight", "is": "< 50 kg"}, {"age": ">= 70 years"}]}
    going = {"id": "pd", "quotes": ["removed"], "when": {"response": "PD"}, "off_treatment": "progressive disease"}
    plan = regimen(
        dose=TITRATED,
        rules=[
            rule(LOW, {"hold": {"until": {"not": LOW}, "resume_lower_by": "5 mg"}}, "low"),
            rule(GRAVE, {"reduce_by": "5 mg"}, "grave"),
            rule({"measure": "anc", "is": "< 800 /mm3", "within": "5 days"}, {"no_step_up": True}, "steady"),
            rule(old, {"cap": "10 mg"}, "old"),
        ],
        start_course_when=[gate],
        release_when=[{"id": "test", "quotes": ["a test"], "when": TESTED}],
        delay={"id": "delay", "quotes": ["weekly"], "by": "1 week", "at_most": "28 days", "then_stop": "toxicity"},
    )
    return protocol(regimen=[plan], continuation=[going])


BASE = (anc("2025-03-03", 3000), form("2025-03-20", {"weight on 2025-03-20": "70 kg"}), anc("2025-03-31", 2000))
RECORDS = {
    "a hold and its end": (*BASE, anc("2025-03-10", 400), anc("2025-03-14", 1500)),
    "a count of the next course": (*BASE, anc("2025-04-07", 450)),
    "a count known to its month": (*BASE, form("2025-03-12", {"anc/x/value": "400 /mm3", "anc/x/on": "2025-03"})),
    "sex told late": (*BASE, form("2025-04-02", {"sex on 2025-04-02": "female"})),
    "birth told late": (*BASE, form("2025-04-02", {"birth_date on 2025-04-02": "1950-01-01"})),
    "age told late": (*BASE, form("2025-04-02", {"age on 2025-04-02": "75 years"})),
    "a count corrected": (*BASE, form("2025-03-12", {"anc/y/value": "4000 /mm3", "anc/y/on": "2025-03-12"}),
                          correction("2025-03-13", {"anc/y/value": "400 /mm3"})),
    "a course begun late": (*BASE, taken(1, "2025-03-05", "2025-03-25")),
    "a death": (*BASE, form("2025-04-10", {"death/1": {"on": "2025-04-10"}})),
}  # fmt: skip


@pytest.mark.parametrize("events", RECORDS.values(), ids=RECORDS)
def test_every_day_has_the_same_answer_whichever_day_was_asked_first(events) -> None:
    rash = Toxicity("Rash", Grade(3), PartialDate(2025, 4, 3), PartialDate(2025, 4, 5), True, event="e9")
    others = {"study": whole_plan(), "graded": (rash,), "assessed": ((day("2025-04-09"), Response.PD),)}
    backwards = treated(*events, doses="10 15", **others)
    plan = backwards.protocol.regimen[0]
    for step in range(60, -1, -2):
        on, anew = FIRST + timedelta(days=step), treated(*events, doses="10 15", **others)
        assert decide_dose(backwards, plan, on) == decide_dose(anew, plan, on), on
        assert hold_periods(backwards, plan, on) == hold_periods(anew, plan, on), on
        assert decided_before_courses(backwards, plan, on) == decided_before_courses(anew, plan, on), on
        assert decide_continuation(backwards, on) == decide_continuation(anew, on), on


@pytest.mark.parametrize(
    ("bound", "limit", "verdict"),
    [
        ("<", "< 5 /mm3", "M"),
        ("<", ">= 5 /mm3", "N"),
        ("<", "< 4 /mm3", "U"),
        (">", "> 5 /mm3", "M"),
        ("", "< 5 /mm3", "N"),
    ],
)
def test_a_value_given_only_as_below_or_above_is_compared_as_what_it_is(bound, limit, verdict) -> None:
    words = {"measure": "crp", "is": limit}
    seen = form("2025-03-10", {"crp/1": {"value": "5 /mm3", "bound": bound, "on": "2025-03-10"}})
    one = treated(seen, study=ruled(rule(words, {"warn": "look"})))
    data = Data.of(one, day("2025-03-11"))
    assert judge_condition(condition(**words), data.on(day("2025-03-11"))).verdict is WORDS[verdict]
    assert verdict_on(data, condition(**words), day("2025-03-11")) is WORDS[verdict]


@pytest.mark.parametrize(
    ("told", "action", "why"),
    [
        ({"grade": None, "related": True}, "wait", "could not be told on 2025-03-10: "),
        ({"grade": Grade(2), "related": None}, "give", ""),
    ],
)
def test_an_event_over_that_was_never_told_is_asked_for_with_its_day(told, action, why) -> None:
    grave = {"grade": "any", "is": ">= 3", "related": "yes", "ongoing": "yes", "laboratory": "no"}
    plan = ruled(rule(grave, {"reduce_by": "5 mg"}))
    asked = form("2025-03-20", {"adverse_event_review on 2025-03-20": "listed", "adverse_event/1": {"term": "Rash"}})
    rash = Toxicity("Rash", onset=PartialDate(2025, 3, 10), end=PartialDate(2025, 3, 12), event="e9", **told)
    events = [form("2025-03-10", {"anc on 2025-03-10": "2000 /mm3"}), asked]
    said = decide_dose(treated(*events, study=plan, graded=(rash,)), plan.regimen[0], day("2025-04-01"))
    assert said.action == action
    if why:
        assert [(one.clause, one.saw.startswith(why)) for one in said.because] == [("rule", True)]
        assert len(said.because[0].saw) > len(why) and said.missing


# ---- episodes, and values held for a time ----------------------------------------------------------------------------

SETS = [
    {"id": "steroids", "of": "medication", "codes": ["prednisone"]},
    {"id": "painkillers", "of": "medication", "codes": ["aspirin"]},
]


@pytest.mark.parametrize(
    ("fields", "verdicts"),
    [
        ({"code": "prednisone", "start": "2025-03-11", "on": "2025-03-11"}, "UMM"),
        ({"code": "aspirin", "start": "2025-03-11", "on": "2025-03-11"}, "UUN"),  # asked about on 2025-03-13
        ({"code": "curcumin", "start": "2025-03-11", "on": "2025-03-11"}, "UUU"),  # of no set: nobody knows which
        (None, "UUN"),
    ],
)
def test_an_episode_is_seen_from_its_day_on(fields, verdicts) -> None:
    words = {"had": "steroids"}
    plan = protocol(regimen=[regimen(dose=TITRATED, rules=[rule(words, {"stop": "steroids"})])], sets=SETS)
    told = [form("2025-03-13", {"medication_review on 2025-03-13": "listed" if fields else "none"})]
    told += [form("2025-03-11", {"medication/1": fields})] if fields else []
    one = treated(*told, study=plan)
    data, asked = Data.of(one, day("2025-03-14")), condition(**words)
    for on, expected in zip(DAYS[:3], verdicts, strict=True):
        assert judge_condition(asked, data.on(day(on))).verdict is WORDS[expected], on
        assert verdict_on(data, asked, day(on)) is WORDS[expected], on
        assert cannot_hold(data, asked, day(on)) is (verdicts == "UUN" or on < "2025-03-11"), on


@pytest.mark.parametrize(
    ("held_for", "first", "verdict"),
    [("1 years", "2024-03-01", "M"), ("1 years", "2024-05-01", "N"), ("2 months", "2025-01-05", "M")],
)
def test_a_value_held_for_a_time_is_looked_for_as_far_back_as_that(held_for, first, verdict) -> None:
    words = {"measure": "anc", "is": ">= 1000 /mm3", "for": held_for}
    one = treated(anc(first, 2000), anc("2025-03-08", 2000), study=ruled(rule(words, {"warn": "look"})))
    data = Data.of(one, day("2025-03-08"))
    assert verdict_on(data, condition(**words), day("2025-03-08")) is WORDS[verdict]
    assert judge_condition(condition(**words), data.on(day("2025-03-08"))).verdict is WORDS[verdict]


@pytest.mark.parametrize(("low", "verdict"), [("2024-03-08", "M"), ("2024-03-09", "N"), ("2024-09-01", "N")])
def test_a_low_value_within_the_time_it_must_have_held_is_found_behind_later_values(low, verdict) -> None:
    words = {"measure": "anc", "is": ">= 1000 /mm3", "for": "1 years"}
    counts = [
        anc("2024-03-08", 2000),
        anc("2024-10-01", 2000),
        anc("2025-03-05", 2000),
        anc("2025-03-06", 2000),
        anc("2025-03-08", 2000),
    ]
    counts += [anc(low, 400)] if verdict == "N" else []
    data = Data.of(treated(*counts, study=ruled(rule(words, {"warn": "look"}))), day("2025-03-08"))
    assert judge_condition(condition(**words), data.on(day("2025-03-08"))).verdict is WORDS[verdict]
    assert verdict_on(data, condition(**words), day("2025-03-08")) is WORDS[verdict]


@pytest.mark.parametrize(("on", "verdict"), [("2025-03-24", "M"), ("2025-03-25", "U")])
def test_an_answer_counts_no_longer_than_the_protocol_lets_it(on, verdict) -> None:
    """An answer of 10 March that counts for 14 days counts until 24 March."""
    words = {"ask": "fertile"}
    asked = [{"id": "fertile", "asks": "Can you become pregnant?", "valid_for": "14 days"}]
    plan = protocol(regimen=[regimen(dose=TITRATED, rules=[rule(words, {"stop": "fertile"})])], asks=asked)
    one = treated(form("2025-03-10", {"fertile on 2025-03-10": "yes"}), study=plan)
    data = Data.of(one, day(on))
    assert judge_condition(condition(**words), data.on(day(on))).verdict is WORDS[verdict]
    assert verdict_on(data, condition(**words), day(on)) is WORDS[verdict]


def test_what_is_so_either_way_is_told_after_a_condition_that_is_not() -> None:
    """No count is known on 9 March: below 500 or platelets is unknown, below 500 or not below 500 is met."""
    data = Data.of(treated(*RECORD, study=ruled()), day("2025-03-14"))
    for words, verdict in (({"any": [LOW, FINE]}, "U"), ({"any": [LOW, {"not": LOW}]}, "M")):
        assert verdict_on(data, condition(**words), day("2025-03-09")) is WORDS[verdict]


def test_each_grade_that_is_asked_for_is_looked_for_by_itself() -> None:
    """A rash of grade 3 since 11 March and a nausea of grade 1: the one meets a rule of grade 3, the other none."""
    both = (TOXICITY, Toxicity("Nausea", Grade(1), PartialDate(2025, 3, 11), event="e8"))
    nausea = {"grade": "nausea", "is": ">= 3"}
    plan = ruled(rule(RASH, {"stop": "rash"}, "rash"), rule(nausea, {"stop": "nausea"}, "nausea"))
    for order in ((RASH, nausea), (nausea, RASH)):
        data = Data.of(treated(*RECORD, study=plan, graded=both, on="2025-03-13"), day("2025-03-14"))
        found = {words["grade"]: cannot_hold(data, condition(**words), day("2025-03-14")) for words in order}
        assert found == {"rash": False, "nausea": True}


def test_no_episode_at_all_is_enough_where_none_is_asked_for() -> None:
    none_needed, one_needed = Had("medication", at_least_n=0), Had("medication", at_least_n=1)
    data = Data.of(treated(study=protocol(regimen=[regimen(dose=TITRATED)], sets=SETS)), day("2025-03-14"))
    assert [cannot_hold(data, each, day("2025-03-14")) for each in (none_needed, one_needed)] == [False, True]


def test_a_dose_that_cannot_be_read_is_told_for_the_courses_of_its_own_drug_alone() -> None:
    plan = protocol(regimen=[regimen(dose=TITRATED), regimen(id="other", drug="otherinib")])
    one = treated(course(2, "2025-03-31", "1 cm"), course(7, "2025-04-07", drug="otherinib"), study=plan)
    assert set(decided_before_courses(one, plan.regimen[0], day("2025-05-01"))) == {1, 2}


@pytest.mark.parametrize(("then", "dose"), [({"warn": "look"}, "15 mg"), ({"no_step_up": True}, "10 mg")])
def test_values_of_a_day_that_disagree_keep_from_a_step_up_only_where_the_rule_would(then, dose) -> None:
    of_a_day = {f"anc/{count}": {"value": f"{count} /mm3", "on": "2025-03-10"} for count in (400, 600)}
    counts = [form("2025-03-10", of_a_day), anc("2025-03-30", 3000)]
    one = treated(*counts, study=ruled(rule(LOW, then)))
    assert verdict_on(Data.of(one, day("2025-03-10")), condition(**LOW), day("2025-03-10")) is Verdict.UNKNOWN
    assert str(decide_dose(one, one.protocol.regimen[0], day("2025-03-31")).dose) == dose


def test_a_course_of_another_drug_is_no_course_of_this_one() -> None:
    plan = protocol(regimen=[regimen(dose=TITRATED), regimen(id="other", drug="otherinib")])
    one = treated(course(1, "2025-03-08", "20 mg", drug="otherinib"), study=plan)
    said = [decide_dose(one, drug, day("2025-03-10")) for drug in plan.regimen]
    assert [(each.course, each.day, str(each.dose)) for each in said] == [(1, 8, "10 mg"), (1, 3, "10 mg")]


@pytest.mark.parametrize(("said", "verdict"), [("yes", "M"), ("no", "N"), ("perhaps", "U")])
def test_an_answer_that_is_neither_yes_nor_no_is_unknown(said, verdict) -> None:
    words = {"ask": "fertile"}
    one = treated(form("2025-03-10", {"fertile on 2025-03-10": said}), study=ruled(rule(words, {"stop": "fertile"})))
    data = Data.of(one, day("2025-03-11"))
    assert verdict_on(data, condition(**words), day("2025-03-11")) is WORDS[verdict]
    assert judge_condition(condition(**words), data.on(day("2025-03-11"))).verdict is WORDS[verdict]


@pytest.mark.parametrize(
    ("words", "left_open"),
    [
        (RASH, True),
        ({"all": [RASH, {"measure": "platelets", "is": "< 50000 /mm3"}]}, True),
        ({"all": [RASH, {"grade": "nausea", "is": ">= 3"}]}, False),  # nobody knows of a nausea
        ({"all": [LOW, {"measure": "platelets", "is": "< 50000 /mm3"}]}, False),  # the count alone is told, and met
        ({"all": [{"not": FINE}, {"ask": "fertile"}]}, False),  # nothing at all was recorded
    ],
)
def test_only_what_was_recorded_and_does_not_tell_leaves_a_question_open(words, left_open) -> None:
    unknown = Toxicity("Rash", None, PartialDate(2025, 3, 11), event="e9")
    one = treated(anc("2025-03-12", 400), study=ruled(rule(words, {"stop": "rash"})), graded=(unknown,))
    found = open_question(Data.of(one, day("2025-03-12")), condition(**words), day("2025-03-12"))
    assert bool(found) is left_open
    assert found is None or found.event


def test_an_answer_that_is_neither_yes_nor_no_leaves_a_question_open_on_its_day() -> None:
    words = {"ask": "fertile"}
    one = treated(
        form("2025-03-12", {"fertile on 2025-03-12": "perhaps"}), study=ruled(rule(words, {"stop": "fertile"}))
    )
    data = Data.of(one, day("2025-03-13"))
    found = open_question(data, condition(**words), day("2025-03-12"))
    assert found and not found.event
    assert open_question(data, condition(**words), day("2025-03-13")) is None, "the day after nothing was recorded"


@pytest.mark.parametrize(("on", "action"), [("2025-03-10", "give"), ("2025-03-11", "hold"), ("2025-03-12", "hold")])
def test_what_was_seen_later_leaves_the_answer_of_an_earlier_day_as_it_was(on, action) -> None:
    """A count of 400 on day 8 holds from day 9 on, a day on which nothing was recorded; 14 March is asked first."""
    plan = ruled(rule({"all": [LOW, {"day": ">= 9"}]}, {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}}))
    one = treated(anc("2025-03-10", 400), form("2025-03-14", {"platelets on 2025-03-14": "60000 /mm3"}), study=plan)
    drug = plan.regimen[0]
    assert decide_dose(one, drug, day("2025-03-14")).action == "hold"
    assert decide_dose(one, drug, day(on)).action == action


def test_a_later_course_whose_dose_cannot_be_read_leaves_the_days_before_it_as_they_were() -> None:
    one = treated(course(2, "2025-03-31", "1 cm"), study=ruled())
    drug = one.protocol.regimen[0]
    assert decide_dose(one, drug, day("2025-04-02")).action not in ("give", "start")
    before = decide_dose(one, drug, day("2025-03-10"))
    assert (before.action, str(before.dose)) == ("give", "10 mg")
