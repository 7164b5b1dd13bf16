"""The calendar of a site: each visit on its day, one size however many patients, everything of a day by pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count, islice
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from trialwright.adapters.edc.work import board
from trialwright.core.conduct import case_of
from trialwright.core.schedule import Visit, visits

MANY = 1000


@pytest.fixture
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "BUDGET", 60.0)


@pytest.fixture
def many(running: Any, in_no_hurry: None) -> Any:
    """The study with the patients there are under other ids too, what is known of each taken over from its like."""
    there = list(running.record.subjects.items())
    copies = ((f"{name}-{again}", name, record) for again in count() for name, record in there)
    chosen = list(islice(copies, MANY))
    subjects = {name: replace(record, subject=name) for name, _like, record in chosen}
    kept, on = board.board_of(running).waiting, running.today
    told = {like: kept.of(running.trial, running.record, like, on) for like, _record in there}
    running.record = replace(running.record, subjects=subjects)
    for name, like, _record in chosen:
        answer = replace(told[like], subject=name)
        kept._of_day(on)[name] = (board.Grounds.of(running.record, name), answer)
    return running


def planned(running: Any) -> Iterator[tuple[str, Visit, date, date, date]]:
    """Every visit that is theirs by the core: of whom, its day, and its window."""
    on = running.today
    for subject in sorted(running.record.subjects):
        for one in visits(case_of(running.trial, running.record, subject, on), on):
            first, last = (one.done_on, one.done_on) if one.done_on else (one.earliest, one.latest)
            if first and last and one.state != "does not apply":
                yield subject, one, one.done_on or one.due, first, last


def of_the_day(client: Any, running: Any, on: date) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The visits that the page of a day lists: those due or made on it, and those whose window is open."""
    text = client.get(f"/{running.id}/calendar/", {"show": "day", "on": on.isoformat()}).content.decode()
    rows = re.findall(
        r'<th scope="row">(?:<a [^>]*>)?([^<]+).*?<td lang="en">([^<]+)</td>.*?<td>([^<]*)</td></tr>', text
    )
    due = {(subject, label) for subject, label, stands in rows if stands != "its window is open"}
    return due, {(subject, label) for subject, label, stands in rows if stands == "its window is open"}


@pytest.mark.usefixtures("in_no_hurry")
def test_a_day_has_every_visit_that_is_due_made_or_open_on_it(running: Any, client_of: Callable[..., Any]) -> None:
    from html import escape

    client, all_of = client_of("data manager"), [*planned(running)]
    days = sorted({day for *_, day, first, last in all_of for day in (day, first, last)})
    assert len(days) > 20
    for on in days[:: max(1, len(days) // 12)]:
        due, open_ = of_the_day(client, running, on)
        assert due == {(who, escape(one.encounter.label)) for who, one, day, *_ in all_of if day == on}, on
        still = [row for row in all_of if row[1].state not in ("done", "missed", "not made") and row[2] != on]
        wanted = {(who, escape(one.encounter.label)) for who, one, _day, first, last in still if first <= on <= last}
        assert open_ >= {row for row in wanted if row not in due}, on


@pytest.mark.usefixtures("in_no_hurry")
@pytest.mark.parametrize("show", ["month", "week", "day"])
def test_there_is_a_way_on_and_back(running: Any, client_of: Callable[..., Any], show: str) -> None:
    client, on = client_of("coordinator", running.site_ids[0]), running.today
    address = f"/{running.id}/calendar/"
    text = client.get(address, {"show": show, "on": on.isoformat()}).content.decode()
    after = re.search(r'href="(\?[^"]+)" rel="next"', text)
    assert after is not None
    later = client.get(address + after[1].replace("&amp;", "&")).content.decode()
    back = re.search(r'href="(\?[^"]+)" rel="prev"', later)
    assert back is not None
    again = client.get(address + back[1].replace("&amp;", "&")).content.decode()
    stands = re.compile(r'<time datetime="([^"]+)"')
    assert stands.findall(again) == stands.findall(text)
    assert set(stands.findall(later)) != set(stands.findall(text)) or show == "day"


@pytest.mark.parametrize("show", ["month", "week", "day"])
def test_a_page_is_of_one_size_and_asks_no_more_however_many_patients(
    running: Any, client_of: Callable[..., Any], many: Any, show: str
) -> None:
    client, few = client_of("data manager"), dict(islice(many.record.subjects.items(), 6))
    asked = []
    for subjects in (many.record.subjects, few):
        running.record = replace(running.record, subjects=subjects)
        answer = client.get(f"/{running.id}/calendar/", {"show": show})
        assert answer.status_code == 200 and len(answer.content) < 150_000, len(answer.content)
        print(f"{show}: {len(answer.content)} bytes of {len(subjects)} patients")
        with CaptureQueriesContext(connections["default"]) as statements:
            client.get(f"/{running.id}/calendar/", {"show": show})
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_what_has_no_room_in_a_month_is_counted_and_listed_by_its_day(
    running: Any, client_of: Callable[..., Any], many: Any
) -> None:
    from trialwright.adapters.edc.decisions.site_calendar import ROOM, Asked, days_of, whole_of

    client, address = client_of("data manager"), f"/{running.id}/calendar/"
    known = board.board_of(many).awaited(many, list(many.record.subjects), many.today).known
    assert len(known) == MANY
    month = days_of(Asked("month", many.today, ""), known, many.today)
    full = next(one for one in month if one.more)
    assert len(full.entries) == ROOM["month"]
    text = client.get(address, {"on": full.on.isoformat()}).content.decode()
    assert f"and {full.more} more</a>" in text and full.link.replace("&", "&amp;") in text
    (of_day,) = days_of(Asked("day", full.on, ""), known, many.today)
    assert len(of_day.entries) == len(full.entries) + full.more and not of_day.more
    rows = 0
    for page in range(1, -(-len(whole_of(of_day)) // 100) + 1):
        answer = client.get(address, {"show": "day", "on": full.on.isoformat(), "page": page})
        rows += answer.content.decode().count('<th scope="row">')
    assert rows == len(whole_of(of_day))


def test_patients_that_could_not_be_judged_in_time_are_counted(
    running: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "BUDGET", -1.0)
    text = client_of("data manager").get(f"/{running.id}/calendar/").content.decode()
    assert f"{len(running.record.subjects)} of {len(running.record.subjects)} patients are still being judged" in text
    client = client_of("data manager")
    empty = client.get(f"/{running.id}/calendar/", {"show": "day"}).content.decode()
    assert "No visit is due" not in empty and "Not everybody is judged yet" in empty


@pytest.mark.usefixtures("in_no_hurry")
@pytest.mark.parametrize(
    "odd", [{"show": "year"}, {"on": "x"}, {"on": "0001-01-01"}, {"site": "nowhere"}, {"page": "9"}]
)
def test_what_an_address_cannot_mean_is_the_month_of_today(
    running: Any, client_of: Callable[..., Any], odd: dict[str, str]
) -> None:
    text = client_of("data manager").get(f"/{running.id}/calendar/", odd).content.decode()
    assert f'<time datetime="{running.today.isoformat()}"' in text
