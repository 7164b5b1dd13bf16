"""The API: the same data, permissions and refusals as the pages, as documents; a save sent twice is one save."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from adapters.edc.conftest import FIRST, SECOND, signed_in
from trialwright.core.ledger import KINDS, CourseStarted, FormSubmitted, SubjectRegistered, TreatmentEnded

DAY = "2005-11-14"


class Program:
    """A program with a token of a ready-made person."""

    def __init__(self, opened: Any, role: str, site: str | None = None, scope: str = "write") -> None:
        from trialwright.adapters.edc.models import Account
        from trialwright.adapters.edc.people.tokens import issue

        client = signed_in(role, site)
        account = Account.objects.get(pk=client.session["_auth_user_id"])
        until = datetime.now(UTC) + timedelta(days=400_000 // 366)
        secret = issue(account, opened, "a program", scope, until)
        self.person, self.study, self.client = account.person, opened.id, Client(raise_request_exception=True)
        self.who = {"Authorization": f"Bearer {secret}"}

    def at(self, path: str) -> str:
        return f"/api/v1/{self.study}/{path}"

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(self.at(path), query, headers=self.who)

    def post(self, path: str, body: Any, key: str = "k1", **headers: str) -> Any:
        told = {**self.who, "Idempotency-Key": key, **headers}
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(self.at(path), text, content_type="application/json", headers=told)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    """Tokens of other tests' databases have the same numbers."""
    from trialwright.adapters.edc.api import rate

    rate._seen.clear()


@pytest.fixture
def program(running: Any) -> Callable[..., Program]:
    def make(role: str, site: str | None = None, scope: str = "write") -> Program:
        return Program(running, role, site, scope)

    return make


def treated(opened: Any) -> str:
    held = opened.record.subjects.items()
    return next(name for name, one in held if one.of_kind(CourseStarted) and not one.of_kind(TreatmentEnded))


def form(subject: str, value: str = "1.7", on: str = DAY, **more: Any) -> dict[str, Any]:
    items = [{"path": "anc/api1/value", "new": {"v": value, "u": "10*9/L"}}, {"path": "anc/api1/on", "new": on}]
    return {"event": "FormSubmitted", "subject": subject, "occurred": on, "form": "laboratory", "items": items, **more}


READS = (
    "", "openapi.json", "status/", "ledger/", "exports/", "subjects/", "queries/", "deviations/", "audit/",
    "subjects/{subject}/", "subjects/{subject}/eligibility/", "subjects/{subject}/dose/",
    "subjects/{subject}/calendar/", "subjects/{subject}/deviations/", "subjects/{subject}/forms/",
    "subjects/{subject}/queries/", "subjects/{subject}/verification/", "subjects/{subject}/locks/",
    "subjects/{subject}/signatures/", "subjects/{subject}/events/", "subjects/{subject}/serious/",
    "subjects/{subject}/terms/", "today/", "screening/", "flow/", "serious/", "protocol/", "amendments/", "sites/",
    "laboratory/", "people/", "dictionaries/",
)  # fmt: skip


@pytest.mark.parametrize("study", [FIRST, SECOND])
def test_everything_that_is_asked_of_a_study_is_answered(serve: Callable[[str], Any], study: str) -> None:
    opened = serve(study)
    reader = Program(opened, "data manager")
    for subject in [*opened.record.subjects][:3]:
        for path in READS:
            answer = reader.get(path.format(subject=subject))
            assert answer.status_code == 200, (path, answer.content[:500])
            assert answer["Content-Type"].startswith("application/json")
            json.loads(answer.content)
        for key in [one["key"] for one in reader.get(f"subjects/{subject}/forms/").json()["forms"]][:4]:
            assert reader.get(f"subjects/{subject}/forms/{key}/").status_code == 200


def test_a_status_is_the_document_of_the_command_line(running, program) -> None:
    from trialwright.adapters.exchange.answers.plain import as_data
    from trialwright.adapters.exchange.answers.subject import subject_document
    from trialwright.core.conduct import subject_status

    subject = treated(running)
    site = running.record.subjects[subject].site
    said = program("coordinator", site).get(f"subjects/{subject}/").json()
    today = datetime.fromisoformat(said["on"]).date()
    wanted = subject_status(running.trial, running.record, subject, today)
    document = as_data(subject_document(wanted, running.record.last_seq, running.reader().head().hash))
    assert {**document, "stream_version": said["stream_version"]} == said


def test_events_are_written_once_however_often_they_are_sent(running, program) -> None:
    subject = treated(running)
    sender = program("coordinator", running.record.subjects[subject].site)
    first = sender.post("events/", {"events": [form(subject)]})
    assert first.status_code == 200, first.content
    again = sender.post("events/", {"events": [form(subject)]})
    assert (first.json()["replay"], again.json()["replay"]) == (False, True)
    assert first.json()["seqs"] == again.json()["seqs"]
    other = sender.post("events/", {"events": [form(subject, "0.2")]})
    assert (other.status_code, other["Content-Type"]) == (409, "application/problem+json")
    event = next(one for one in running.reader().events(subject=subject) if one.seq == first.json()["seqs"][0])
    assert (event.actor, event.role, event.site) == (sender.person, "coordinator", sender_site(running, subject))
    assert isinstance(event, FormSubmitted) and event.offset and event.protocol


def sender_site(opened: Any, subject: str) -> str:
    return str(opened.record.subjects[subject].site)


def test_a_stale_save_is_a_409_with_both_sides(running, program) -> None:
    subject = treated(running)
    sender = program("coordinator", running.record.subjects[subject].site)
    seen = sender.get(f"subjects/{subject}/").json()["stream_version"]
    sender.post("events/", {"events": [form(subject)], "base_versions": {subject: seen}}, "k1")
    answer = sender.post("events/", {"events": [form(subject, "0.9")], "base_versions": {subject: seen}}, "k2")
    assert answer.status_code == 409
    (side,) = [one for one in answer.json()["differences"] if one["path"] == "anc/api1/value"]
    assert (side["theirs"], side["mine"], side["clashes"]) == (
        {"v": "1.7", "u": "10*9/L"}, {"v": "0.9", "u": "10*9/L"}, True,
    )  # fmt: skip


def test_trying_writes_nothing_and_says_what_a_save_would(running, program) -> None:
    subject = treated(running)
    sender, before = program("coordinator", running.record.subjects[subject].site), running.reader().head().seq
    fine = sender.post("events/check/", {"events": [form(subject)]}).json()
    wrong = sender.post("events/check/", {"events": [form(subject, "-1")]}).json()
    assert (fine["would_be_saved"], wrong["would_be_saved"]) == (True, False)
    assert "less than nothing" in wrong["findings"][0]["says"]
    refused = sender.post("events/", {"events": [form(subject, "-1")]})
    assert refused.status_code == 422 and "less than nothing" in refused.json()["findings"][0]["says"]
    assert running.reader().head().seq == before


def test_what_is_still_to_come_is_told_when_it_is_tried_as_when_it_is_saved(running, program) -> None:
    subject = treated(running)
    sender = program("coordinator", running.record.subjects[subject].site)
    later = {"events": [form(subject, on=f"{running.today + timedelta(days=9)}", occurred=DAY)]}
    tried, saved = sender.post("events/check/", later).json(), sender.post("events/", later)
    assert (tried["would_be_saved"], saved.status_code) == (False, 422)
    assert tried["findings"] == saved.json()["findings"]


@pytest.mark.parametrize(
    ("role", "event", "status"),
    [
        ("coordinator", {"event": "CourseStarted"}, 403),
        ("investigator", {"event": "DoseReleased"}, 403),
        ("pharmacist", {"event": "FormSubmitted"}, 403),
        ("monitor", {"event": "FormSubmitted"}, 403),
        ("auditor", {"event": "QueryOpened"}, 403),
        ("statistician", {"event": "SubjectRegistered"}, 403),
        ("coordinator", {"event": "QueryClosed"}, 403),
        ("administrator", {"event": "FormSubmitted"}, 404),
        ("coordinator", {"event": "Signed"}, 422),
        ("administrator", {"event": "RoleGranted"}, 422),
        ("coordinator", {"event": "PayloadRedacted"}, 422),
        ("coordinator", {"event": "Nothing"}, 422),
    ],
)
def test_an_event_is_whose_page_makes_it(running, program, role, event, status) -> None:
    subject = treated(running)
    site = running.record.subjects[subject].site
    site_role = role in ("coordinator", "investigator", "pharmacist")
    sender = program(role, site if site_role else None)
    said = {"answer": "x", "clauses": []}
    told = {
        "CourseStarted": {"drug": "x", "course": 9, "dose": {"v": "1", "u": "mg"}, "said": said},
        "DoseReleased": {"drug": "x", "course": 9, "dose": {"v": "1", "u": "mg"}, "days": 1, "said": said},
        "FormSubmitted": {"form": "f", "items": form(subject)["items"]},
        "QueryOpened": {"item": "anc/a/value", "asks": "?"},
        "QueryClosed": {"item": "anc/a/value"},
        "SubjectRegistered": {"version": "1", "said": said},
        "Signed": {"meaning": "m", "content_hash": "0" * 64, "name": "n"},
        "RoleGranted": {"person": "u1", "granted": "monitor"},
    }.get(event["event"], {})
    answer = sender.post("events/", {"events": [{**event, **told, "subject": subject, "occurred": DAY}]})
    if status == 404:
        assert answer.status_code in (403, 404)
    else:
        assert answer.status_code == status, answer.content
    assert sender.get("ledger/").json()["seq"] == running.reader().head().seq


def test_another_sites_subject_does_not_exist(running, program) -> None:
    subject = treated(running)
    site = running.record.subjects[subject].site
    elsewhere = next(one for one in running.site_ids if one != site)
    stranger = program("coordinator", elsewhere)
    for path in ("subjects/{}/", "subjects/{}/events/", "subjects/{}/signatures/"):
        there, nowhere = stranger.get(path.format(subject)), stranger.get(path.format("nobody"))
        assert (there.status_code, there.content) == (404, nowhere.content)
        assert there["Content-Type"] == "application/problem+json"
    assert stranger.post("events/", {"events": [form(subject)]}).status_code == 404
    assert subject not in stranger.get("subjects/").content.decode() + stranger.get("audit/").content.decode()


def test_nobody_acts_in_anothers_name_or_in_a_role_they_do_not_hold(running, program) -> None:
    subject = treated(running)
    sender = program("coordinator", running.record.subjects[subject].site)
    assert sender.post("events/", {"events": [form(subject, actor="u-other")]}).status_code == 422
    assert sender.post("events/", {"events": [form(subject, role="investigator")]}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer tw_wrong"}, 401), ({"Authorization": "Basic eDp5"}, 401)],
)
def test_whoever_is_not_known_gets_nothing(running, headers, status) -> None:
    for path in ("", "subjects/", f"subjects/{treated(running)}/", "openapi.json"):
        answer = Client().get(f"/api/v1/{running.id}/{path}", headers=headers)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert Client().post(f"/api/v1/{running.id}/events/", "{}", content_type="application/json").status_code in (
        401,
        403,
    )


def test_a_token_for_reading_writes_nothing(running, program) -> None:
    subject = treated(running)
    reader = program("coordinator", running.record.subjects[subject].site, "read")
    assert reader.get(f"subjects/{subject}/").status_code == 200
    assert reader.post("events/", {"events": [form(subject)]}).status_code == 403
    assert reader.post("events/check/", {"events": [form(subject)]}).status_code == 403


def test_a_browser_needs_its_csrf_token(running) -> None:
    subject = treated(running)
    browser = signed_in("coordinator", running.record.subjects[subject].site)
    browser.handler.enforce_csrf_checks = True
    told = {"content_type": "application/json", "headers": {"Idempotency-Key": "b1"}}
    at = f"/api/v1/{running.id}/events/"
    assert browser.post(at, json.dumps({"events": [form(subject)]}), **told).status_code == 403
    browser.cookies["csrf"] = "a" * 32
    told["headers"] = {**told["headers"], "X-CSRFToken": "a" * 32}
    assert browser.post(at, json.dumps({"events": [form(subject)]}), **told).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b'{"events": []}', 422),
        (b'{"events": [1]}', 422),
        (b'{"events": [{}], "events": [{}]}', 400),
        (b'{"events": [{"event": "FormSubmitted", "x": 1.5}]}', 400),
        (b'{"events": [{"event": "FormSubmitted", "x": NaN}]}', 400),
        (b'{"events": [{"event": "FormSubmitted", "subject": "\\ud800"}]}', 422),
        (b'{"events": [{"event": "FormSubmitted"}], "other": 1}', 422),
        (b'{"events": [{"event": "FormSubmitted"}], "base_versions": {"\\ud800": 1}}', 422),
        (b'{"events": ' + b"[" * 100 + b"]" * 100 + b"}", 400),
        (b'{"events": [' + b"{}," * 600 + b"{}]}", 422),
        (b'{"events": [{"event": "' + b"x" * 6_000_000 + b'"}]}', 413),
        ('{"events": [{"event": "FormSubmitted", "occurred": "2005-02-30"}]}'.encode("utf-16"), 400),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_problem(running, program, body, status) -> None:
    answer = program("coordinator", running.site_ids[0]).post("events/", body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert answer.json()["status"] == status


def test_a_key_is_needed_to_save(running, program) -> None:
    subject = treated(running)
    sender = program("coordinator", running.record.subjects[subject].site)
    body = json.dumps({"events": [form(subject)]})
    for headers in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 201}, {"Idempotency-Key": "a b"}):
        told = {**sender.who, **headers}
        answer = sender.client.post(sender.at("events/"), body, content_type="application/json", headers=told)
        assert answer.status_code == 422
    assert (
        sender.client.post(sender.at("events/"), body, content_type="text/plain", headers=sender.who).status_code == 415
    )


def test_one_request_too_many_is_told_to_wait(running, program, monkeypatch) -> None:
    reader = program("monitor")
    monkeypatch.setenv("TRIALWRIGHT_API_RATE", "3")
    answers = [reader.get("ledger/").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert reader.get("ledger/")["Retry-After"] == "60"


@pytest.mark.parametrize(("at", "too_many"), [(0.0, True), (59.9, True), (60.0, False), (61.0, False)])
def test_a_minute_later_the_count_begins_again(monkeypatch, at, too_many) -> None:
    from trialwright.adapters.edc.api import rate

    monkeypatch.setenv(rate.VARIABLE, "1")
    who = f"test {at}"
    assert rate.too_many(who, 1000.0) is False
    assert rate.too_many(who, 1000.0 + at) is too_many


def test_an_identifier_is_kept_at_the_site(running, program) -> None:
    subject = next(name for name, one in running.record.subjects.items() if one.items)
    site = running.record.subjects[subject].site
    born = {"path": "birth_date/scr/value", "new": "1944-07-31"}
    local = program("coordinator", site)
    told = {**form(subject), "items": [born], "form": "demography"}
    assert local.post("events/", {"events": [told]}, "born").status_code == 200
    central = program("data manager")
    for path in [one for one in READS if "subject" in one or one == "audit/"]:
        at = path.format(subject=subject)
        assert "1944-07-31" not in central.get(at).content.decode(), path
    assert "kept at the site" in central.get(f"subjects/{subject}/events/").content.decode()
    assert "1944-07-31" in local.get(f"subjects/{subject}/events/").content.decode()


def test_events_read_back_as_they_were_submitted(running, program) -> None:
    from trialwright.adapters.edc.api.events import document_of, read_events

    reader, seen = program("auditor"), 0
    after: int | None = 0
    while after is not None:
        page = reader.get("audit/", after=after, limit=50).json()
        seen, after = seen + len(page["events"]), page["next"]
    assert seen == running.reader().head().seq
    for event in running.reader().events():
        document = {key: value for key, value in document_of(event).items() if key not in ("id", "seq", "recorded")}
        (again,), faults = read_events([document], event.actor)
        assert faults == [] and document_of(again) == document


def test_every_kind_of_event_has_its_writers_or_a_reason() -> None:
    from trialwright.adapters.edc.access.matrix import page_named
    from trialwright.adapters.edc.api.allowed import BY_CONCEPT, BY_PAGE, BY_ROLE, NOT_SUBMITTED
    from trialwright.core.ledger import Locked

    assert {*BY_PAGE, *BY_ROLE, *NOT_SUBMITTED, Locked} == set(KINDS.values())
    for name in {page for pages in BY_PAGE.values() for page in pages} | {*BY_CONCEPT.values()}:
        assert page_named(name).write, name


def test_a_file_is_tried_and_read_in(running, program) -> None:
    subject = treated(running)
    sender = program("data manager")
    by = {"shape": "long", "decimal": ".", "dates": "YYYY-MM-DD", "subject": "subject", "date": "date",
          "analyte": "test", "value": "result", "unit": "unit", "tests": {"ANC": {"concept": "anc"}}}  # fmt: skip
    table = f"subject,date,test,result,unit\n{subject},{DAY},ANC,1.7,10*9/L\n"
    body = {"files": {"file": table}, "map": by, "map_name": "Central"}
    tried = sender.post("imports/laboratory/check/", body).json()
    assert (tried["would_be_saved"], tried["new"]) == (True, 1)
    saved = sender.post("imports/laboratory/", body)
    assert saved.status_code == 200 and len(saved.json()["seqs"]) == 2
    again = sender.post("imports/laboratory/", {"files": {"file": table}, "map_name": "Central"}, "k2").json()
    assert (again["saved"], again["same"]) == (0, 1)
    wrong = sender.post("imports/laboratory/", {**body, "files": {"file": table.replace("10*9/L", "furlong")}}, "k3")
    assert wrong.status_code == 422 and "is not known" in wrong.json()["findings"][0]["says"]


def test_a_token_does_not_sign(running, program) -> None:
    subject = treated(running)
    signer = program("investigator", running.record.subjects[subject].site)
    body = {"what": "subject", "meaning": "m", "content": "0" * 64, "password": "x", "version": 1}
    assert signer.post(f"subjects/{subject}/signatures/", body).status_code == 403


def test_the_ledger_is_verified(running, program) -> None:
    found = program("auditor").post("ledger/verify/", {}).json()
    assert found["ok"] is True and found["head"] == running.reader().head().hash


def test_the_description_tells_every_address_and_refusal(running, program) -> None:
    from trialwright.adapters.edc.access.matrix import pages
    from trialwright.adapters.edc.api.pages import PAGES
    from trialwright.adapters.edc.api.views import path_of

    told = program("auditor").get("openapi.json").json()
    assert set(told["paths"]) == {"/api/v1/{study}" + path_of(page) for page in PAGES}
    for page in PAGES:
        methods = told["paths"]["/api/v1/{study}" + path_of(page)]
        assert set(methods) == {*(["get"] if page.read else []), *(["post"] if page.write else [])}
        for operation in methods.values():
            assert {"200", "401", "403", "404", "422", "429"} <= set(operation["responses"])
            assert operation["security"] and "application/problem+json" in operation["responses"]["404"]["content"]
    assert {one.name for one in pages() if one.api} == {page.name for page in PAGES}


def test_what_is_made_is_fetched_by_whoever_asked_and_told_in_the_ledger(running, program) -> None:
    import time

    analyst = program("statistician")
    assert "adam-csv" in [one["kind"] for one in analyst.get("exports/").json()["kinds"]]
    before = running.reader().head().seq
    job = analyst.post("exports/", {"kind": "adam-csv"}).json()["job"]
    told = list(running.reader().events(after_seq=before))
    assert [(type(one).__name__, one.what, one.actor) for one in told] == [("DataExported", "adam-csv", analyst.person)]
    assert program("data manager").get(f"exports/{job}/").status_code == 404
    for _ in range(240):
        said = analyst.get(f"exports/{job}/").json()
        if said["state"] in ("done", "failed"):
            break
        time.sleep(0.25)
    assert said["state"] == "done", said
    file = next(one for one in said["files"] if one["name"].endswith("adsl.csv") or one["name"].endswith(".zip"))
    answer = analyst.get(f"exports/{job}/{file['number']}/")
    assert answer.status_code == 200 and b"".join(answer.streaming_content)
    assert analyst.get(f"exports/{job}/99999/").status_code == 404
    for wrong in ({"kind": "nothing"}, {"kind": "adam-csv", "known_at": 10**9}, {"kind": "adam-csv", "cut": "x"}):
        assert analyst.post("exports/", wrong, "k2").status_code == 422


def test_the_reference_lists_every_address(project) -> None:
    from trialwright.adapters.edc.api.schema import described

    text = (project / "docs" / "reference" / "api.md").read_text("utf-8")
    for path, methods in described()["paths"].items():
        below = path.removeprefix("/api/v1/{study}/") or "(the study)"
        assert [one for one in methods if f"| `{below}` | {one.upper()} |" not in text] == [], below


def test_an_event_is_of_the_senders_site_and_of_the_protocol_in_force(running, program) -> None:
    subject = treated(running)
    site = running.record.subjects[subject].site
    elsewhere = next(one for one in running.site_ids if one != site)
    sender = program("coordinator", site)
    assert sender.post("events/", {"events": [form(subject, site=elsewhere)]}).status_code == 404
    assert sender.post("events/", {"events": [form(subject, site="nowhere")]}).status_code == 404
    assert sender.post("events/", {"events": [form(subject, protocol="0" * 64)]}).status_code == 422
    (version,) = {one.version for one in running.record.subjects[subject].of_kind(SubjectRegistered)}
    assert sender.post("events/", {"events": [form(subject, site=site, protocol=version)]}).status_code == 200


def test_a_lock_without_a_degree_is_one_for_good(running, program) -> None:
    subject = treated(running)
    manager = program("data manager")
    lock = {"event": "Locked", "subject": subject, "occurred": running.today.isoformat(), "what": "anc"}
    answer = manager.post("events/", {"events": [lock]})
    assert answer.status_code == 422, "the checklist of a lock for good is open"
    assert manager.post("events/", {"events": [{**lock, "degree": "freeze"}]}, "k2").status_code == 200


def test_a_signed_in_person_signs_with_both_components(running) -> None:
    from trialwright.adapters.edc.people import demonstration
    from trialwright.core.oversight import MEANINGS, content_of

    subject = treated(running)
    record = running.record.subjects[subject]
    signer = signed_in("investigator", record.site)
    at = f"/api/v1/{running.id}/subjects/{subject}/signatures/"
    content = content_of(running.trial, running.record, record, "subject", running.today)
    body = {"what": "subject", "meaning": next(iter(MEANINGS)), "content": content.sha256, "version": record.events,
            "password": demonstration.PASSWORD, "code": demonstration.CODE}  # fmt: skip

    def sign(key: str, **more: Any) -> Any:
        told = {"content_type": "application/json", "headers": {"Idempotency-Key": key}}
        return signer.post(at, json.dumps({**body, **more}), **told)

    assert sign("s1", password="wrong").status_code == 422
    assert sign("s2", content="0" * 64).status_code == 422
    assert sign("s3", version=1).status_code == 409
    asked = signer.get(at, {"what": "subject"}).json()
    assert (asked["signatures"], asked["content"]["sha256"]) == ([], content.sha256)
    assert body["meaning"] in asked["meanings"] and signer.get(at, {"what": "nothing"}).status_code == 404
    assert sign("s4").status_code == 200
    (signature,) = signer.get(at).json()["signatures"]
    assert (signature["holds"], signature["signed"]["content_hash"]) == (True, content.sha256)
