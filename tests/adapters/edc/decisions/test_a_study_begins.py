"""A study of real data from its first administrator to its first patient screened, in the browser, in every study."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.edc.conftest import FIRST, SECOND, STUDIES, accounts_in
from adapters.edc.decisions.at_work import stands


@pytest.fixture(params=[FIRST, SECOND])
def new_study(request: Any, tmp_path: Path) -> Any:
    """A study folder of which nothing is recorded, served."""
    from trialwright.adapters.edc.desk import SERVED, serve_study

    folder = tmp_path / request.param
    shutil.copytree(STUDIES / request.param, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests"))
    accounts_in(folder)
    opened = serve_study(folder)
    yield opened
    opened.close()
    SERVED.clear()


def client_of(opened: Any, role: str, site: str | None) -> Any:
    """A client of somebody new who holds a role; it is through the second step."""
    from django.test import Client

    from trialwright.adapters.edc.people.demonstration import enter
    from trialwright.adapters.edc.people.inviting import new_account, new_person
    from trialwright.core.ledger import RoleGranted
    from trialwright.store import Submission

    person = new_person()
    account = new_account(f"{person}@example.org", person)
    who = {"actor": opened.roster.holders("administrator")[0].id, "role": "administrator", "occurred": opened.today}
    granted = RoleGranted(**who, site=site, person=person, granted=role)
    opened.save(Submission(f"role of {person}", opened.resolved([granted])))
    client = Client()
    enter(client, account)
    return client


def test_a_real_study_is_put_in_force_and_screens_its_first_patient(new_study: Any) -> None:
    from trialwright.adapters.edc.people.first import take_office
    from trialwright.adapters.edc.people.inviting import new_account, new_person

    opened, site = new_study, new_study.site_ids[0]
    take_office(opened, new_account("first@example.org", new_person()), "The first administrator")
    opened.catch_up()
    assert opened.kind == "real"
    manager = client_of(opened, "data manager", None)
    page = manager.get(f"/{opened.id}/decisions/").content.decode()
    assert "Before the first patient" in page

    coordinator = client_of(opened, "coordinator", site)
    screen = f"/{opened.id}/decide/screen/"
    form = stands(coordinator.get(screen).content.decode())
    assert coordinator.post(screen, {**form, "before": "never"}).status_code == 422, "no version is in force yet"

    address, version = f"/{opened.id}/decide/activate/", opened.trial.latest
    form = stands(manager.get(address).content.decode())
    approved = (opened.today - timedelta(days=7)).isoformat()
    since = (opened.today - timedelta(days=1)).isoformat()  # where the site is it may be yesterday still
    typed = {"site": site, "protocol_version": version, "approved_on": approved, "occurred": since}
    late = {"approved_until": (opened.today - timedelta(days=9)).isoformat()}
    assert manager.post(address, {**form, **typed, **late}).status_code == 422
    assert manager.post(address, {**form, **typed}).status_code == 303
    opened.catch_up()
    assert opened.record.sites[site].version_in_force(opened.today) == version

    form = stands(coordinator.get(screen).content.decode())
    assert coordinator.post(screen, {**form, "before": "never"}).status_code == 303
    opened.catch_up()
    assert list(opened.record.subjects) == [f"{site}-001"]
    assert "Simulated" not in coordinator.get(f"/{opened.id}/subjects/{site}-001/eligibility/").content.decode()
