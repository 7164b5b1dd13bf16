"""The lists of many patients: a hundred on a page, filters that reach all, nothing left out in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, islice
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from trialwright.adapters.edc.oversight import queries
from trialwright.adapters.edc.trial import deviations_page
from trialwright.adapters.edc.work import board, today
from trialwright.core.oversight.coding import plain_term

MANY = 250
LISTS = ("queries", "verification", "unsigned", "coding", "capsules", "trial/deviations", "trial/serious", "specimens")
"""The lists that are about everybody."""


@pytest.fixture
def many(running: Any) -> Any:
    """The study with the patients there are under other ids too, until they are so many."""
    there = list(running.record.subjects.items())
    copies = ((f"{name}-{again}", record) for again in count() for name, record in there)
    subjects = {name: replace(record, subject=name) for name, record in islice(copies, MANY)}
    running.record = replace(running.record, subjects=subjects)
    return running


@pytest.fixture
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "BUDGET", 60.0)


def read(client: Any, many: Any, page: str) -> str:
    answer = client.get(f"/{many.id}/{page}")
    assert answer.status_code == 200, page
    assert len(answer.content) < 150_000, f"{page}: {len(answer.content)} bytes"
    return str(answer.content.decode())


def patients(page: str) -> list[str]:
    """The patients that a list names at the head of its rows, in its order."""
    return re.findall(r'<th scope="row"[^>]*><a href="/[^"]+/subjects/([^/]+)/', page)


@pytest.mark.usefixtures("in_no_hurry")
@pytest.mark.parametrize("page", ["verification", "unsigned"])
def test_a_list_of_many_patients_shows_a_hundred_and_leads_to_everybody(
    many: Any, client_of: Callable[..., Any], page: str
) -> None:
    client = client_of("data manager")
    pages = [patients(read(client, many, f"{page}/?page={number}")) for number in (1, 2, 3)]
    assert [len(one) for one in pages] == [100, 100, 50]
    assert sorted(name for one in pages for name in one) == sorted(many.record.subjects)
    assert "1–100 of 250" in read(client, many, f"{page}/")


@pytest.mark.usefixtures("in_no_hurry")
@pytest.mark.parametrize("page", LISTS)
def test_a_page_of_a_list_asks_no_more_of_the_database_the_more_patients_there_are(
    running: Any, many: Any, client_of: Callable[..., Any], page: str
) -> None:
    client, few = client_of("monitor"), dict(islice(many.record.subjects.items(), 6))
    asked = []
    for subjects in (many.record.subjects, few):
        running.record = replace(running.record, subjects=subjects)
        read(client, running, f"{page}/")
        with CaptureQueriesContext(connections["default"]) as statements:
            read(client, running, f"{page}/")
        asked.append(len(statements))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("page", LISTS)
def test_patients_that_could_not_be_judged_in_time_are_counted_and_never_left_out_in_silence(
    many: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    client = client_of("monitor")
    monkeypatch.setattr(board, "BUDGET", -1.0)
    assert f"{MANY} of {MANY} patients are still being judged" in read(client, many, f"{page}/")
    monkeypatch.setattr(board, "BUDGET", 60.0)
    assert "still being judged" not in read(client, many, f"{page}/")


@pytest.mark.usefixtures("in_no_hurry")
def test_the_queries_of_many_patients_are_all_there_each_once_in_one_order(
    many: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 20)
    client = client_of("data manager")
    first = read(client, many, "queries/")
    total = int(re.search(r"(\d+) quer", first)[1])  # type: ignore[index]
    picks = [
        pick
        for number in range(1, total // 20 + 2)
        for pick in re.findall(r'name="pick" value="([^"]+)"', read(client, many, f"queries/?page={number}"))
    ]
    assert len(picks) == len(set(picks)) == total > 60
    assert picks[:20] == re.findall(r'name="pick" value="([^"]+)"', first), "the same order each time"
    for site in many.site_ids:
        of_site = read(client, many, f"queries/?site={site}")
        wanted = sum(many.record.subjects[pick.partition("|")[0]].site == site for pick in picks)
        assert int(re.search(r"(\d+) quer", of_site)[1]) == wanted  # type: ignore[index]


@pytest.mark.usefixtures("in_no_hurry")
def test_terms_of_many_patients_name_the_first_and_lead_to_the_others(many: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("data manager")
    text = read(client, many, "coding/?show=all")
    more = re.findall(r'href="\?([^"]*term=[^"]+)">and (\d+) more', text)
    assert more, "words that more patients have than a line names"
    query, left = max(more, key=lambda one: int(one[1]))
    alone = read(client, many, f"coding/?{query.replace('&amp;', '&')}")
    shown = patients(alone.partition("</table>")[0])
    assert len(shown) == min(100, int(left) + 12), "a page of its own with all of them"
    assert len({plain_term(one) for one in re.findall(r"</a></th><td>([^<]+)</td>", alone)}) == 1
    assert f"of {int(left) + 12}" in alone or int(left) + 12 <= 100


@pytest.mark.usefixtures("in_no_hurry")
def test_deviations_of_many_patients_stand_in_groups_that_lead_to_all_of_them(
    many: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deviations_page, "A_PAGE", 20)
    client, page = client_of("monitor"), "trial/deviations/?by=kind"
    text = read(client, many, page)
    total = int(re.search(r"(\d+) deviation", text)[1])  # type: ignore[index]
    heads = [int(one) for one in re.findall(r'</span> <span class="soft">(\d+)', text)]
    assert sum(heads) == total > 60, "every group with how many are in it"
    links = re.findall(r'href="\?([^"]*of=[^"]+)">', text)
    seen = set()
    for number in range(1, max(heads) // 20 + 2):
        group = read(client, many, f"trial/deviations/?{links[0].replace('&amp;', '&')}&page={number}")
        seen |= set(re.findall(r'subjects/([^/]+)/deviations/#([^"]+)"', group))
    assert len(seen) == max(heads), "each of the largest group on one of its pages"
    last = sorted(seen)[-1][0]
    found = read(client, many, f"trial/deviations/?q={last}")
    assert set(re.findall(r"subjects/([^/]+)/deviations/#d", found)) == {last}, "whoever is looked for is found"


@pytest.mark.usefixtures("in_no_hurry")
def test_capsules_of_many_patients_are_found_by_patient_and_by_what_is_to_be_done(
    many: Any, client_of: Callable[..., Any]
) -> None:
    client = client_of("monitor")
    first = patients(read(client, many, "capsules/"))
    third = patients(read(client, many, "capsules/?page=3"))
    assert len(first) == 100 and third
    assert set(patients(read(client, many, f"capsules/?q={third[-1]}"))) == {third[-1]}
    missing = int(re.search(r"(\d+) to be counted", read(client, many, "capsules/"))[1])  # type: ignore[index]
    of_them = [
        name
        for number in range(1, missing // 100 + 2)
        for name in patients(read(client, many, f"capsules/?show=missing&page={number}"))
    ]
    assert len(of_them[:missing]) == missing


# --- one after the other ---------------------------------------------------------------------------------------------


def test_whoever_is_treated_is_judged_before_those_who_are_off_study(many: Any) -> None:
    asked: list[str] = []
    known = board.Board()

    def make(trial: Any, study: Any, subject: str, on: date) -> str:
        asked.append(subject)
        return subject

    known.waiting = board.Kept(make)  # type: ignore[arg-type]
    known.awaited(many, list(many.record.subjects), many.today, float("inf"))
    places = [board.FIRST.index(row.epoch) for row in known.listed(many, asked, many.today)]
    assert places == sorted(places) and len({*places}) > 1, "it is by where they stand, and they stand at several"


def test_after_a_save_the_saved_patient_alone_is_judged_anew(many: Any) -> None:
    asked: list[str] = []
    kept = board.Kept(lambda _trial, _study, subject, _on: asked.append(subject) or subject)
    names, first = list(many.record.subjects), str
    board.in_time(kept, many, names, many.today, float("inf"), first)
    assert asked == sorted(names)
    asked.clear()
    many.record = replace(
        many.record, subjects={**many.record.subjects, names[7]: replace(many.record.subjects[names[7]])}
    )
    told = board.in_time(kept, many, names, many.today, float("inf"), first)
    assert (asked, told.left, told.asked) == ([names[7]], 0, MANY)


def test_what_rests_on_the_record_alone_is_kept_on_another_day_and_not_under_another_version(many: Any) -> None:
    made: Iterator[int] = count(1)
    kept = board.KeptOfRecord(lambda *_asked: next(made))
    study, on = many.record, many.today
    name = next(iter(study.subjects))

    class Under:
        def __init__(self, version: str) -> None:
            self.version_of = lambda *_asked: version

    first, other = Under("1"), Under("2")
    assert kept.of(first, study, name, on) == kept.of(first, study, name, on + timedelta(days=1)) == 1  # type: ignore[arg-type]
    assert kept.known(other, study, name, on) is None, "another version on another day"  # type: ignore[arg-type]
    moved = replace(study, sites={**study.sites, study.subjects[name].site: board.SiteRecord("moved")})
    assert kept.known(first, moved, name, on) is None, "another site record"  # type: ignore[arg-type]
    assert kept.known(first, replace(study), name, on) == 1, "the same of the next snapshot"  # type: ignore[arg-type]


# --- today -----------------------------------------------------------------------------------------------------------


def test_today_shows_the_most_urgent_of_many_and_leads_to_all_of_a_section(
    many: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "BUDGET", 60.0)
    client = client_of("monitor")
    first = read(client, many, "today/")
    over = re.findall(r'href="\?section=(\w+)">(\d+) more that are not on this page', first)
    assert over, "sections with more lines than a page has room for"
    section, left = max(over, key=lambda one: int(one[1]))
    total, pages = int(left) + today.MOST, []
    for number in range(1, total // today.ALONE + 2):
        pages += re.findall(
            r'class="whose" href="/[^"]+/subjects/([^/]+)/"',
            read(client, many, f"today/?section={section}&page={number}"),
        )
    assert len(pages) == total, "each line on one of the pages of the section"
    card = first[first.index(f'id="{section}"') :]
    shown = whose(card)
    assert shown[: today.MOST] == pages[: today.MOST], "in the same order, the most urgent first"


def whose(page: str) -> list[str]:
    """The patients of the lines, in their order."""
    return re.findall(r'class="whose" href="/[^"]+/subjects/([^/]+)/"', page)
