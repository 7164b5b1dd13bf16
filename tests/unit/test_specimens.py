"""Specimens from plan to destruction: order, places, temperature, time, consent, and what was measured in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import SITE, SUBJECT, case, correction, course, day, form, protocol, registered, screened
from trialwright.core.deviations import deviations
from trialwright.core.ledger import ConsentGiven, ConsentWithdrawn, Missing
from trialwright.core.protocol import CUSTODY_STEPS, TemperatureRange, TimeLimit
from trialwright.core.specimens import (
    Moment,
    assay_findings,
    custody_findings,
    custody_of,
    laboratory,
    panels,
    specimens_due,
)
from trialwright.core.subject import Case
from trialwright.core.terms import PartialDate, Quantity, Verdict
from trialwright.standards.units import UNITS

VISIT = {
    "id": "day_15", "quotes": ["day 15"], "label": "Day 15", "epoch": "treatment", "anchor": "course", "courses": "1",
    "day": 15, "window": [2, 2],
}  # fmt: skip
BLOOD: dict[str, Any] = {
    "id": "blood",
    "quotes": ["blood is drawn on day 15"],
    "label": "Blood",
    "matrix": "blood",
    "encounters": ["day_15"],
    "assays": [
        {"id": "panel", "label": "Panel", "analytes": ["CD4", "CD8"], "unit": "%", "quotes": ["blood is analysed"]},
        {"id": "open", "label": "Open", "analytes": ["IL-2"], "unit": "%", "extensible": True, "quotes": ["such as"]},
    ],
}
HANDLED = {
    **BLOOD,
    "handling": [
        {"id": "spin", "quotes": ["spun within 4 hours"], "step": "processed", "within": "4 hours"},
        {"id": "cold", "quotes": ["sent frozen"], "step": "shipped", "temperature": "at most -60 Cel"},
        {"id": "fast", "quotes": ["received in 2 days"], "step": "received", "within": "2 days", "after": "shipped"},
        {"id": "fridge", "quotes": ["kept cool"], "step": "assayed", "temperature": "2 to 8 Cel", "place": "Central"},
    ],
}
KEPT = {
    **BLOOD,
    "assays": [],
    "stored_for": "research",
    "storage_consent": "may_store",
    "keep_for": "5 years",
}
ASKS = [{"id": "may_store", "asks": "May it be kept?", "who": "subject", "kind": "consent"}]
KEY = "blood.day_15"
WHO = {"actor": "someone", "role": "coordinator", "site": SITE, "subject": SUBJECT}
STARTED = (screened("2025-02-20"), registered("2025-02-24", "2025-03-03"), course(1, "2025-03-03"))


def steps(*told: str, **fields: str) -> dict[str, dict[str, str]]:
    """Steps in short: "shipped 2025-03-17 14:00 Clinic>Central"; `fields` go to the last of them."""
    found = {}
    for number, text in enumerate(told, 1):
        step, on, *rest = text.split()
        time = rest.pop(0) if rest and ":" in rest[0] else ""
        place, _, to = " ".join(rest).partition(">")
        known = {"specimen": KEY, "step": step, "on": on, "time": time, "place": place, "to": to}
        found[f"custody/{number}"] = {name: each for name, each in known.items() if each}
    found[f"custody/{len(told)}"] |= fields
    return found


def subject(items: dict[str, Any], *events, specimen=BLOOD, on="2025-03-17") -> Case:
    study = protocol(encounters=[VISIT], specimens=[specimen], asks=ASKS)
    return case(*STARTED, *events, protocol=study, items=items, on=on, units=UNITS)


def says(of: Case, on: str = "2025-06-01") -> list[str]:
    return [one.says for one in custody_findings(of, day(on))]


def custody(of: Case, on: str = "2025-06-01"):
    (one,) = custody_of(of, day(on))
    return one


# ---- what the words of a protocol mean ----


@pytest.mark.parametrize(
    ("text", "minutes"), [("30 minutes", 30), ("1 hour", 60), ("4 hours", 240), ("2 days", 2880), ("1 week", 10080)]
)
def test_a_time_limit_is_so_many_minutes(text, minutes) -> None:
    limit = TimeLimit.parse(text)
    assert (limit.minutes, str(limit)) == (minutes, text)


@pytest.mark.parametrize("text", ["4", "4 months", "4 years", "-4 hours", "1.5 hours", "four hours", ""])
def test_what_is_no_time_limit_is_refused(text) -> None:
    with pytest.raises(ValueError, match="no time limit"):
        TimeLimit.parse(text)


@pytest.mark.parametrize("text", ["8 to 2 Cel", "2-8 Cel", "cold", "at most Cel", "2 to 8"])
def test_what_is_no_range_of_temperature_is_refused(text) -> None:
    with pytest.raises(ValueError, match="no range of temperature"):
        TemperatureRange.parse(text)


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        (("2025-03-17", "08:00", ""), ("2025-03-17", "08:01", ""), Verdict.MET),
        (("2025-03-17", "08:00", ""), ("2025-03-17", "08:00", ""), Verdict.NOT_MET),
        (("2025-03-17", "", ""), ("2025-03-17", "23:00", ""), Verdict.UNKNOWN),
        (("2025-03-16", "", ""), ("2025-03-17", "", ""), Verdict.MET),
        (("2025-03", "", ""), ("2025-03-31", "", ""), Verdict.UNKNOWN),
        (("2025-03", "", ""), ("2025-04-01", "", ""), Verdict.MET),
        # 23:30 in Chicago (UTC-6) is 05:30 UTC of the next day: later than 05:00 UTC, earlier than 06:00 UTC
        (("2025-03-17", "23:30", "-06:00"), ("2025-03-18", "06:00", "+00:00"), Verdict.MET),
        (("2025-03-17", "23:30", "-06:00"), ("2025-03-18", "05:00", "+00:00"), Verdict.NOT_MET),
        # without the offset of one of them they may be a day apart on the clock
        (("2025-03-17", "23:30", "-06:00"), ("2025-03-18", "06:00", ""), Verdict.UNKNOWN),
        (("2025-03-17", "23:30", "-06:00"), ("2025-03-20", "06:00", ""), Verdict.MET),
    ],
)
def test_one_moment_is_before_another_where_what_was_told_is_enough_to_say_so(first, second, before) -> None:
    a, b = (Moment(PartialDate.parse(on), time, offset) for on, time, offset in (first, second))
    assert a.before(b) is before


# ---- the way of a specimen ----

SOUND = (
    "collected 2025-03-17 08:00 Clinic",
    "processed 2025-03-17 10:00 Clinic",
    "shipped 2025-03-17 14:00 Clinic>Central",
    "received 2025-03-18 09:00 Central",
    "assayed 2025-03-19 09:00 Central",
    "stored 2025-03-19 12:00 Central",
    "destroyed 2030-03-19 12:00 Central",
)


@pytest.mark.parametrize("number", range(1, len(SOUND) + 1))
def test_a_specimen_is_in_the_state_of_its_last_step_and_nothing_is_wrong_on_a_sound_way(number) -> None:
    of = subject(steps(*SOUND[:number]))
    held = custody(of, "2031-01-01")
    assert held.state == SOUND[number - 1].split()[0] == CUSTODY_STEPS[number - 1]
    assert held.findings == ()
    assert held.steps[0].words == "collected on 2025-03-17 08:00 at Clinic"


def test_a_step_is_not_seen_before_the_day_it_was_done() -> None:
    of = subject(steps(*SOUND[:4]))
    assert [custody(of, on).state for on in ("2025-03-16", "2025-03-17", "2025-03-18")] == [
        "planned", "shipped", "received"]  # fmt: skip


def test_the_place_is_where_it_was_last_or_where_it_goes() -> None:
    places = [custody(subject(steps(*SOUND[:number]))).place for number in (2, 3, 4)]
    assert places == ["Clinic", "on its way to Central", "Central"]


def test_a_collection_recorded_with_the_visit_is_the_first_step() -> None:
    of = subject({f"specimen/{KEY}": {"specimen": "blood", "collected": "yes", "on": "2025-03-17"}})
    held = custody(of)
    assert (held.state, held.place, held.steps[0].by) == ("collected", SITE, "someone")


def test_a_specimen_that_was_not_collected_stays_so_with_the_reason() -> None:
    held = custody(subject({f"specimen/{KEY}": {"collected": "no", "reason": "refused", "on": "2025-03-17"}}))
    assert (held.state, held.next, held.because[0].saw) == ("not collected", (), "not taken: refused")


@pytest.mark.parametrize(
    ("told", "finding"),
    [
        (("processed 2025-03-17 10:00",), "processed on 2025-03-17 10:00, and never collected"),
        (
            ("collected 2025-03-17 08:00", "processed 2025-03-17 07:59"),
            "processed on 2025-03-17 07:59, before it was collected on 2025-03-17 08:00 (event e4)",
        ),
        (
            ("collected 2025-03-17", "received 2025-03-18 Central"),
            "received on 2025-03-18 at Central and nobody recorded that it was shipped",
        ),
        (
            ("collected 2025-03-17", "shipped 2025-03-18 Clinic>Central", "received 2025-03-19 Other"),
            "received on 2025-03-19 at Other, though shipped on 2025-03-18 from Clinic to Central (event e4)",
        ),
        (
            ("collected 2025-03-17", "shipped 2025-03-18 Clinic>Central", "assayed 2025-03-19"),
            "assayed on 2025-03-19 while it was on its way: it was shipped on 2025-03-18",
        ),
        (
            ("collected 2025-03-17", "shipped 2025-03-18", "shipped 2025-03-19"),
            "shipped on 2025-03-19 while it was on its way",
        ),
        (
            ("collected 2025-03-17 Clinic", "stored 2025-03-18 Freezer"),
            "stored on 2025-03-18 at Freezer, though it was collected on 2025-03-17 at Clinic (event e4)",
        ),
        (
            ("collected 2025-03-17", "destroyed 2025-03-18", "assayed 2025-03-19"),
            "assayed on 2025-03-19, after it was destroyed on 2025-03-18 (event e4)",
        ),
        (
            ("collected 2025-03-17", "destroyed 2025-03-18", "destroyed 2025-03-19"),
            "destroyed on 2025-03-19, after it was destroyed on 2025-03-18",
        ),
        (("collected 2025-03-17", "collected 2025-03-18"), "collected on 2025-03-18, and collected on 2025-03-17"),
    ],
)
def test_what_is_out_of_order_is_found_and_names_the_earlier_step(told, finding) -> None:
    found = says(subject(steps(*told)))
    assert any(f"Blood, Day 15 was {finding}" in one for one in found), found


@pytest.mark.parametrize(
    "told",
    [
        ("collected 2025-03-17", "processed 2025-03-17"),
        ("collected 2025-03-17", "stored 2025-03-17 Clinic", "shipped 2025-03-17 Clinic>Central"),
        ("collected 2025-03-17 08:00", "processed 2025-03-17"),
        ("collected 2025-03-17", "destroyed 2025-03-18", "assayed 2025-03-18"),
    ],
)
def test_what_only_may_be_out_of_order_for_want_of_a_time_is_not_held_against_anybody(told) -> None:
    assert says(subject(steps(*told))) == []


def test_two_laboratories_in_two_zones_are_put_in_order_by_the_instant() -> None:
    # 23:00 in Houston (UTC-6) is 05:00 UTC; 04:30 UTC of the next day on the clock is earlier
    told = steps("collected 2025-03-17 23:00", "processed 2025-03-18 04:30")
    told["custody/1"]["offset"], told["custody/2"]["offset"] = "-06:00", "+00:00"
    assert "before it was collected" in says(subject(told))[0]
    told["custody/2"]["offset"] = "-06:00"
    assert says(subject(told)) == []


def test_a_corrected_step_is_wrong_no_more() -> None:
    wrong = steps("collected 2025-03-17 08:00", "processed 2025-03-16 10:00")
    of = subject(wrong)
    assert len(says(of)) == 1
    mended = case(
        *STARTED,
        form("2025-03-17", wrong),
        correction("2025-03-20", {"custody/2/on": "2025-03-17"}),
        protocol=of.protocol,
        units=UNITS,
    )
    assert says(mended) == []


# ---- handling ----


@pytest.mark.parametrize(
    ("time", "late", "unsettled"),
    [("11:59", False, False), ("12:00", False, False), ("12:01", True, False), ("", False, True)],
)
def test_4_hours_are_kept_to_the_minute_and_without_a_time_nobody_knows(time, late, unsettled) -> None:
    of = subject(steps("collected 2025-03-17 08:00", f"processed 2025-03-17 {time}".strip()), specimen=HANDLED)
    found = [one for one in custody_findings(of, day("2025-06-01")) if one.clause == "spin"]
    assert bool(found) is late
    assert all("more than 4 hours after it was collected on 2025-03-17 08:00 (event e4)" in one.says for one in found)
    assert (custody(of).missing == ("times of day when it was collected and processed",)) is unsettled


@pytest.mark.parametrize(
    ("measured", "side"),
    [("-60.1 Cel", ""), ("-60 Cel", ""), ("-59.9 Cel", "above at most -60 Cel"), ("-76 [degF]", ""),
     ("-75 [degF]", "above at most -60 Cel"), ("3 kg", "cannot be compared"), (None, None)],
)  # fmt: skip
def test_a_temperature_at_the_limit_is_kept_in_either_unit_and_one_not_measured_is_missing(measured, side) -> None:
    # -60 Cel = -76 degF
    fields = {"temperature": measured} if measured else {}
    told = steps("collected 2025-03-17", "shipped 2025-03-18 Clinic>Central", **fields)
    of = subject(told, specimen=HANDLED)
    found = [one.says for one in custody_findings(of, day("2025-03-18")) if one.clause == "cold"]
    assert [side in one for one in found] == ([True] if side else [])
    assert ("temperature when shipped" in custody(of, "2025-03-18").missing) is (side is None)


@pytest.mark.parametrize(
    ("measured", "side"),
    [("1.9 Cel", "below"), ("2 Cel", ""), ("8 Cel", ""), ("8.1 Cel", "above"), ("46.5 [degF]", "above")],
)
def test_a_range_of_temperature_holds_both_its_ends(measured, side) -> None:
    told = steps("collected 2025-03-17", "assayed 2025-03-18 Central", temperature=measured)
    found = [one.says for one in custody_findings(subject(told, specimen=HANDLED), day("2025-03-18"))]
    assert [side in one for one in found] == ([True] if side else [])


def test_a_step_at_another_place_than_planned_is_found() -> None:
    told = steps("collected 2025-03-17", "assayed 2025-03-18 Corner shop", temperature="4 Cel")
    (found,) = says(subject(told, specimen=HANDLED))
    assert "assayed on 2025-03-18 at Corner shop; it was to be assayed at Central (kept cool)" in found


def test_two_days_on_the_way_are_counted_from_the_shipment() -> None:
    way = ("collected 2025-03-10 08:00", "shipped 2025-03-17 14:00 Clinic>Central")
    kept, late = (
        subject(steps(*way, f"received 2025-03-19 {time} Central"), specimen=HANDLED) for time in ("14:00", "14:01")
    )
    assert [one.clause for one in custody_findings(kept, day("2025-06-01")) if one.clause == "fast"] == []
    (found,) = [one for one in custody_findings(late, day("2025-06-01")) if one.clause == "fast"]
    assert "more than 2 days after it was shipped on 2025-03-17 14:00" in found.says


@pytest.mark.parametrize("condition", ["thawed", "damaged", "insufficient", "lost"])
def test_a_specimen_in_a_bad_condition_is_found_and_a_lost_one_goes_nowhere(condition) -> None:
    told = steps("collected 2025-03-17", "shipped 2025-03-18 A>B", "received 2025-03-19 B", condition=condition)
    held = custody(subject(told))
    assert [f"received on 2025-03-19 at B: {condition}" in one.says for one in held.findings] == [True]
    assert (held.state, held.next == ()) == (("lost", True) if condition == "lost" else ("received", False))


# ---- what is next ----


def due(of: Case, on: str) -> list[tuple[str, str | None, bool]]:
    return [(one.to_do, str(one.due) if one.due else None, one.overdue) for one in specimens_due(of, day(on))]


@pytest.mark.parametrize(
    ("number", "on", "next_"),
    [
        (0, "2025-03-14", []),
        (0, "2025-03-15", [("collect", "2025-03-19", False)]),
        (0, "2025-03-18", [("collect", "2025-03-19", True)]),
        (0, "2025-03-20", []),
        (1, "2025-03-17", [("process", "2025-03-17", False)]),
        (1, "2025-03-18", [("process", "2025-03-17", True)]),
        (2, "2025-03-18", [("ship", None, False)]),
        (3, "2025-03-19", [("receive", "2025-03-19", False)]),
        (3, "2025-03-20", [("receive", "2025-03-19", True)]),
        (4, "2025-03-20", [("assay", None, False)]),
        (5, "2025-03-20", []),
    ],
)
def test_the_next_step_is_due_when_its_time_after_the_earlier_one_is_over(number, on, next_) -> None:
    of = subject(steps(*SOUND[:number]) if number else {"fertile": "no"}, specimen=HANDLED)
    assert due(of, on) == next_


def test_the_hour_until_which_it_is_due_is_told_with_its_clause() -> None:
    (one,) = specimens_due(subject(steps(SOUND[0]), specimen=HANDLED), day("2025-03-17"))
    assert (one.key, one.time, one.because.clause, one.because.words) == (KEY, "12:00", "spin", "spun within 4 hours")
    assert [each.event for each in one.evidence] == ["e4"]


def test_each_aliquot_goes_its_own_way() -> None:
    told = steps("collected 2025-03-17 08:00", "processed 2025-03-17 09:00", "stored 2025-03-17 10:00", aliquot="a")
    told |= {"custody/9": {"specimen": KEY, "step": "destroyed", "on": "2025-03-18", "aliquot": "b"}}
    held = custody(subject(told, specimen={**BLOOD, "aliquots": 3}))
    assert held.aliquots == {"a": "stored", "b": "destroyed"}
    assert held.state == "stored"
    assert ["divided into 2 aliquots (a, b) of 3" in one.says for one in held.findings] == [True]


def test_the_laboratory_sees_the_specimens_of_all_subjects_or_of_one_site() -> None:
    one = subject(steps(*SOUND[:4]))
    other = replace(one, record=replace(one.record, subject="S02-001", site="S02"))
    rows = laboratory([other, one], day("2025-03-20"))
    assert [(row.site, row.subject, row.state, row.place) for row in rows] == [
        ("S01", "S01-001", "received", "Central"),
        ("S02", "S02-001", "received", "Central"),
    ]
    assert [row.subject for row in laboratory([other, one], day("2025-03-20"), "S02")] == ["S02-001"]


# ---- consent to keep it ----

STORED = steps("collected 2025-03-17", "stored 2025-03-20")


def consent(on: str) -> ConsentGiven:
    return ConsentGiven(**WHO, occurred=day(on), version="1", scope=("stored specimens",))


def withdrawal(on: str, scope: str = "stored specimens") -> ConsentWithdrawn:
    return ConsentWithdrawn(**WHO, occurred=day(on), scope=(scope,), why="moved away")


@pytest.mark.parametrize(
    ("events", "items", "found"),
    [
        ((), {}, "no may_store recorded"),
        ((), {"may_store on 2025-03-03": "no"}, "may_store"),
        ((), {"may_store on 2025-03-03": "yes"}, ""),
        ((), {"may_store on 2025-03-20": "yes"}, ""),
        ((), {"may_store on 2025-03-21": "yes"}, "no may_store"),
        ((consent("2025-03-20"),), {}, ""),
        ((consent("2025-03-21"),), {}, "no may_store recorded"),
        ((consent("2025-03-01"), withdrawal("2025-03-19")), {}, "was withdrawn on 2025-03-19"),
        ((consent("2025-03-01"), withdrawal("2025-03-19", "study")), {}, "was withdrawn on 2025-03-19"),
        ((consent("2025-03-01"), withdrawal("2025-03-19", "follow-up")), {}, ""),
        ((consent("2025-03-01"), withdrawal("2025-03-18"), consent("2025-03-19")), {}, ""),
    ],
)
def test_keeping_without_consent_is_found(events, items, found) -> None:
    of = subject({**STORED, **items}, *events, specimen=KEPT)
    told = [one for one in says(of, "2025-03-20") if "without consent" in one]
    assert [found in one for one in told] == ([True] if found else [])


def test_where_the_protocol_asks_for_no_consent_none_is_missed() -> None:
    assert says(subject(STORED), "2025-03-21") == []


@pytest.mark.parametrize(
    ("answer", "to_do", "saw"),
    [
        ("yes", "store", "not yet stored"),
        ("no", "destroy", "it may not be kept: may_store"),
        ("", "store", "first ask whether it may be kept: no may_store recorded"),
    ],
)
def test_a_specimen_is_kept_with_consent_destroyed_without_and_while_that_is_unknown_asked_about(answer, to_do, saw):
    items = {**COLLECTED, **({"may_store on 2025-03-03": answer} if answer else {})}
    (one,) = specimens_due(subject(items, specimen=KEPT), day("2025-03-18"))
    assert (one.to_do, saw in one.because.saw) == (to_do, True)


@pytest.mark.parametrize("scope", ["stored specimens", "study"])
def test_withdrawn_consent_makes_destruction_due_and_only_that_until_it_is_done(scope) -> None:
    events = (consent("2025-03-01"), withdrawal("2025-04-01", scope))
    of = subject(STORED, *events, specimen=KEPT)
    assert due(of, "2025-03-31") == []
    assert due(of, "2025-04-01") == [("destroy", "2025-04-01", True)]
    (one,) = specimens_due(of, day("2025-04-01"))
    assert "withdrawn on 2025-04-01: moved away" in one.because.saw
    gone = subject(steps("collected 2025-03-17", "stored 2025-03-20", "destroyed 2025-04-03"), *events, specimen=KEPT)
    assert (due(gone, "2025-04-03"), custody(gone).state, says(gone)) == ([], "destroyed", [])


@pytest.mark.parametrize(("on", "found"), [("2025-03-31", 0), ("2025-04-01", 0), ("2025-04-02", 1)])
def test_an_assay_after_consent_was_withdrawn_is_found(on, found) -> None:
    told = steps("collected 2025-03-17", "stored 2025-03-20", f"assayed {on}")
    of = subject(told, consent("2025-03-01"), withdrawal("2025-04-01"), specimen=KEPT)
    held = [one for one in says(of) if "after consent was withdrawn on 2025-04-01 (event e5)" in one]
    assert len(held) == found


def test_a_result_alone_shows_an_assay_after_withdrawal() -> None:
    specimen = {**KEPT, "assays": BLOOD["assays"]}
    result = {"specimen": "blood", "encounter": "day_15", "assay": "panel", "analyte": "CD4", "value": "40 %"}
    events = (consent("2025-03-01"), withdrawal("2025-04-01"))
    told = {**STORED, **{f"assay/x/{name}": value for name, value in result.items()}, "assay/x/on": "2025-03-17"}
    of = subject({**told, "assay/x/assayed_on": "2025-04-02"}, *events, specimen=specimen)
    assert any("assayed on 2025-04-02, after consent was withdrawn" in one for one in says(of))
    unknown = subject(told, *events, specimen=specimen, on="2025-04-02")
    assert ("after consent" in " ".join(says(unknown)), custody(unknown).missing) == (False, ("day of the assay",))


def test_a_result_is_known_from_the_day_it_was_reported() -> None:
    # the result holds for the day of the blood draw and came in 8 days later
    of = subject({**COLLECTED, **result("CD4")}, on="2025-03-25")
    states = [panels(of, day(on))[0].results[0].state for on in ("2025-03-24", "2025-03-25")]
    assert states == ["awaited", "reported"]


@pytest.mark.parametrize(("on", "due_"), [("2030-03-17", []), ("2030-03-18", [("destroy", "2030-03-17", True)])])
def test_a_specimen_kept_for_5_years_is_to_be_destroyed_the_day_after(on, due_) -> None:
    assert due(subject(STORED, consent("2025-03-01"), specimen=KEPT), on) == due_


# ---- assays ----


def result(analyte: str, value: Any = "40 %", assay: str = "panel", **fields: str) -> dict[str, Any]:
    told = {"specimen": "blood", "encounter": "day_15", "assay": assay, "analyte": analyte, "on": "2025-03-20"}
    return {f"assay/{KEY}.{assay}.{analyte}": {**told, "value": value, **fields}}


def panel(items: dict[str, Any], assay: str = "panel", on: str = "2025-06-01"):
    (found,) = [one for one in panels(subject(items), day(on)) if one.assay.id == assay]
    return found


COLLECTED = steps("collected 2025-03-17")


def test_a_panel_is_complete_when_every_analyte_is_reported_or_said_not_to_be_evaluable() -> None:
    half = panel({**COLLECTED, **result("CD4")})
    assert [(one.analyte, one.state) for one in half.results] == [("CD4", "reported"), ("CD8", "awaited")]
    assert (half.complete, half.missing, half.because.saw) == (
        False, ("CD8",), "1 of 2 analytes reported; the specimen is assayed")  # fmt: skip
    whole = panel({**COLLECTED, **result("CD4"), **result("CD8", Missing("not_done"), reason="clotted")})
    assert (whole.complete, whole.missing) == (True, ())
    assert [(one.state, one.value, one.reason) for one in whole.results] == [
        ("reported", Quantity.parse("40 %"), ""), ("not evaluable", None, "clotted")]  # fmt: skip


def test_a_value_said_not_to_be_evaluable_is_not_used() -> None:
    told = panel({**COLLECTED, **result("CD4", evaluable="no", reason="thawed")})
    assert (told.results[0].state, told.results[0].value, told.results[0].reason) == ("not evaluable", None, "thawed")
    assert told.evaluable is False


@pytest.mark.parametrize(
    ("items", "state", "reason"),
    [
        ({"fertile": "no"}, "planned", "not collected yet"),
        ({f"specimen/{KEY}": {"collected": "no", "reason": "refused"}}, "not collected", "not taken: refused"),
        (COLLECTED, "awaited", "the specimen is collected"),
        (steps("collected 2025-03-17", "destroyed 2025-03-18"), "not evaluable", "the specimen is destroyed"),
    ],
)
def test_an_analyte_without_a_result_says_what_it_waits_for(items, state, reason) -> None:
    first = panel(items, on="2025-03-18").results[0]
    assert first.state == state
    assert reason in first.reason


def test_an_analyte_besides_those_named_as_examples_is_reported_and_elsewhere_found() -> None:
    items = {**COLLECTED, **result("IL-2", assay="open"), **result("IL-4", assay="open")}
    assert [(one.analyte, one.extra) for one in panel(items, "open").results] == [("IL-2", False), ("IL-4", True)]
    assert assay_findings(subject(items), day("2025-06-01")) == ()
    (found,) = assay_findings(subject({**COLLECTED, **result("CD88")}), day("2025-06-01"))
    assert "'CD88' of Panel, which the protocol does not plan. Is CD8 meant?" in found.says


@pytest.mark.parametrize(("value", "wrong"), [("40 %", False), ("0.4 1", False), ("40 mg", True)])
def test_a_result_in_a_unit_that_measures_something_else_is_found(value, wrong) -> None:
    found = assay_findings(subject({**COLLECTED, **result("CD4", value)}), day("2025-06-01"))
    assert [f"came as {value}" in one.says for one in found] == ([True] if wrong else [])


# ---- what belongs to nothing ----


@pytest.mark.parametrize(
    ("fields", "near"),
    [
        ({"specimen": "blod.day_15", "step": "processed"}, "Is blood.day_15 meant?"),
        ({"specimen": KEY, "step": "proccessed"}, "Is processed meant?"),
        ({"specimen": "hair.day_15", "step": "stored"}, "Write <specimen>.<visit>."),
    ],
)
def test_a_record_of_custody_that_belongs_to_no_specimen_is_found_with_the_near_miss(fields, near) -> None:
    found = custody_findings(subject({"custody/1": {**fields, "on": "2025-03-17"}}), day("2025-06-01"))
    assert [one.do for one in found] == [near]


def test_a_specimen_nobody_planned_at_that_visit_is_followed_all_the_same() -> None:
    told = {"custody/1": {"specimen": "blood.u1", "step": "collected", "on": "2025-03-11"}}
    held = {one.key: one for one in custody_of(subject(told), day("2025-03-12"))}
    assert held["blood.u1"].state == "collected"
    assert held["blood.u1"].sample is None


# --- deviations -------------------------------------------------------------------------------------------------------


def test_what_went_wrong_on_the_way_is_a_deviation_with_its_clause_and_entry() -> None:
    taken = steps("collected 2025-03-17 09:00 Clinic", "stored 2025-03-16 10:00 Clinic")
    one = subject(taken, on="2025-03-18")
    wrong = custody_findings(one, day("2025-03-18"))
    found = [each for each in deviations(one, day("2025-03-18")) if each.kind == "specimen handled otherwise"]
    assert wrong and [each.says for each in found] == [each.says for each in wrong if each.clause]
    assert all(each.event and each.clause and each.severity == "minor" for each in found)
