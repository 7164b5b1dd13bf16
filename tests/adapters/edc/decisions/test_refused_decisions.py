"""Decisions that are refused in the browser, with the clause; and saves that meet others, retries and doubles."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from adapters.edc.conftest import FIRST, SECOND, signed_in
from adapters.edc.decisions.at_work import Site, at_work, counted, stands
from trialwright.core.conditions import Measure, parts
from trialwright.core.terms import Quantity


@pytest.fixture
def site(running: Any) -> Site:
    """A site of the first study."""
    return at_work(running)


def plan(opened: Any, planned: int) -> None:
    """Let every version of the protocol plan so many subjects."""

    def so_many(one: Any) -> Any:
        design = replace(one.design, accrual=replace(one.design.accrual, planned=planned))
        return replace(one, design=design)

    opened.trial = replace(opened.trial, versions={name: so_many(one) for name, one in opened.trial.versions.items()})


def registered(opened: Any) -> int:
    opened.catch_up()
    return sum(one.registered is not None for one in opened.record.subjects.values())


@pytest.mark.parametrize(("planned", "entered"), [(0, 0), (1, 1), (2, 2)])
def test_no_more_are_registered_than_planned_though_two_ask_at_once(site: Site, planned: int, entered: int) -> None:
    before = registered(site.opened)
    two = [site.screened(), site.screened()]
    clients = [site.client("investigator") for _ in two]
    plan(site.opened, before + planned)
    addresses = [f"/{site.opened.id}/subjects/{one}/decide/register/" for one in two]
    forms = [stands(client.get(at).content.decode()) for client, at in zip(clients, addresses, strict=True)]
    typed = {"planned_first_dose": site.today.isoformat(), "occurred": site.registration_day}
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(clients[n].post, addresses[n], {**forms[n], **typed}) for n in (0, 1)]
        answers = [job.result() for job in jobs]
    assert sorted(one.status_code for one in answers) == [303] * entered + [422] * (2 - entered)
    assert registered(site.opened) == before + entered
    for refused in (one for one in answers if one.status_code == 422):
        assert f"{before + planned} are planned" in refused.content.decode()


def test_a_course_does_not_start_on_a_value_below_its_gate_and_says_which(site: Site) -> None:
    subject = site.registered()
    protocol = site.opened.trial.versions[site.opened.record.subjects[subject].version]
    gates = [(gate, part) for one in protocol.regimen for gate in one.start_course_when for part in parts(gate.when)]
    gate, measure = next((gate, part) for gate, part in gates if isinstance(part, Measure) and part.limit)
    bound = measure.limit.comparisons[0][1]
    site.enter(subject, "laboratory", **{measure.concept: Quantity(bound.value - 1, bound.unit)})

    client, address = site.client("investigator"), f"/{site.opened.id}/subjects/{subject}/decide/start-course/"
    page = client.get(address).content.decode()
    assert gate.id in page
    before = len(site.events_of(subject))
    refused = site.post(client, address)
    assert refused.status_code == 422
    assert gate.id in refused.content.decode()
    assert len(site.events_of(subject)) == before


def test_drug_that_was_miscounted_is_not_handed_out_and_the_count_stays_typed(site: Site) -> None:
    subject = site.registered()
    assert site.send("investigator", "start-course", subject).status_code == 303
    pharmacist, address = site.client("pharmacist"), f"/{site.opened.id}/subjects/{subject}/decide/release/"
    right = counted(pharmacist.get(address))
    assert right
    for wrong in (-1, 1):
        typed = {name: str(int(number) + wrong) for name, number in right.items()}
        refused = site.post(pharmacist, address, **typed)
        page = refused.content.decode()
        assert refused.status_code == 422
        assert "do not make up" in page
        assert all(f'value="{number}"' in page for number in typed.values())
    missing = site.post(pharmacist, address)
    assert missing.status_code == 422
    assert "This is needed." in missing.content.decode()
    assert site.post(pharmacist, address, **right).status_code == 303


def test_a_decision_taken_twice_with_one_key_is_saved_once(site: Site) -> None:
    subject = site.registered()
    client, address = site.client("investigator"), f"/{site.opened.id}/subjects/{subject}/decide/start-course/"
    form = stands(client.get(address).content.decode())
    assert [client.post(address, form).status_code for _ in range(2)] == [303, 303]
    kinds = [type(one).__name__ for one in site.events_of(subject)]
    assert kinds.count("CourseStarted") == 1


def test_a_decision_on_a_record_that_changed_since_is_shown_again_with_what_came(site: Site) -> None:
    subject = site.registered()
    client, address = site.client("investigator"), f"/{site.opened.id}/subjects/{subject}/decide/start-course/"
    form = stands(client.get(address).content.decode())
    site.enter(subject, "a late result", weight=Quantity.parse("80 kg"))
    answer = client.post(address, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "a late result" in page
    again = stands(page)
    assert int(again["version"]) == int(form["version"]) + 1
    assert client.post(address, again).status_code == 303


def test_an_entry_for_the_wrong_patient_is_voided_only_after_a_second_look_and_with_a_reason(site: Site) -> None:
    subject = site.screened()
    wrong = site.events_of(subject)[-1]
    client, address = site.client("coordinator"), f"/{site.opened.id}/subjects/{subject}/decide/void/?voids={wrong.id}"
    assert site.post(client, address, voids=wrong.id).status_code == 422
    looked = site.post(client, address, voids=wrong.id, why="the form of another patient")
    assert looked.status_code == 200
    assert type(site.events_of(subject)[-1]).__name__ != "EventVoided"
    done = client.post(address, {**stands(looked.content.decode()), "confirmed": "yes"})
    assert done.status_code == 303
    said = site.events_of(subject)[-1]
    assert (said.voids, said.why) == (wrong.id, "the form of another patient")


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("occurred", "2005-02-30", "There is no day"),
        ("occurred", "30.2.2005", "Write the day"),
        ("occurred", "2199-01-01", "has not come yet"),
        ("occurred", "1066-10-14", "is no day of a trial"),
        ("protocol_version", "99", "none of those offered"),
        ("subject", "../../etc/passwd", "An id has letters"),
        ("subject", "", "This is needed."),
        ("document", "a\u0000b", "cannot be printed"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_blank_and_kept(site: Site, name: str, typed: str, says: str) -> None:
    client, address = site.client("coordinator"), f"/{site.opened.id}/decide/screen/"
    before = site.opened.record.last_seq
    answer = site.post(client, address, **{"before": "never", name: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert not typed or "\u0000" in typed or name == "protocol_version" or f'value="{typed}"' in page
    site.opened.catch_up()
    assert site.opened.record.last_seq == before


def test_two_who_screen_at_once_get_two_ids(site: Site) -> None:
    client, address = site.client("coordinator"), f"/{site.opened.id}/decide/screen/"
    forms = [stands(client.get(address).content.decode()) for _ in range(2)]
    answers = [client.post(address, {**form, "before": "never"}) for form in forms]
    assert [one.status_code for one in answers] == [303, 422]
    assert "is a subject already" in answers[1].content.decode()
    assert stands(client.get(address).content.decode())["subject"] != forms[0]["subject"]


@pytest.mark.parametrize("study", [FIRST, SECOND])
def test_a_person_of_another_site_or_role_takes_no_decision(serve: Callable[[str], Any], study: str) -> None:
    opened = serve(study)
    for subject, record in opened.record.subjects.items():
        others = [one for one in opened.site_ids if one != record.site]
        address = f"/{opened.id}/subjects/{subject}/decide/register/"
        assert signed_in("coordinator", record.site).post(address).status_code == 403
        for other in others[:1]:
            assert signed_in("investigator", other).post(address).status_code == 404
        break


JUNK = ("", "99999999999999999999", "9999-12-31", "<script>", "x" * 5000 + "²")
"""What nobody should type, and somebody will send."""
DAYS = ("0001-01-01", "9999-12-31")


@pytest.mark.parametrize("study", [FIRST, SECOND])
def test_no_junk_in_any_blank_of_any_decision_breaks_a_page_or_is_saved(
    serve: Callable[[str], Any], study: str
) -> None:
    from trialwright.adapters.edc.access.matrix import About
    from trialwright.adapters.edc.decisions.acts import ACTS
    from trialwright.core.people import AT_A_SITE

    opened = serve(study)
    subject, record = max(opened.record.subjects.items(), key=lambda one: one[1].events)
    before = opened.record.last_seq
    for act in ACTS:
        role = act.write[0].value
        client = signed_in(role, record.site if role in AT_A_SITE else None)
        of_subject = f"subjects/{subject}/" if act.about is About.SUBJECT else ""
        address = f"/{opened.id}/{of_subject}decide/{act.id}/"
        form = stands(client.get(address).content.decode())
        for junk in JUNK:
            everywhere = {name: junk for name in form if name not in ("csrfmiddlewaretoken", "key", "version")}
            assert client.post(address, {**form, **everywhere}).status_code == 422, (act.id, junk)
        for day in DAYS:
            asked = client.get(address, {"occurred": day, "drug": day, "voids": day, "site": day})
            assert asked.status_code == 200, (act.id, day)
        for name in ("key", "version"):
            assert client.post(address, {**form, name: "x" * 200}).status_code in (422, 200)
    opened.catch_up()
    assert opened.record.last_seq == before
