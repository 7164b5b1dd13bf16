"""The page that shows every part of a page: it is drawn whole, and no served study has it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from trialwright.adapters.edc.look.samples import samples


def test_every_part_is_drawn() -> None:
    request = RequestFactory().get("/look/")
    request.user = AnonymousUser()
    page = samples(request).content.decode()
    for part in (
        'class="v met"',
        'class="v unk"',
        'class="v not"',
        'class="v g5"',
        'class="why"',
        "aria-invalid",
        "<svg",
    ):
        assert part in page, part
    assert "Simulated data" in page


def test_a_served_study_has_no_such_page() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("look")
