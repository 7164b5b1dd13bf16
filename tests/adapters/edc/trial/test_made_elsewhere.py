"""What takes long is made by another process: for who asked alone, for a quarter of an hour, and written down."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from adapters.edc.conftest import signed_in
from trialwright.adapters.edc.trial import making
from trialwright.adapters.edc.trial.made import KINDS
from trialwright.adapters.edc.trial.making import Job, State, TooMany, job_of, place, say, start, tidy
from trialwright.core.ledger import DataExported

ASKED = Job(
    id="", kind="adam-csv", study="s", folder="/nowhere", person="p", role="statistician", title="t", asked_at=""
)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Jobs in a folder of this test's own; whatever still runs at its end is ended."""
    monkeypatch.setenv(making.PLACE, str(tmp_path / "made"))
    yield
    for child in making.CHILDREN.values():
        child.kill()
        child.wait()
    making.CHILDREN.clear()


@pytest.fixture
def sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the worker a process that makes nothing for a while."""
    monkeypatch.setattr(making, "WORKER", "timeit")  # `python -m timeit FOLDER` ends at once with an error
    monkeypatch.setattr(making, "_lives", lambda job, state: True)


def done(client: Any, at: str) -> str:
    """The page of a job once it is over."""
    for _ in range(600):
        text: str = client.get(at).content.decode()
        if 'hx-trigger="every' not in text:
            return text
        time.sleep(0.2)
    pytest.fail("the job is not done after two minutes")


def ask(client: Any, at: str, **told: str) -> Any:
    key = re.search(r'name="key" value="([^"]*)"', client.get(at).content.decode())
    return client.post(at, {"key": key[1] if key else "", **told})


def status_of(client: Any, at: str) -> int:
    """What is answered, with the file that comes along closed."""
    answer = client.get(at)
    answer.close()
    return int(answer.status_code)


# --- from asking to fetching -----------------------------------------------------------------------------------------


def test_datasets_are_made_fetched_by_who_asked_and_written_down(running: Any) -> None:
    client, at = signed_in("statistician"), f"/{running.id}/trial/files/"
    before = running.record.last_seq
    answer = ask(client, at, kind="adam-csv")
    assert answer.status_code == 303
    running.catch_up()
    (event,) = running.reader().events(after_seq=before)
    assert isinstance(event, DataExported)
    assert (event.what, event.role) == ("adam-csv", "statistician")
    text = done(client, answer["Location"])
    (first, *_) = re.findall(r'href="([^"]+/made/\w+/\d+/)"', text)
    file = client.get(first)
    with zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content))) as archive:
        assert any(name.startswith("adsl") for name in archive.namelist())
    assert "attachment" in file["Content-Disposition"]
    assert "simulated-" in file["Content-Disposition"]
    for other in ("data manager", "sponsor-investigator", "auditor", "monitor"):
        assert status_of(signed_in(other), answer["Location"]) == 404
        assert status_of(signed_in(other), first) == 404


def test_figures_of_a_site_are_made_of_its_own_subjects_alone(running: Any) -> None:
    site = running.site_ids[0]
    client = signed_in("investigator", site)
    answer = ask(client, f"/{running.id}/trial/figures/", kind="figures")
    text = done(client, answer["Location"])
    others = [name for name, one in running.record.subjects.items() if one.site != site]
    own = [name for name, one in running.record.subjects.items() if one.site == site]
    assert not [name for name in others if name in text]
    screened = re.search(r"(\d+) screened", text)
    assert screened is not None
    assert int(screened[1]) == len(own)
    assert re.search(r'<img src="[^"]+/made/\w+/\d+/"', text)


@pytest.mark.parametrize(("role", "kind"), [("auditor", "casebooks"), ("statistician", "results")])
def test_everything_else_is_made_as_well(running: Any, role: str, kind: str) -> None:
    client = signed_in(role)
    client.cookies["language"] = "es"
    answer = ask(client, f"/{running.id}/trial/files/", kind=kind)
    text = done(client, answer["Location"])
    found = job_of(answer["Location"].split("/")[-2])
    assert found is not None
    assert found[1].state == "done", text
    names = {one.name for one in found[1].files}
    if kind == "casebooks":
        assert {f"simulated-casebook-{subject}.pdf" for subject in running.record.subjects} <= names
        told = PdfReader(next((place() / found[0].id).rglob("simulated-casebook-*.pdf"))).pages[0].extract_text()
        assert "Cuaderno de" in told
        assert "Protocol version" not in told, "in the language of whoever asked"
    else:
        assert names == {"results.json", "to-mend.txt"}


# --- who may ---------------------------------------------------------------------------------------------------------


def made_for(running: Any, role: str, kind: str, **more: Any) -> tuple[Any, Job]:
    """A job that is done, of the ready-made person of a role."""
    from trialwright.adapters.edc.people.demonstration import account_of

    site = more.pop("at", None)
    person = account_of(role, site).person
    job = Job(
        id=more.pop("id", "a" * 32), kind=kind, study=running.id, folder=str(running.folder), person=person, role=role,
        title=kind, asked_at=datetime.now(UTC).isoformat(), **more,
    )  # fmt: skip
    folder = place() / job.id
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "x.csv").write_text("a\r\n")
    making.write(folder / "job.json", asdict(job))
    say(
        job.id,
        State(
            "done", 5, 5, finished=datetime.now(UTC).isoformat(), files=(making.MadeFile("x.csv", "x", "text/csv", 3),)
        ),
    )
    return signed_in(role, site), job


def test_what_was_made_is_gone_after_a_quarter_of_an_hour(running: Any) -> None:
    client, job = made_for(running, "statistician", "adam-csv")
    at = f"/{running.id}/trial/made/{job.id}/"
    state = job_of(job.id)[1]  # type: ignore[index]
    for age, status in ((timedelta(minutes=14, seconds=50), 200), (timedelta(minutes=15, seconds=1), 404)):
        say(job.id, replace(state, finished=(datetime.now(UTC) - age).isoformat()))
        assert status_of(client, at) == status
        assert status_of(client, f"{at}0/") == status


def test_who_lost_the_role_since_does_not_have_it_any_more(running: Any) -> None:
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.desk.desk import unscoped
    from trialwright.adapters.edc.people.demonstration import account_of
    from trialwright.core.ledger import RoleEnded

    client, job = made_for(running, "statistician", "adam-csv")
    at = f"/{running.id}/trial/made/{job.id}/0/"
    assert status_of(client, at) == 200
    chief = account_of("administrator").person
    desk = unscoped(running, chief, running.roster.grants(chief), Role.ADMINISTRATOR)
    (grant,) = running.roster.grants(job.person)
    ended = desk.event(RoleEnded, person=job.person, ended=grant.role, why="left")
    desk.save([ended], desk.new_key())
    assert status_of(client, at) in (403, 404)


@pytest.mark.parametrize(
    ("role", "kind"),
    [("monitor", "adam-csv"), ("auditor", "monitoring"), ("monitor", "report"), ("auditor", "nothing")],
)
def test_a_kind_that_a_role_may_not_have_is_not_there_even_with_its_name(running: Any, role: str, kind: str) -> None:
    client, job = made_for(running, role, kind)
    assert status_of(client, f"/{running.id}/trial/made/{job.id}/") == 404
    assert status_of(client, f"/{running.id}/trial/made/{job.id}/0/") == 404


def test_a_site_may_not_have_what_was_made_of_all_sites_or_of_another(running: Any) -> None:
    own, other = running.site_ids[:2]
    for number, (sites, status) in enumerate((((own,), 200), ((other,), 404), (None, 404), ((own, other), 404))):
        client, job = made_for(running, "investigator", "figures", at=own, sites=sites, id=f"{number}" * 32)
        assert status_of(client, f"/{running.id}/trial/made/{job.id}/") == status


@pytest.mark.parametrize("name", ["..", "%2e%2e", "a" * 31, "a" * 33, "../" * 5 + "etc", "A-" * 16, "\x00" * 32, ""])
def test_a_name_that_is_none_leads_nowhere(name: str) -> None:
    assert job_of(name) is None


def test_a_file_that_is_not_among_those_made_is_not_there(running: Any) -> None:
    client, job = made_for(running, "statistician", "adam-csv")
    at = f"/{running.id}/trial/made/{job.id}/"
    assert [status_of(client, f"{at}{number}/") for number in ("0", "1", "999999")] == [200, 404, 404]
    assert status_of(client, f"{at}-1/") == 404


def test_arms_of_a_masked_trial_are_for_the_statistician_alone(
    serve: Callable[[str], Any], studies: tuple[str, str]
) -> None:
    opened = serve(studies[1])
    arms = [arm.label for arm in opened.trial.versions[opened.trial.latest].arms]
    assert len(arms) > 1
    roles = (("statistician", 200), ("data manager", 404), ("sponsor-investigator", 404))
    for number, (role, status) in enumerate(roles):
        client, job = made_for(opened, role, "figures", arms=True, id=f"{number}" * 32)
        assert status_of(client, f"/{opened.id}/trial/made/{job.id}/") == status
        flow = client.get(f"/{opened.id}/trial/flow/").content.decode()
        assert all(arm in flow for arm in arms) is (role == "statistician")
        offered = client.get(f"/{opened.id}/trial/files/").content.decode()
        assert ('value="report"' in offered) is (role == "statistician")


# --- what is asked wrongly, and too much ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "casebook"},
        {"kind": "check"},
        {"kind": "report", "cut": "5 Jul 2006"},
        {"kind": "report", "cut": "2006-02-30"},
        {"kind": "report", "known_at": "0"},
        {"kind": "report", "known_at": "99999999999999999999"},
        {"kind": "report", "known_at": "٣"},
    ],
)
@pytest.mark.usefixtures("sleeping")
def test_what_is_asked_wrongly_begins_nothing(running: Any, told: dict[str, str]) -> None:
    answer = ask(signed_in("statistician"), f"/{running.id}/trial/files/", **told)
    assert answer.status_code == 422
    assert list(place().iterdir()) == []


@pytest.mark.usefixtures("sleeping")
def test_one_person_has_two_made_at_once_and_all_together_three() -> None:
    start(ASKED)
    start(ASKED)
    with pytest.raises(TooMany):
        start(ASKED)
    start(replace(ASKED, person="q"))
    with pytest.raises(TooMany):
        start(replace(ASKED, person="r"))


@pytest.mark.usefixtures("sleeping")
def test_asking_for_more_than_is_taken_on_says_so(running: Any) -> None:
    for person in ("a", "b", "c"):
        start(replace(ASKED, person=person))
    answer = ask(signed_in("statistician"), f"/{running.id}/trial/files/", kind="report")
    assert answer.status_code == 429
    assert "Wait until one of them is done" in answer.content.decode()


def test_a_worker_that_died_is_told_as_failed() -> None:
    job = start(ASKED)
    making.CHILDREN[job.id].wait()
    found = job_of(job.id)
    assert found is not None
    assert found[1].state == "failed"


def test_a_place_that_others_could_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    monkeypatch.setenv(making.PLACE, str(tmp_path / "open"))
    with pytest.raises(PermissionError):
        place()


def test_what_is_expired_is_taken_off_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place() / ("b" * 32)
    folder.mkdir()
    long_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    (folder / "job.json").write_text(json.dumps(asdict(replace(ASKED, id="b" * 32, asked_at=long_ago))))
    (folder / "state.json").write_text(json.dumps(asdict(State("done", finished=long_ago))))
    monkeypatch.setattr(making, "_old", lambda _: True)
    tidy()
    assert not folder.exists()


def test_every_kind_can_be_made() -> None:
    from trialwright.adapters.edc.trial.worker import MAKERS

    assert {*KINDS} <= {*MAKERS}
