"""Until a patient is allocated to one of several arms nobody can tell which drug is given; "none" would be wrong."""

from __future__ import annotations

from html import unescape
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from adapters.edc.conftest import signed_in
from trialwright.adapters.edc.work.steps import _not_allocated, offered
from trialwright.core.protocol import Epoch

NOT_KNOWN = "No arm is allocated yet"


@pytest.fixture
def two_arms(serve: Any, studies: tuple[str, str]) -> Any:
    return serve(studies[1])


def in_screening(opened: Any) -> str:
    return next(name for name, record in opened.record.subjects.items() if record.arm is None)


def allocated(opened: Any) -> str:
    return next(name for name, record in opened.record.subjects.items() if record.arm)


@pytest.mark.parametrize("role", ["investigator", "pharmacist"])
def test_the_dose_card_says_that_the_arm_is_not_known(two_arms: Any, role: str) -> None:
    page = signed_in(role, two_arms.lead).get(f"/{two_arms.id}/subjects/{in_screening(two_arms)}/dose/")
    told = unescape(page.content.decode())
    assert NOT_KNOWN in told
    assert "No drug is given" not in told


def test_so_does_the_card_on_paper(two_arms: Any) -> None:
    address = f"/{two_arms.id}/subjects/{in_screening(two_arms)}/dose.pdf"
    told = signed_in("investigator", two_arms.lead).get(address)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(told.content)).pages).split())
    assert NOT_KNOWN in text and "not allocated yet" in text
    assert "the only one" not in text


def test_the_arm_is_called_as_the_protocol_calls_it(two_arms: Any) -> None:
    subject = allocated(two_arms)
    arm = next(
        one.label
        for one in two_arms.trial.versions[two_arms.trial.latest].arms
        if one.id == two_arms.record.subjects[subject].arm
    )
    page = signed_in("investigator", two_arms.lead).get(f"/{two_arms.id}/subjects/{subject}/")
    assert f"arm {arm}<" in unescape(page.content.decode())


def test_an_arm_waits_to_be_allocated_once_somebody_is_registered(two_arms: Any) -> None:
    there = [one[0] for one in offered(SimpleNamespace(trial=two_arms.trial))]
    assert _not_allocated in there
    waiting = SimpleNamespace(
        arm=None, doses={"any": "wait"}, disposition=SimpleNamespace(epoch=Epoch.TREATMENT, off_treatment=None)
    )
    assert _not_allocated(waiting), "that each drug of each arm waits for the arm is no reason not to allocate it"
