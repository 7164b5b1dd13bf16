"""An amendment in the browser: approved at a site, in force there, and a patient moves to it after consenting again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from browser.at_a_site import Site, donors
from browser.serving import STUDIES, Server, Watched


def test_a_patient_goes_on_under_an_amendment_only_after_consent_to_it(
    serving: Callable[..., Server], visit: Callable[..., Watched]
) -> None:
    amended = next(one.parent.parent.name for one in sorted(STUDIES.glob("*/protocol/2.yaml")))
    server = serving(amended)
    patient = max(donors(server), key=lambda one: one.first_dose)
    site = Site(server, visit, patient, patient.last_recorded + timedelta(days=1))
    subject, today = patient.subject, site.today.isoformat()

    site.decide("data manager", "activate", site=patient.site, protocol_version="2", occurred=today, approved_on=today)
    waiting = site.page("coordinator").open("trial/amendments/").locator("main").inner_text()
    assert subject in waiting, "the patient stands among those who have to consent again"

    refused = site.decide("investigator", "move", subject, occurred=today, protocol_version="2")
    assert "consent" in refused.locator("main [role=alert]").inner_text().lower()
    still = site.page("coordinator").open(f"subjects/{subject}/").locator(".who").inner_text()
    assert "version 1" in still

    site.decide("coordinator", "consent", subject, occurred=today, protocol_version="2", document="form 2")
    site.decide("investigator", "move", subject, occurred=today, protocol_version="2")
    moved = site.page("coordinator").open(f"subjects/{subject}/")
    assert "version 2" in moved.locator(".who").inner_text()
    history = site.page("coordinator").open(f"subjects/{subject}/").locator("main").inner_text()
    assert "version 2" in history
