"""A patient's whole course at one site, played in the browser by the people who take part in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from browser.at_a_site import Site, donors, sent
from browser.serving import FIRST, SECOND, Server, Watched


@pytest.mark.parametrize("study", [FIRST, SECOND])
def test_a_patient_goes_from_screening_to_the_end_through_four_roles(
    serving: Callable[..., Server], visit: Callable[..., Watched], study: str
) -> None:
    server = serving(study)
    donor = next(iter(donors(server)))
    site = Site(server, visit, donor, donor.last_recorded + timedelta(days=1))
    screened = (donor.screened + site.shift).isoformat()
    registered = (donor.registered + site.shift).isoformat()

    page = site.decide("coordinator", "screen", occurred=screened, before="never", document="form 1")
    subject = page.locator("h1").inner_text()
    assert re.fullmatch(rf"{donor.site}-\d+", subject), page.url

    early = site.decide(
        "investigator", "register", subject, occurred=registered, planned_first_dose=site.today.isoformat()
    )
    assert early.locator("main [role=alert]").count(), "an undetermined patient is refused, and the page says why"

    for key in site.planned("investigator"):
        site.copy("investigator", f"forms/{key}/", subject)
    for concept in donor.logs:
        site.copy_log("coordinator", concept, subject)

    checklist = site.page("investigator").open(f"subjects/{subject}/eligibility/")
    said = checklist.locator("main").inner_text()
    assert "✓ eligible" in said, said
    site.decide("investigator", "register", subject, occurred=registered, planned_first_dose=site.today.isoformat())
    if donor.arm:
        site.decide("statistician", "allocate", subject, occurred=registered, arm=donor.arm)
    site.decide("investigator", "start-course", subject)

    release = site.page("pharmacist").open(f"subjects/{subject}/decide/release/")
    hints = release.locator("main [id^='f-count-'][id$='-hint']").all()
    counts = {str(one.get_attribute("id"))[2:-5]: one.inner_text().split()[0] for one in hints}
    site.decide("pharmacist", "release", subject, **counts)

    verified = site.page("monitor").open(f"subjects/{subject}/verification/")
    verified.locator("main input[type=checkbox]").first.check()
    assert sent(verified, "main button:has-text('These agree with the source')").status < 400

    shown = site.page("coordinator").open(f"subjects/{subject}/").locator("main").inner_text()
    assert "course 1" in shown.lower()
    site.decide("investigator", "end-treatment", subject, why="physician decision")
    site.decide("coordinator", "leave", subject, why="lost to follow-up")
    shown = site.page("coordinator").open(f"subjects/{subject}/").locator("main").inner_text()
    assert "off study" in shown.lower()
