"""The pages of oversight in the browser's place: each opens for its roles, each form makes exactly its events."""

from __future__ import annotations

import csv
import io
import re
import time
from collections import Counter
from hashlib import sha256
from typing import Any

import pytest

PAGES = ("queries", "verification", "coding", "dictionaries", "locks", "unsigned", "audit", "ledger")
OF_SUBJECT = ("queries", "verification", "lock", "sign")


@pytest.fixture
def study(running: Any) -> str:
    return f"/{running.id}"


@pytest.fixture
def site(running: Any) -> str:
    return next(record.site for record in running.record.subjects.values() if record.registered)


@pytest.fixture
def subject(running: Any, site: str) -> str:
    return next(name for name, one in running.record.subjects.items() if one.site == site and one.registered)


def made(running: Any, act: Any) -> tuple[Any, Counter[str]]:
    """What was answered, and the events that came into the ledger meanwhile."""
    before = running.record.last_seq
    answer = act()
    running.catch_up()
    new = list(running.reader().events(after_seq=before))
    return answer, Counter(type(one).__name__ for one in new)


def hidden(page: Any) -> dict[str, str]:
    """The key and the version that a page's first form carries."""
    text = page.content.decode()
    return {name: found[1] for name in ("key", "version", "content")
            if (found := re.search(rf'name="{name}" value="([^"]*)"', text))}  # fmt: skip


def message_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# ---- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_of_the_study_open_for_a_data_manager(client_of, study, name) -> None:
    answer = client_of("data manager").get(f"{study}/{name}/")
    assert answer.status_code == 200 and "Simulated data" in answer.content.decode()


@pytest.mark.parametrize("name", OF_SUBJECT)
def test_the_pages_of_a_patient_open_for_the_site_and_not_for_another(client_of, running, study, site, subject, name):
    address = f"{study}/subjects/{subject}/{name}/"
    assert client_of("investigator", site).get(address).status_code == 200
    other = next(one for one in running.site_ids if one != site)
    assert client_of("investigator", other).get(address).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?kind=FormSubmitted&corrected=1", 200),
        ("?kind=DROP TABLE&who=';--&site=zz&order=__class__", 200),
        ("?first=not-a-day&last=2999-99-99&page=9999", 200),
        ("?chain=system", 200),
        ("?item=%3Cscript%3E", 200),
    ],
)
def test_what_no_filter_offers_is_no_filter(client_of, study, query, status) -> None:
    answer = client_of("auditor").get(f"{study}/audit/{query}")
    assert answer.status_code == status and "<script>alert" not in answer.content.decode()


def test_a_site_reads_its_own_trail_alone(client_of, running, study, site) -> None:
    other = next(name for name, one in running.record.subjects.items() if one.site != site)
    text = client_of("coordinator", site).get(f"{study}/audit/?subject={other}").content.decode()
    assert f">{other}<" not in text and "people and the ledger" not in text


def test_the_trail_is_paged(client_of, study) -> None:
    client = client_of("data manager")
    pages = [client.get(f"{study}/audit/?page={number}") for number in (1, 2, 3)]
    assert all(one.status_code == 200 for one in pages) and pages[0].content != pages[1].content


# ---- queries --------------------------------------------------------------------------------------------------------


@pytest.fixture
def item(running: Any, subject: str) -> str:
    from trialwright.core.oversight import items_now

    return sorted(one.name for one in items_now(running.record.subjects[subject]))[0]


def ask(client: Any, study: str, subject: str, item: str, asks: str = "Is it right?") -> Any:
    page = client.get(f"{study}/subjects/{subject}/queries/")
    sent = {**hidden(page), "action": "ask", "item": item, "asks": asks}
    return client.post(f"{study}/subjects/{subject}/queries/", sent)


def test_a_query_is_asked_answered_closed_and_opened_again(client_of, running, study, site, subject, item) -> None:
    manager, coordinator = client_of("data manager"), client_of("coordinator", site)
    answer, events = made(running, lambda: ask(manager, study, subject, item))
    assert answer.status_code == 303 and events == {"QueryOpened": 1}
    name = running.record.subjects[subject].log.newest.id
    for client, action, kinds in (
        (coordinator, "answer", {"QueryAnswered": 1}),
        (manager, "close", {"QueryClosed": 1}),
        (manager, "reopen", {"QueryOpened": 1}),
    ):
        page = client.get(f"{study}/subjects/{subject}/queries/")
        sent = {**hidden(page), "action": action, "pick": f"{subject}|{name}", "words": "Yes, by the report."}
        answer, events = made(running, lambda c=client, s=sent: c.post(f"{study}/subjects/{subject}/queries/", s))
        assert answer.status_code == 303 and events == kinds, action
    assert running.record.subjects[subject].log.newest.actor != ""


@pytest.mark.parametrize(
    ("role", "action"), [("coordinator", "close"), ("coordinator", "reopen"), ("data manager", "answer")]
)
def test_who_may_not_do_it_is_refused_and_nothing_is_saved(
    client_of, running, study, site, subject, item, role, action
):
    ask(client_of("data manager"), study, subject, item)
    running.catch_up()
    name = running.record.subjects[subject].log.newest.id
    client = client_of(role, site if role == "coordinator" else None)
    page = client.get(f"{study}/queries/")
    sent = {"key": hidden(page).get("key", "k"), "action": action, "pick": f"{subject}|{name}", "words": "x"}
    answer, events = made(running, lambda: client.post(f"{study}/queries/", sent))
    assert events == {} and answer.status_code in (403, 422)


def test_several_queries_are_answered_at_once_and_the_same_key_saves_once(
    client_of, running, study, site, subject, item
):
    manager, coordinator = client_of("data manager"), client_of("coordinator", site)
    ask(manager, study, subject, item, "One?")
    ask(manager, study, subject, item, "Two?")
    running.catch_up()
    picks = [f"{subject}|{one.id}" for one in list(running.record.subjects[subject].log)[:2]]
    sent = {**hidden(coordinator.get(f"{study}/queries/")), "action": "answer", "pick": picks, "words": "Both right."}
    answer, events = made(running, lambda: coordinator.post(f"{study}/queries/", sent))
    assert answer.status_code == 303 and events == {"QueryAnswered": 2}
    _again, events = made(running, lambda: coordinator.post(f"{study}/queries/", sent))
    assert events == {}


def test_an_automatic_query_gets_into_the_ledger_when_it_is_answered(client_of, running, study) -> None:
    manager = client_of("data manager")
    text = manager.get(f"{study}/queries/").content.decode()
    picks = re.findall(r'name="pick" value="([^"]+\|(?:deviation|missing|overdue|implausible):[0-9a-f]{12})"', text)
    if not picks:
        pytest.fail("the rehearsed trial raises no automatic query")
    subject = picks[0].split("|")[0]
    coordinator = client_of("coordinator", running.record.subjects[subject].site)
    sent = {**hidden(coordinator.get(f"{study}/queries/")), "action": "answer", "pick": picks[0], "words": "It was so."}
    answer, events = made(running, lambda: coordinator.post(f"{study}/queries/", sent))
    assert answer.status_code == 303 and events == {"QueryOpened": 1, "QueryAnswered": 1}


# ---- verification ---------------------------------------------------------------------------------------------------


def test_items_are_verified_once_and_a_stale_page_verifies_nothing(client_of, running, study, subject, item) -> None:
    monitor, address = client_of("monitor"), f"{study}/subjects/{subject}/verification/"
    page = monitor.get(f"{address}?show=all")
    sent = {**hidden(page), "path": [item]}
    answer, events = made(running, lambda: monitor.post(address, sent))
    assert answer.status_code == 303 and events == {"SourceVerified": 1}
    stale = {**sent, "key": "another"}
    answer, events = made(running, lambda: monitor.post(address, stale))
    assert answer.status_code in (409, 422) and events == {}
    fresh = {**hidden(monitor.get(f"{address}?show=all")), "path": [item]}
    answer, events = made(running, lambda: monitor.post(address, fresh))
    assert answer.status_code == 422 and events == {}, "what is verified already is not said again"


# ---- coding ---------------------------------------------------------------------------------------------------------


def load(client: Any, study: str, text: bytes, name: str = "words", version: str = "1") -> Any:
    page = client.get(f"{study}/dictionaries/")
    file = io.BytesIO(text)
    file.name = "../../etc/passwd.csv"
    return client.post(
        f"{study}/dictionaries/", {**hidden(page), "name": name, "dictionary_version": version, "file": file}
    )


def test_a_dictionary_is_loaded_and_a_term_coded(client_of, running, study) -> None:
    manager = client_of("data manager")
    from trialwright.adapters.edc.oversight.coding import SEPARATOR

    text = manager.get(f"{study}/coding/").content.decode()
    term = re.search(r'<th scope="row">([^<]+)</th>', text)
    assert term is not None
    csv_text = f'code,term\n"10,1","{term[1]}"\n2,other words\n'.encode()
    answer, events = made(running, lambda: load(manager, study, csv_text))
    assert answer.status_code == 303 and events == {"DictionaryLoaded": 1}
    page = manager.get(f"{study}/coding/")
    field = re.search(r'<select name="(code:[^"]+)"', page.content.decode())
    assert field is not None
    sent = {**hidden(page), field[1]: f"10,1{SEPARATOR}{term[1]}"}
    answer, events = made(running, lambda: manager.post(f"{study}/coding/", sent))
    assert answer.status_code == 303 and set(events) == {"TermCoded"}
    again = {**hidden(manager.get(f"{study}/coding/?show=all")), field[1]: sent[field[1]]}
    answer, events = made(running, lambda: manager.post(f"{study}/coding/", again))
    assert events == {}, "what has this code already is not coded again"
    wrong = {**hidden(manager.get(f"{study}/coding/?show=all")), field[1]: f"999{SEPARATOR}nothing"}
    answer, events = made(running, lambda: manager.post(f"{study}/coding/", wrong))
    assert answer.status_code == 422 and events == {} and "999 is no code" in message_of(answer)


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"", "There is no"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"code,term\n1,\x00\n", "no text"),
        (b"a,b\n1,2\n", "The heading is a, b"),
        (b'code,term\n1,"open\n', "cannot be read as CSV"),
        (b"code,term\n1\n", "Line 2: The line has 1 cells"),
    ],
)
def test_a_file_that_is_no_dictionary_is_refused_with_its_line(client_of, running, study, content, because) -> None:
    answer, events = made(running, lambda: load(client_of("data manager"), study, content))
    assert answer.status_code == 422 and events == {}
    assert because in message_of(answer)


# ---- locks ----------------------------------------------------------------------------------------------------------


def act(client: Any, address: str, action: str, **words: str) -> Any:
    return client.post(address, {**hidden(client.get(address)), "action": action, **words})


def test_what_is_not_there_is_not_locked_by_locking_more(client_of, running, study, subject) -> None:
    manager, lock, locks = client_of("data manager"), f"{study}/subjects/{subject}/lock/", f"{study}/locks/"
    told = {"action": "lock", "although": "the data are clean"}
    form = hidden(manager.get(lock))
    answer, new = made(running, lambda: manager.post(lock, {**form, **told, "what": "no-such-form"}))
    assert (answer.status_code, new) == (404, Counter())
    form = hidden(manager.get(f"{locks}?checklist=1"))
    answer, new = made(running, lambda: manager.post(locks, {**form, **told, "site": "no-such-site"}))
    assert (answer.status_code, new) == (404, Counter())


def test_whoever_stands_in_the_way_is_told_by_name(client_of, running, study, subject) -> None:
    manager, lock = client_of("data manager"), f"{study}/subjects/{subject}/lock/"
    told = {"what": "subject", "although": "the data are clean"}
    for action in ("lock", "request"):
        assert (
            manager.post(lock, {**hidden(manager.get(lock)), **told, "action": action, "why": "a slip"}).status_code
            == 303
        )
        running.catch_up()
    answer = manager.post(
        lock, {**hidden(client_of("sponsor-investigator").get(lock)), **told, "action": "unlock", "why": "x"}
    )
    name = next(one.name for one in running.roster.holders("data manager"))
    assert answer.status_code == 422 and f"{name} asked to unlock" in message_of(answer)


def test_freeze_lock_and_unlock_by_two(client_of, running, study, subject) -> None:
    address, manager, sponsor = (
        f"{study}/subjects/{subject}/lock/",
        client_of("data manager"),
        client_of("sponsor-investigator"),
    )
    for client, action, words, status, kinds in (
        (client_of("monitor"), "freeze", {}, 303, {"Locked": 1}),
        (client_of("monitor"), "lock", {}, 403, {}),
        (manager, "lock", {}, 422, {}),
        (manager, "lock", {"although": "the sponsor accepts it"}, 303, {"Locked": 1}),
        (manager, "unlock", {"why": "a late report"}, 422, {}),
        (manager, "request", {"why": ""}, 422, {}),
        (manager, "request", {"why": "a late report"}, 303, {"UnlockRequested": 1}),
        (manager, "unlock", {"why": "a late report"}, 422, {}),
        (sponsor, "unlock", {"why": "a late report"}, 303, {"Unlocked": 1}),
    ):
        answer, events = made(running, lambda c=client, a=action, w=words: act(c, address, a, what="subject", **w))
        assert (answer.status_code, dict(events)) == (status, kinds), (action, words, message_of(answer)[:300])


def test_the_study_is_frozen_with_its_checklist_shown(client_of, running, study) -> None:
    manager, address = client_of("data manager"), f"{study}/locks/"
    assert "every patient" in message_of(manager.get(address))
    assert "What is critical is verified" in message_of(manager.get(f"{address}?checklist=1"))
    sent = {**hidden(manager.get(f"{address}?checklist=1")), "action": "freeze"}
    answer, events = made(running, lambda: manager.post(address, sent))
    assert answer.status_code == 303 and events == {"Locked": 1}


# ---- signatures -----------------------------------------------------------------------------------------------------


def signing(client: Any, address: str, password: str, **others: str) -> Any:
    from trialwright.core.oversight import MEANINGS

    page = client.get(address)
    shown = re.search(r"the code is (\d+)", message_of(page))
    sent = {
        **hidden(page), "what": "subject", "meaning": MEANINGS[0], "again_password": password,
        "again_code": shown[1] if shown else "", **others,
    }  # fmt: skip
    return client.post(address, sent)


def test_nothing_is_signed_without_both_components_and_a_change_breaks_it(
    client_of, running, study, site, subject, item
):
    from trialwright.adapters.edc.people import demonstration

    address, client = f"{study}/subjects/{subject}/sign/", client_of("investigator", site)
    right = demonstration.PASSWORD
    for others in (
        {"again_password": "wrong"},
        {"again_password": ""},
        {"meaning": "I like it"},
        {"content": "a" * 64},
    ):
        answer, events = made(running, lambda o=others: signing(client, address, right, **o))
        assert answer.status_code == 422 and events == {}, others
    answer, events = made(running, lambda: signing(client, address, right))
    assert answer.status_code == 303 and events == {"Signed": 1}, message_of(answer)[:400]
    assert "✓" in client.get(address).content.decode()
    signed = running.record.subjects[subject].log.newest
    assert (signed.name, signed.role, len(signed.content_hash)) == (signed.name, "investigator", 64)
    _change(running, subject)
    running.catch_up()
    text = message_of(client.get(address))
    assert "Broken by" in text and "broken" in message_of(client.get(f"{study}/unsigned/?state=broken"))


def test_a_broken_signature_of_a_form_is_told_wherever_signatures_are(client_of, running, study, site, subject):
    from trialwright.adapters.edc.people import demonstration

    address, client = f"{study}/subjects/{subject}/sign/", client_of("investigator", site)
    form = _text_item(running, subject).event.encounter
    page = client.get(f"{address}?what={form}")
    told = {**hidden(page), "what": form, "meaning": _meaning(), "again_password": demonstration.PASSWORD}
    assert client.post(address, told).status_code == 303
    assert "Broken, of something else" not in message_of(client.get(address))
    _change(running, subject)
    running.catch_up()
    assert "Broken, of something else of this patient" in message_of(client.get(address))
    assert f"{form}: the signature of" in message_of(client.get(f"{study}/today/"))


def _meaning() -> str:
    from trialwright.core.oversight import MEANINGS

    return MEANINGS[0]


def _change(running: Any, subject: str) -> None:
    """Somebody corrects an item of the patient, past the pages."""
    from trialwright.core.ledger import Change, FormCorrected

    record, one = running.record.subjects[subject], _text_item(running, subject)
    desk, items = _desk_of(running, record.site), (Change(one.name, one.value, one.value),)
    desk.save((desk.event(FormCorrected, subject=subject, form="form", why="said again", items=items),), desk.new_key())


def _text_item(running: Any, subject: str) -> Any:
    from trialwright.core.oversight import items_now

    told = items_now(running.record.subjects[subject])
    return next(each for each in told if isinstance(each.value, str) and each.path.field == "value")


def _desk_of(running: Any, site: str) -> Any:
    """The desk of a coordinator of a site."""
    from trialwright.adapters.edc.access.roles import COORDINATOR
    from trialwright.adapters.edc.desk.desk import unscoped

    grants = ((who, one) for who in running.roster.persons for one in running.roster.grants(who, running.today))
    who, grant = next((who, one) for who, one in grants if (one.role, one.site) == ("coordinator", site))
    return unscoped(running, who, [grant], COORDINATOR)


# ---- the trail as a file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["faithful", "spreadsheet"])
def test_the_trail_is_taken_out_and_that_is_recorded(client_of, running, study, flavour) -> None:
    client = client_of("auditor")
    sent = {**hidden(client.get(f"{study}/audit/")), "flavour": flavour, "kind": "SubjectRegistered"}
    answer, events = made(running, lambda: client.post(f"{study}/audit/export/", sent))
    assert answer.status_code == 200 and events == {"DataExported": 1}
    assert answer["Content-Disposition"].startswith('attachment; filename="simulated-audit-trail-')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["kind"] for row in rows} == {"SubjectRegistered"} and {row["data"] for row in rows} == {"simulated"}
    assert running.record.own[-1].sha256 == sha256(answer.content).hexdigest(), "the ledger knows exactly these bytes"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_text_as_it_is_has_every_value_as_the_ledger_has_it_whoever_reads(
    client_of, running, study, language
) -> None:
    """A date in words, a label in place of a visit's key: nobody could hold the file against the ledger."""
    from trialwright.core.ledger import FormCorrected, FormSubmitted, to_json

    client = client_of("auditor")
    client.cookies["django_language"] = language
    recorded = {
        (str(event.seq), one.path, each, _plain(to_json(value)))
        for event in running.reader().events()
        if isinstance(event, FormSubmitted | FormCorrected)
        for one in event.items
        for each, value in (("old", one.old), ("new", one.new))
    }
    sent = {**hidden(client.get(f"{study}/audit/")), "flavour": "faithful"}
    rows = csv.DictReader(io.StringIO(client.post(f"{study}/audit/export/", sent).content.decode()))
    found = {(row["event"], row["path"], each, row[each]) for row in rows for each in ("old", "new")}
    concepts = running.trial.standards[running.trial.latest].concepts
    hidden_fields = {(name, one.id) for name, known in concepts.items() for one in known.fields if one.identifies}
    lacks = {one for one in recorded - found if tuple(one[1].split("/")[::2]) not in hidden_fields}
    assert recorded and not lacks


def _plain(value: Any) -> str:
    """What JSON has of a value, on one line: the number and its unit, the code of what is missing."""
    return "" if value is None else " ".join(value.values()) if isinstance(value, dict) else str(value)


def test_a_review_of_the_trail_is_recorded(client_of, running, study) -> None:
    manager = client_of("data manager")
    sent = {**hidden(manager.get(f"{study}/audit/")), "first": "1", "last": "20", "remark": "nothing to ask"}
    answer, events = made(running, lambda: manager.post(f"{study}/audit/", sent))
    assert answer.status_code == 303 and events == {"AuditReviewed": 1}
    wrong = {**hidden(manager.get(f"{study}/audit/")), "first": "20", "last": "x"}
    answer, events = made(running, lambda: manager.post(f"{study}/audit/", wrong))
    assert answer.status_code == 422 and events == {}


# ---- the ledger -----------------------------------------------------------------------------------------------------


def test_the_ledger_is_verified_by_a_process_of_its_own(client_of, running, study) -> None:
    client = client_of("data manager")
    answer, events = made(running, lambda: client.post(f"{study}/ledger/"))
    assert answer.status_code == 303 and events == {}
    end = time.monotonic() + 60
    while "Refresh" in (page := client.get(f"{study}/ledger/")) and time.monotonic() < end:
        time.sleep(0.2)
    from trialwright.adapters.edc.oversight.checks import CHILDREN

    assert CHILDREN[-1].wait(30) == 0
    assert "as it was written" in message_of(page)


# ---- what identifies a patient --------------------------------------------------------------------------------------


def test_what_identifies_a_patient_is_kept_at_the_site(client_of, running, study, site, subject) -> None:
    from trialwright.core.ledger import Change, FormSubmitted

    born = "1931-05-17"
    desk = _desk_of(running, running.record.subjects[subject].site)
    items = (Change("birth_date/screening/value", None, born),)
    desk.save((desk.event(FormSubmitted, subject=subject, form="demography", items=items),), desk.new_key())
    running.catch_up()
    asks = f"Is {born} right?"
    ask(client_of("coordinator", site), study, subject, "birth_date/screening/value")
    ask(client_of("data manager"), study, subject, "birth_date/screening/value", asks)
    pages = (f"subjects/{subject}/queries/", f"subjects/{subject}/verification/?show=all", "queries/",
             f"audit/?subject={subject}", f"subjects/{subject}/sign/", f"subjects/{subject}/lock/")  # fmt: skip
    for page in pages:
        text = client_of("data manager").get(f"{study}/{page}").content.decode()
        assert born not in text and "17 May 1931" not in text, page
    own = client_of("investigator", site).get(f"{study}/subjects/{subject}/verification/?show=all&page=99")
    assert own.status_code == 200
    sent = {**hidden(client_of("data manager").get(f"{study}/audit/")), "flavour": "faithful", "subject": subject}
    assert born not in client_of("data manager").post(f"{study}/audit/export/", sent).content.decode()
    mine = {**hidden(client_of("coordinator", site).get(f"{study}/audit/")), "flavour": "faithful", "subject": subject}
    assert (
        f",birth_date/screening/value,,{born},"
        in client_of("coordinator", site).post(f"{study}/audit/export/", mine).content.decode()
    )
    read = {**hidden(client_of("coordinator", site).get(f"{study}/audit/")), "flavour": "spreadsheet"}
    text = client_of("coordinator", site).post(f"{study}/audit/export/", {**read, "subject": subject}).content.decode()
    assert ",birth_date/screening/value,,17 May 1931," in text
