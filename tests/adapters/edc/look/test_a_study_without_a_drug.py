"""A study of one visit, without arms, drugs and specimens: its pages speak of none of them, in no language."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from adapters.edc.conftest import SURVEY, signed_in

NOT_THERE = re.compile(
    r"capsule|cápsula|drug|fármaco|dose|dosis|specimen|muestra|allocate|asignar|skin|lymph|limits of the laboratory",
    re.IGNORECASE,
)
MENU = re.compile(r"<nav\b.*?</nav>", re.DOTALL)


@pytest.fixture
def survey_served(serve: Any) -> Any:
    return serve(SURVEY)


def words_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page))


def navigation(client: Any, address: str) -> str:
    return words_of(" ".join(MENU.findall(client.get(address).content.decode())))


def a_registered_patient(opened: Any) -> str:
    return next(name for name, record in opened.record.subjects.items() if record.registered)


@pytest.mark.parametrize("role", ["coordinator", "investigator", "pharmacist"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_link_leads_to_what_the_study_has_not(survey_served: Any, role: str, language: str) -> None:
    client, subject = signed_in(role, "ville"), a_registered_patient(survey_served)
    client.cookies["django_language"] = language
    for page in ("today/", f"subjects/{subject}/", f"subjects/{subject}/forms/"):
        told = navigation(client, f"/{SURVEY}/{page}")
        assert told and not NOT_THERE.search(told), NOT_THERE.findall(told)


def test_a_study_with_a_drug_has_the_links(running: Any, client_of: Any) -> None:
    told = navigation(client_of("coordinator", running.lead), f"/{running.id}/today/")
    assert "Drug accountability" in told and "Specimens" in told and "Limits of the laboratory" in told


def test_no_arm_waits_to_be_allocated_where_there_is_none(survey_served: Any) -> None:
    subject = a_registered_patient(survey_served)
    for client in (signed_in("investigator", "ville"), signed_in("statistician")):
        page = words_of(client.get(f"/{SURVEY}/subjects/{subject}/").content.decode())
        assert "Allocate" not in page


def test_no_log_of_a_drug_is_kept_where_none_is_given(survey_served: Any) -> None:
    subject = a_registered_patient(survey_served)
    page = words_of(signed_in("coordinator", "ville").get(f"/{SURVEY}/subjects/{subject}/forms/").content.decode())
    assert "Adverse event" in page
    assert "Study drug" not in page


def test_what_is_critical_is_what_the_study_records(survey_served: Any) -> None:
    page = words_of(signed_in("monitor").get(f"/{SURVEY}/verification/").content.decode())
    assert "Hours of sleep" in page and "Adverse event" in page
    assert not re.search(
        r"Skin|lesion|lymph|drug|birth", page.partition("What is critical")[2].partition("By patient")[0]
    )


def test_who_is_registered_is_followed_and_waits_for_no_first_dose(survey_served: Any) -> None:
    subject = a_registered_patient(survey_served)
    page = words_of(signed_in("investigator", "ville").get(f"/{SURVEY}/subjects/{subject}/").content.decode())
    assert "follow-up since" in page and "treatment since" not in page
    flow = words_of(signed_in("monitor").get(f"/{SURVEY}/trial/flow/").content.decode())
    assert "The study gives no drug" in flow and "first dose" not in flow
