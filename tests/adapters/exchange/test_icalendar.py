"""The calendar of a subject as other programs read it: same visit, same entry, whatever moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from builders import (
    CONCEPTS,
    SUBJECT,
    UNITS,
    course,
    day,
    ended,
    form,
    left,
    protocol,
    registered,
    screened,
    taken,
)
from trialwright.adapters.exchange.appointments import appointments
from trialwright.adapters.exchange.icalendar import write_icalendar
from trialwright.cli.export import Asked
from trialwright.core.bundle import Standards
from trialwright.core.conduct import Trial
from trialwright.core.ledger import Event, SubjectTransferred
from trialwright.core.subject import fold_study


def encounter(id_: str, anchor: str, epoch: str = "treatment", **parts) -> dict:
    return {"id": id_, "quotes": [f"words of {id_}"], "label": id_, "epoch": epoch, "anchor": anchor, **parts}


ENCOUNTERS = [
    encounter("day_1", "course", day=1, window=[1, 3]),
    encounter("day_15", "course", courses="1", day=15, window=[2, 2], collect=["anc"]),
    encounter("women", "course", courses="1", day=8, applies_when={"sex": "female"}),
    encounter("safety", "last_dose", "follow-up", offset="30 days", window=[0, 7]),
]
PROMISE = {"id": "contraception", "quotes": ["4 weeks after"], "applies_when": {"ask": "fertile"},
           "commitment": "promises", "after": "4 weeks"}  # fmt: skip
ASKS = [{"id": "promises", "asks": "Promised?"}, {"id": "fertile", "asks": "Fertile?"}]
STUDY = protocol(encounters=ENCOUNTERS, obligations=[PROMISE], asks=ASKS)
TRIAL = Trial({"1": STUDY}, {"1": Standards(UNITS, CONCEPTS)}, {"1": "hash"})
START = (
    screened("2025-02-20"),
    form("2025-02-20", {"sex": "male", "fertile": "yes", "anc": "1234 /mm3"}),
    registered("2025-02-24", "2025-03-03"),
)
NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


def told(*events: Event) -> list[Event]:
    """Events as a ledger holds them: numbered, and written a minute apart."""
    return [
        replace(event, seq=number, id=f"e{number}", recorded=NOON + timedelta(minutes=number))
        for number, event in enumerate(events, 1)
    ]


def entries(*events: Event, on: str):
    ledger = told(*events)
    return appointments(TRIAL, fold_study(ledger), ledger, SUBJECT, day(on))


def calendar(*events: Event, on: str, simulated: bool = False) -> dict[str, object]:
    read = Calendar.from_ical(write_icalendar(entries(*events, on=on), "EXAMPLE-1 S01-001", simulated))
    return {str(one["uid"]): one for one in read.walk() if one.name in ("VEVENT", "VTODO")}


DAY_15 = f"day_15.{SUBJECT}.EXAMPLE-1@trialwright"


def test_a_visit_is_an_all_day_event_over_its_window_with_the_day_it_is_due_in_its_title() -> None:
    one = calendar(*START, course(1, "2025-03-03"), on="2025-03-04")[DAY_15]
    # day 15 is 17 March, 2 days before and after: 15 to 19, and the end of an all-day event is the day after
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2025, 3, 15), date(2025, 3, 20))
    assert one["dtstart"].params["VALUE"] == "DATE"
    assert str(one["summary"]) == "S01-001 day_15 (due 2025-03-17)"
    assert "Clause day_15: words of day_15" in str(one["description"])
    assert (str(one["status"]), str(one["transp"])) == ("TENTATIVE", "TRANSPARENT")


def test_a_visit_that_moves_keeps_its_uid_and_takes_the_place_in_the_ledger_that_moved_it() -> None:
    before = calendar(*START, on="2025-02-25")[DAY_15]
    after = calendar(*START, course(1, "2025-03-05"), on="2025-03-05")[DAY_15]
    assert (before["dtstart"].dt, after["dtstart"].dt) == (date(2025, 3, 15), date(2025, 3, 17))
    assert (before["sequence"], after["sequence"]) == (3, 4)
    assert [one["last-modified"].dt for one in (before, after)] == [NOON + timedelta(minutes=n) for n in (3, 4)]
    assert [one["dtstamp"].dt for one in (before, after)] == [NOON + timedelta(minutes=n) for n in (3, 4)]


def test_what_changes_nothing_of_a_visit_leaves_its_entry_as_it_was() -> None:
    # the course began on the day it was planned for, so that the registration, event 3, was the last to change it
    more = form("2025-03-06", {"anc": "900 /mm3"})
    assert calendar(*START, course(1, "2025-03-03"), more, on="2025-03-06")[DAY_15]["sequence"] == 3


def test_a_visit_done_stands_on_its_day() -> None:
    done = form("2025-03-18", {"visit/day_15": {"on": "2025-03-18", "done": "yes"}}, encounter="day_15")
    one = calendar(*START, course(1, "2025-03-03"), done, on="2025-03-20")[DAY_15]
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2025, 3, 18), date(2025, 3, 19))
    assert str(one["summary"]) == "S01-001 day_15 (done 2025-03-18, due 2025-03-17)"


def test_a_visit_called_off_is_cancelled_under_its_uid() -> None:
    one = calendar(*START, course(1, "2025-03-03"), ended("2025-03-10"), on="2025-03-11")[DAY_15]
    assert (str(one["status"]), one["sequence"]) == ("CANCELLED", 5)
    assert (one["dtstart"].dt, str(one["summary"])) == (date(2025, 3, 15), "S01-001 day_15 (called off)")


def test_after_the_subject_left_everything_that_was_announced_is_cancelled_and_nothing_new_is_planned() -> None:
    found = entries(*START, course(1, "2025-03-03"), left("2025-03-10"), on="2025-03-11")
    assert {one.key: one.status for one in found if one.last and one.last > day("2025-03-10")} == {
        "day_15": "CANCELLED", "day_1.2": "CANCELLED"}  # fmt: skip


def test_what_was_never_announced_is_not_cancelled_either() -> None:
    # sex was not known at first: the visit of women was announced as perhaps needed, then called off
    assert "women" not in {one.key for one in entries(*START, on="2025-02-25")}
    unknown = (screened("2025-02-20"), registered("2025-02-24", "2025-03-03"))
    (one,) = [one for one in entries(*unknown, on="2025-02-25") if one.key == "women"]
    assert (one.status, one.summary) == ("TENTATIVE", "S01-001 women (due 2025-03-10, whether needed is unknown)")
    known = (*unknown, form("2025-02-26", {"sex": "male"}))
    (one,) = [one for one in entries(*known, on="2025-02-27") if one.key == "women"]
    assert (one.status, one.sequence) == ("CANCELLED", 3)


def test_a_visit_without_a_day_is_a_task() -> None:
    found = calendar(*START, course(1, "2025-03-03"), ended("2025-03-10"), on="2025-03-11")
    one = found[f"safety.{SUBJECT}.EXAMPLE-1@trialwright"]
    assert (one.name, str(one["summary"])) == ("VTODO", "S01-001 safety (date unknown)")
    dated = (*START, course(1, "2025-03-03"), taken(1, "2025-03-03", "2025-03-09"), ended("2025-03-10"))
    one = calendar(*dated, on="2025-03-11")[f"safety.{SUBJECT}.EXAMPLE-1@trialwright"]
    assert (one.name, one["dtstart"].dt) == ("VEVENT", date(2025, 4, 8))


def test_the_last_day_of_a_duty_is_in_the_calendar() -> None:
    # 4 weeks after 15 June are 13 July
    over = (*START, course(1, "2025-06-01"), ended("2025-06-20", last_dose="2025-06-15"))
    one = calendar(*over, on="2025-06-20")[f"duty.contraception.{SUBJECT}.EXAMPLE-1@trialwright"]
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2025, 7, 13), date(2025, 7, 14))


def test_no_value_of_the_subject_is_in_the_calendar() -> None:
    text = write_icalendar(entries(*START, course(1, "2025-03-03"), on="2025-03-04"), "x", simulated=False).decode()
    assert "1234" not in text
    assert "male" not in text
    assert "CLASS:CONFIDENTIAL" in text


def test_data_of_a_rehearsal_say_so_in_the_name_of_the_calendar_and_in_every_title() -> None:
    found = entries(*START, course(1, "2025-03-03"), on="2025-03-04")
    read = Calendar.from_ical(write_icalendar(found, "EXAMPLE-1", simulated=True))
    events = read.walk("VEVENT")
    assert str(read["x-wr-calname"]) == "SIMULATED EXAMPLE-1"
    assert events
    assert all(str(one["summary"]).startswith("SIMULATED ") for one in events)
    assert all(str(one["uid"]).startswith("simulated.") for one in events)
    real = Calendar.from_ical(write_icalendar(found, "EXAMPLE-1", simulated=False))
    assert "SIMULATED" not in real.to_ical().decode()


def test_the_same_ledger_gives_the_same_bytes_in_lines_as_the_standard_wants_them() -> None:
    written = [
        write_icalendar(entries(*START, course(1, "2025-03-03"), on="2025-03-04"), "x", simulated=False)
        for _ in range(2)
    ]
    assert written[0] == written[1]
    lines = written[0].split(b"\r\n")
    assert (lines[0], lines[-2:]) == (b"BEGIN:VCALENDAR", [b"END:VCALENDAR", b""])
    assert max(map(len, lines)) <= 75
    assert all(b"\n" not in line for line in lines)
    assert written[0].count(b"BEGIN:VEVENT") == written[0].count(b"\r\nUID:") == written[0].count(b"\r\nDTSTAMP:")


def test_a_later_calendar_never_carries_a_lower_sequence() -> None:
    events = (
        *START, course(1, "2025-03-03"), form("2025-03-18", {"visit/day_15": {"on": "2025-03-18", "done": "yes"}}),
        course(2, "2025-04-07"), ended("2025-04-20"), left("2025-04-25"),
    )  # fmt: skip
    last: dict[str, int] = {}
    for number in range(1, len(events) + 1):
        on = max(event.occurred for event in events[:number])
        for one in entries(*events[:number], on=str(on)):
            assert one.sequence >= last.get(one.uid, 0)
            last[one.uid] = one.sequence
    assert len(last) > 4


def test_a_course_that_is_waited_for_keeps_its_day_and_its_later_days_move_with_the_calendar() -> None:
    later = encounter("day_8", "course", courses="2", day=8)
    study = replace(STUDY, encounters=protocol(encounters=[*ENCOUNTERS, later]).encounters)
    trial = replace(TRIAL, versions={"1": study})
    ledger = told(*START, course(1, "2025-03-03"))
    days = {}
    for on in ("2025-03-31", "2025-04-04"):
        found = appointments(trial, fold_study(ledger), ledger, SUBJECT, day(on))
        days[on] = {one.key: (str(one.first), one.modified) for one in found}
    assert [days[on]["day_1.2"][0] for on in days] == ["2025-03-30", "2025-03-30"]
    assert [days[on]["day_8"][0] for on in days] == ["2025-04-07", "2025-04-11"]
    assert days["2025-04-04"]["day_8"][1] == datetime(2025, 4, 4, tzinfo=UTC)


# ---- a subject who goes to another site ------------------------------------------------------------------------------


def who(on: str) -> dict:
    return {"actor": "someone", "role": "coordinator", "site": "S01", "subject": SUBJECT, "occurred": day(on)}


MOVED = (
    *START,
    course(1, "2025-03-03"),
    form("2025-03-03", {"visit/day_1.1": {"on": "2025-03-03", "done": "yes"}}, encounter="day_1.1"),
    SubjectTransferred(**who("2025-03-10"), to="S02"),
)


def at_site(site: str | None, *events: Event, on: str) -> dict[str, tuple[str, str]]:
    ledger = told(*events)
    found = appointments(TRIAL, fold_study(ledger), ledger, SUBJECT, day(on), site)
    return {one.key: (one.status, one.site) for one in found}


def test_the_site_a_subject_left_is_told_that_what_was_to_come_is_called_off_and_keeps_what_was_done() -> None:
    # day 1 was done at the first site on 3 March; day 15 (17 March) and the next course (31 March) are at the second
    assert at_site("S01", *MOVED[:-1], on="2025-03-10") == {
        "day_1.1": ("CONFIRMED", "S01"), "day_15": ("TENTATIVE", "S01"), "day_1.2": ("TENTATIVE", "S01")}  # fmt: skip
    assert at_site("S01", *MOVED, on="2025-03-10") == {
        "day_1.1": ("CONFIRMED", "S02"), "day_15": ("CANCELLED", "S01"), "day_1.2": ("CANCELLED", "S01")}  # fmt: skip
    for there in ("S02", None):
        assert {key: status for key, (status, _) in at_site(there, *MOVED, on="2025-03-10").items()} == {
            "day_1.1": "CONFIRMED", "day_15": "TENTATIVE", "day_1.2": "TENTATIVE"}  # fmt: skip


def test_the_site_a_subject_left_is_told_nothing_of_the_visits_after() -> None:
    later = (*MOVED, course(2, "2025-03-31"), course(3, "2025-04-28"))
    assert set(at_site("S01", *later, on="2025-04-28")) == {"day_1.1", "day_15", "day_1.2"}
    assert "day_1.3" in at_site("S02", *later, on="2025-04-28")


def test_a_subject_who_comes_back_is_in_the_calendar_of_the_first_site_again() -> None:
    back = (*MOVED, SubjectTransferred(**who("2025-03-12"), to="S01"))
    assert at_site("S01", *back, on="2025-03-12")["day_15"] == ("TENTATIVE", "S01")
    assert at_site("S02", *back, on="2025-03-12")["day_15"] == ("CANCELLED", "S02")


def test_a_site_the_subject_never_belonged_to_is_told_nothing() -> None:
    assert at_site("S09", *MOVED, on="2025-03-12") == {}


@pytest.mark.parametrize(
    ("site", "on", "told_of"),
    [
        ("S01", "2025-03-09", [SUBJECT]),
        ("S01", "2025-03-10", [SUBJECT]),  # gone, and told so
        ("S02", "2025-03-09", []),
        ("S02", "2025-03-10", [SUBJECT]),
        ("S09", "2025-03-10", []),
        (None, "2025-03-10", [SUBJECT]),
    ],
)
def test_the_calendar_of_a_site_is_of_everybody_who_ever_belonged_to_it(site, on, told_of) -> None:
    ledger = told(*MOVED)
    asked = Asked(TRIAL, fold_study(ledger), ledger, "head", None, site, day(on))
    assert asked.ever_there == told_of
