"""Forms in the browser: shown from protocol and record, saved whole or not at all, corrected with a reason."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trialwright.core.casebook import Item, form_at, logs_of, records_of
from trialwright.core.conduct import case_of
from trialwright.core.ledger import FormCorrected, FormSubmitted, QueryAnswered, QueryOpened
from trialwright.core.schedule import visits
from trialwright.core.terms import Quantity

_spec = importlib.util.spec_from_file_location("browsing", Path(__file__).parent / "browsing.py")
assert _spec and _spec.loader
browsing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(browsing)
fields_of = browsing.fields_of

STUDIES = sorted(record.parent.name for record in (Path(__file__).parents[4] / "studies").glob("*/record.txt"))[:2]


class Entering:
    """A served study with a coordinator at the site of one of its subjects, and a visit of theirs."""

    def __init__(self, opened: Any, sign_in: Callable[..., Any], subject: str, key: str, item: Item) -> None:
        self.opened, self.subject, self.item, self.sign_in = opened, subject, item, sign_in
        self.form = f"forms/{key}/"
        self.site = opened.record.subjects[subject].site
        self.client = sign_in("coordinator", self.site)

    def address(self, rest: str = "") -> str:
        return f"/{self.opened.id}/subjects/{self.subject}/{rest or self.form}"

    def sent(self, rest: str = "") -> dict[str, str]:
        """The form as a browser would send it back."""
        page = self.client.get(self.address(rest))
        assert page.status_code == 200, page.status_code
        return dict(fields_of(page))

    def send(self, typed: dict[str, str], rest: str = "", client: Any = None) -> Any:
        return (client or self.client).post(self.address(rest), typed)

    def events(self) -> list[Any]:
        self.opened.catch_up()
        return list(self.opened.reader().events(subject=self.subject))


def done_visits(opened: Any) -> Iterator[tuple[str, str, Item]]:
    """Every recorded measured number of every visit that was made."""
    for subject in opened.record.subjects:
        case = case_of(opened.trial, opened.record, subject, opened.today)
        for visit in visits(case, opened.today):
            form = form_at(case, visit.key, opened.today) if visit.state == "done" else None
            for item in form.items if form else ():
                if isinstance(item.value, Quantity) and item.concept.reference_range and item.name == "value":
                    yield subject, visit.key, item


@pytest.fixture
def entering(running: Any, client_of: Callable[..., Any]) -> Entering:
    """A form of a visit that was made, with a number on it."""
    return Entering(running, client_of, *next(done_visits(running)))


@pytest.fixture
def open_form(entering: Entering) -> Entering:
    """The same on a visit that nobody planned: nothing is recorded on it yet."""
    entering.form = f"forms/unscheduled.1/?ask={entering.item.concept.id}&ask=weight"
    return entering


def path_of(entering: Entering, name: str = "value") -> str:
    return f"{entering.item.concept.id}/unscheduled.1/{name}"


# --- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("role", ["coordinator", "monitor"])
def test_every_form_and_every_log_of_every_study_opens(serve: Callable[[str], Any], study: str, role: str) -> None:
    from trialwright.adapters.edc.people import demonstration

    opened = serve(study)
    subject, record = next((name, one) for name, one in opened.record.subjects.items() if one.registered)
    from django.test import Client

    client, base = Client(), f"/{opened.id}/subjects/{subject}/"
    demonstration.sign_in(client, role, record.site if role == "coordinator" else None)
    case = case_of(opened.trial, opened.record, subject, opened.today)
    logs = logs_of(case.protocol, case.concepts)
    pages = ["forms/", *(f"forms/{visit.key}/" for visit in visits(case, opened.today))]
    pages += [f"records/{one.id}/" for one in logs] + [f"records/{one.id}/new/" for one in logs]
    pages += [f"records/{one.id}/{row.instance}/" for one in logs for row in records_of(case, one)[:1]]
    lists = {"forms/", *(f"records/{one.id}/" for one in logs)}
    for page in pages:
        answer = client.get(base + page)
        assert answer.status_code == 200, (page, answer.status_code)
        assert len(answer.content) < 250_000, (page, len(answer.content))
        may_save = role == "coordinator" and page not in lists
        assert (b'<div class="acts save">' in answer.content) is may_save, page


@pytest.mark.parametrize(
    "rest",
    ["forms/no_such_visit/", "forms/screening.1.2.3/", "records/no_such_log/", "records/sex/",
     "records/adverse_event/99/", "items/anc/no/value/", "items/nothing/1/value/", "items/anc/no/value/correct/"],
)  # fmt: skip
def test_what_the_protocol_does_not_have_is_not_there(entering: Entering, rest: str) -> None:
    assert entering.client.get(entering.address(rest)).status_code == 404


# --- saving -----------------------------------------------------------------------------------------------------------


def test_a_form_sent_back_as_it_was_shown_is_no_event(entering: Entering) -> None:
    before = entering.events()
    answer = entering.send(entering.sent())
    assert answer.status_code == 303 and entering.events() == before


def test_what_is_typed_becomes_one_event_with_who_when_and_what_the_form_asked(open_form: Entering) -> None:
    before, today = len(open_form.events()), open_form.opened.today
    typed = open_form.sent() | {
        f"v:{path_of(open_form)}": "2.50",
        f"u:{path_of(open_form)}": str(open_form.item.field.unit),
    }
    typed[f"ok:{path_of(open_form)}"] = ""
    value = open_form.item.value
    assert isinstance(value, Quantity)
    typed |= {f"v:{path_of(open_form)}": f"{value.value:f}", f"u:{path_of(open_form)}": value.unit}
    answer = open_form.send(typed)
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    (event,) = open_form.events()[before:]
    assert isinstance(event, FormSubmitted)
    assert {change.path: change.new for change in event.items}[path_of(open_form)] == value
    assert (event.role, event.site, event.occurred) == ("coordinator", open_form.site, today)
    assert event.actor and event.encounter == "unscheduled.1"
    assert open_form.item.label in (open_form.opened.reader().text(event.definition) or "")


def test_a_retry_after_a_lost_answer_writes_nothing_twice(open_form: Entering) -> None:
    typed = open_form.sent() | {"v:weight/unscheduled.1/value": "70", "u:weight/unscheduled.1/value": "kg"}
    assert open_form.send(typed).status_code == 303
    once = open_form.events()
    assert open_form.send(typed).status_code == 303 and open_form.events() == once


BAD = [
    ("1,500", "can be 1500 or 1.500"),
    ("12 3", "two numbers"),
    ("abc", "no number"),
    ("-3", "less than nothing"),
    ("3 furlongs", "unit"),
    ("<script>alert(1)</script>", "no number"),
    ("1" * 40, "at most 30"),
]


@pytest.mark.parametrize(("text", "says"), BAD)
def test_bad_input_gets_a_message_at_the_field_and_nothing_is_saved(open_form: Entering, text: str, says: str) -> None:
    before, path = open_form.events(), path_of(open_form)
    typed = open_form.sent() | {f"v:{path}": text, f"u:{path}": "" if " " in text else str(open_form.item.field.unit)}
    answer = open_form.send(typed | {"v:weight/unscheduled.1/value": "71", "u:weight/unscheduled.1/value": "kg"})
    shown = answer.content.decode()
    assert answer.status_code == 422 and says in shown and "<script>alert" not in shown
    back = fields_of(answer)
    assert back[f"v:{path}"] == text and back["v:weight/unscheduled.1/value"] == "71"
    assert back["key"] == typed["key"] and open_form.events() == before


def test_an_unusual_value_is_asked_about_and_saved_with_the_answer(open_form: Entering) -> None:
    before = len(open_form.events())
    typed = open_form.sent() | {"v:weight/unscheduled.1/value": "400", "u:weight/unscheduled.1/value": "kg"}
    asked = open_form.send(typed)
    assert asked.status_code == 422 and "is unusual" in asked.content.decode()
    assert len(open_form.events()) == before
    saved = open_form.send(typed | {"ok:weight/unscheduled.1/value": "weighed twice on another scale"})
    assert saved.status_code == 303
    form, asking, answering = open_form.events()[before:]
    assert isinstance(form, FormSubmitted) and isinstance(asking, QueryOpened) and isinstance(answering, QueryAnswered)
    assert asking.item == answering.item == "weight/unscheduled.1/value" and asking.query == answering.query != ""
    assert answering.answer == "weighed twice on another scale"


def test_the_unusual_value_that_was_answered_is_no_open_query(open_form: Entering) -> None:
    from trialwright.core.conduct import subject_status
    from trialwright.core.oversight import automatic_queries, queries_of

    typed = open_form.sent() | {"v:weight/unscheduled.1/value": "400", "u:weight/unscheduled.1/value": "kg"}
    open_form.send(typed | {"ok:weight/unscheduled.1/value": "weighed twice"})
    open_form.opened.catch_up()
    trial, record, on = open_form.opened.trial, open_form.opened.record, open_form.opened.today
    case, status = case_of(trial, record, open_form.subject, on), subject_status(trial, record, open_form.subject, on)
    found = queries_of(record.subjects[open_form.subject], automatic_queries(case, status))
    about = [one for one in found if one.item == "weight/unscheduled.1/value"]
    assert [one.state for one in about] == ["answered"]


def later_visits(opened: Any) -> Iterator[tuple[str, str, Item]]:
    """Every measured number of every visit whose window is not open."""
    for subject in opened.record.subjects:
        case = case_of(opened.trial, opened.record, subject, opened.today)
        for visit in visits(case, opened.today):
            form = form_at(case, visit.key, opened.today) if visit.state in ("coming", "missed") else None
            for item in form.items if form and not form.day else ():
                if item.field.unit and not item.recorded and item.name == "value":
                    yield subject, visit.key, item


def test_a_visit_is_never_taken_for_todays(running: Any, client_of: Callable[..., Any]) -> None:
    """Where today is not in its window, the day is asked."""
    late = Entering(running, client_of, *next(later_visits(running)))
    before, path, usual = late.events(), late.item.path, late.item.field.plausible
    number = {f"v:{path}": usual[1] if usual else "1", f"u:{path}": str(late.item.field.unit)}
    answer = late.send(late.sent() | number)
    assert answer.status_code == 422 and "On which day was the visit made?" in answer.content.decode()
    assert late.events() == before
    on = f"v:visit/{path.split('/')[1]}/on"
    assert late.send(late.sent() | number | {on: running.today.isoformat()}).status_code == 303


def test_a_date_that_can_be_two_days_is_refused_and_a_partial_one_kept(entering: Entering) -> None:
    rest = "records/medication/new/"
    typed = entering.sent(rest)
    path = next(name for name in typed if name.startswith("v:medication/") and name.endswith("/start"))
    code = path.replace("/start", "/code")
    refused = entering.send(typed | {path: "5/7/2004", code: "something"}, rest)
    assert refused.status_code == 422 and "5 Jul 2004 or 7 May 2004" in refused.content.decode()
    assert entering.send(typed | {path: "?? Jul 2004", code: "something"}, rest).status_code == 303
    items = {change.path: change.new for change in entering.events()[-1].items}
    assert items[path.removeprefix("v:")] == "2004-07"


# --- corrections ------------------------------------------------------------------------------------------------------


def other(item: Item) -> str:
    """Another plausible number for an item."""
    assert isinstance(item.value, Quantity)
    return f"{item.value.value + 1:f}"


def test_a_correction_needs_a_reason_and_keeps_the_old_value(entering: Entering) -> None:
    before, path = len(entering.events()), f"v:{entering.item.path}"
    typed = entering.sent() | {path: other(entering.item)}
    refused = entering.send(typed)
    assert refused.status_code == 422 and "no reason is given" in refused.content.decode()
    other_reason = entering.send(typed | {"reason": "other"})
    assert other_reason.status_code == 422 and len(entering.events()) == before
    assert entering.send(typed | {"reason": "typing_error", "why": "read the wrong line"}).status_code == 303
    (event,) = entering.events()[before:]
    assert isinstance(event, FormCorrected)
    assert (event.reason, event.why) == ("typing_error", "read the wrong line")
    (change,) = event.items
    assert change.old == entering.item.value and str(change.new).split()[0] == other(entering.item)


def test_the_history_of_an_item_is_one_click_away_and_says_everything(entering: Entering) -> None:
    path = entering.item.path
    assert f"/items/{path}/" in entering.client.get(entering.address()).content.decode()
    typed = entering.sent(f"items/{path}/correct/") | {f"v:{path}": other(entering.item), "reason": "source_corrected"}
    answer = entering.send(typed | {"why": "<b>a new report</b>"}, f"items/{path}/correct/")
    assert answer.status_code == 303 and f"/items/{path}/" in answer["Location"]
    shown = entering.client.get(entering.address(f"items/{path}/")).content.decode()
    assert other(entering.item) in shown and "&lt;b&gt;a new report" in shown and "coordinator" in shown
    assert shown.count("<tr>") == 3, "a heading, the correction, the first entry"


def test_an_adverse_event_that_ended_needs_no_reason(entering: Entering) -> None:
    new = entering.sent("records/adverse_event/new/")
    number = next(name.split("/")[1] for name in new if name.startswith("v:adverse_event/"))
    base, day = f"v:adverse_event/{number}/", entering.opened.today.isoformat()
    told = {"term": "Fatigue", "grade": "1", "start": day, "ongoing": "yes", "related": "no", "serious": "no"}
    first = entering.send(new | {base + name: value for name, value in told.items()}, "records/adverse_event/new/")
    assert first.status_code == 303, first.content.decode()[-2500:]
    rest = f"records/adverse_event/{number}/"
    assert entering.send(entering.sent(rest) | {base + "ongoing": "no", base + "end": day}, rest).status_code == 303
    event = entering.events()[-1]
    assert isinstance(event, FormSubmitted) and {change.path.split("/")[2] for change in event.items} == {
        "ongoing",
        "end",
    }


# --- somebody else ----------------------------------------------------------------------------------------------------


def test_a_stale_save_shows_both_versions_and_saves_what_is_chosen(entering: Entering) -> None:
    path, mine = f"v:{entering.item.path}", other(entering.item)
    first, second = entering.sent(), entering.sent()
    theirs = f"{float(mine) + 1:g}"
    assert entering.send(second | {path: theirs, "reason": "typing_error"}).status_code == 303
    before = len(entering.events())
    stale = entering.send(first | {path: mine, "reason": "typing_error"})
    shown = stale.content.decode()
    assert stale.status_code == 409 and theirs in shown and mine in shown and len(entering.events()) == before
    chosen = fields_of(stale, "")
    keep = f"keep:{entering.item.path}"
    assert chosen[keep] == "theirs" and chosen["key"] != first["key"]
    kept = entering.send(chosen)
    assert kept.status_code == 303 and len(entering.events()) == before, "theirs stays: there is nothing to save"
    saved = entering.send(chosen | {keep: "mine"})
    assert saved.status_code == 303, saved.content.decode()[-3000:]
    (event,) = entering.events()[before:]
    assert isinstance(event, FormCorrected) and str(event.items[0].new).split()[0] == mine


def test_a_stale_save_never_takes_back_what_the_other_changed_alone(entering: Entering) -> None:
    """The old form still holds the old value of what the other changed; it is not mine and is not sent again."""
    rest = f"items/{entering.item.path}/correct/"
    whole = entering.sent()
    theirs = entering.sent(rest) | {f"v:{entering.item.path}": other(entering.item), "reason": "typing_error"}
    assert entering.send(theirs, rest).status_code == 303
    done = next(name for name in whole if name.startswith("v:visit/") and name.endswith("/on"))
    whole |= {f"m:{done.removeprefix('v:').replace('/on', '/reason')}": "not_applicable"}
    stale = entering.send(whole)
    assert stale.status_code == 409
    assert f"v:{entering.item.path}" not in fields_of(stale, "")
    assert entering.send(fields_of(stale, "")).status_code == 303
    assert all(change.path != entering.item.path for change in entering.events()[-1].items)


def test_a_stale_save_counts_what_others_saved_on_other_forms(entering: Entering) -> None:
    """However much it is: nothing of it is chosen here, and what it says stays on its own page."""
    path, first = f"v:{entering.item.path}", entering.sent()
    here, entering.form = entering.form, f"forms/unscheduled.1/?ask={entering.item.concept.id}&ask=weight"
    told = {
        f"v:{path_of(entering)}": "7.77",
        f"u:{path_of(entering)}": "10*9/L",
        "v:weight/unscheduled.1/value": "71.3",
    }
    elsewhere = entering.send(entering.sent() | told)
    assert elsewhere.status_code == 303, elsewhere.content.decode()[-2000:]
    entering.form = here
    stale = entering.send(first | {path: other(entering.item), "reason": "typing_error"})
    shown = stale.content.decode()
    assert stale.status_code == 409 and "Saved meanwhile on other forms of this patient" in shown
    assert f"{entering.item.concept.label} (" in shown and "71.3" not in shown and "7.77" not in shown


# --- as it is typed ---------------------------------------------------------------------------------------------------


def test_the_check_says_what_follows_and_writes_nothing(open_form: Entering) -> None:
    before, path = open_form.events(), path_of(open_form)
    where = f"forms/unscheduled.1/check/?ask={open_form.item.concept.id}&ask=weight"
    typed = open_form.sent() | {f"v:{path}": "0.3", f"u:{path}": "10*9/L", "v:weight/unscheduled.1/value": "1,500"}
    answer = open_form.send(typed, where)
    said = answer.content.decode()
    assert answer.status_code == 200 and open_form.events() == before
    assert "can be 1500 or 1.500" in said and 'hx-swap-oob="true"' in said
    if open_form.item.concept.id in ("wbc", "anc", "lymphocytes"):
        assert "grade" in said


def test_what_identifies_a_person_is_kept_at_the_site(open_form: Entering) -> None:
    rest = "forms/unscheduled.1/?ask=birth_date"
    typed = open_form.sent(rest) | {"v:birth_date/unscheduled.1/value": "1950-04-17"}
    assert open_form.send(typed, rest).status_code == 303
    here = open_form.client.get(open_form.address("forms/unscheduled.1/")).content.decode()
    monitor = open_form.sign_in("monitor")
    assert "17 Apr 1950" in here
    for page in ("forms/unscheduled.1/", "items/birth_date/unscheduled.1/value/"):
        answer = monitor.get(open_form.address(page))
        shown = answer.content.decode()
        assert answer.status_code == 200 and "1950" not in shown and "kept at the site" in shown


def test_the_skin_is_typed_region_by_region_and_summed(open_form: Entering) -> None:
    rest = "forms/unscheduled.1/?ask=skin_region"
    typed = open_form.sent(rest)
    regions = sorted({name.split("/")[1] for name in typed if name.startswith("v:skin_region/")})
    assert len(regions) == 12
    told = {f"v:skin_region/{one}/{kind}": "0" for one in regions for kind in ("patch", "plaque", "tumor")}
    told["v:skin_region/unscheduled.1.thighs/plaque"] = "5"
    told["v:skin_region/unscheduled.1.head/tumor"] = "2.5"
    checked = open_form.send(typed | told, "forms/unscheduled.1/check/?ask=skin_region").content.decode()
    assert "<strong>20</strong>" in checked, "5 of plaque count 2, 2.5 of tumor count 4"
    assert open_form.send(typed | told, rest).status_code == 303
    items = {change.path: change.new for change in open_form.events()[-1].items}
    assert items["skin_region/unscheduled.1.head/region"] == "head"
    assert sum(path.startswith("skin_region/") for path in items) == 12 * 4
    assert str(items["skin_region/unscheduled.1.head/tumor"]) == "2.5 %"


def test_only_who_may_judge_gives_a_judgement(serve: Callable[[str], Any]) -> None:
    """A coordinator alone cannot sign a judgement; the form says who has to."""
    from django.test import Client

    from trialwright.adapters.edc.people import demonstration

    opened = serve(STUDIES[0])
    subject, record = next((name, one) for name, one in opened.record.subjects.items() if one.registered)
    judged = next(one.id for one in opened.trial.versions[opened.trial.latest].asks if one.signers)
    client, rest = Client(), f"/{opened.id}/subjects/{subject}/forms/unscheduled.1/?ask={judged}"
    demonstration.sign_in(client, "coordinator", record.site)
    page = client.get(rest)
    sent = fields_of(page) | {f"v:{judged}/unscheduled.1/value": "yes"}
    sent |= {f"v:{judged}/unscheduled.1/by": "Dr. A", f"v:{judged}/unscheduled.1/role": "investigator"}
    assert client.post(rest, sent).status_code == 303
    opened.catch_up()
    items = {one.path: one.new for one in list(opened.reader().events(subject=subject))[-1].items}
    assert items[f"{judged}/unscheduled.1/role"] == "investigator"
    assert opened.record.subjects[subject].items[judged].newest.event.occurred <= date.max
