"""The list of a patient's forms: each visit by a name of its own, with the course or the number where it repeats."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.edc.conftest import signed_in


@pytest.mark.parametrize("which", [0, 1])
def test_no_two_visits_of_a_list_of_forms_are_called_the_same(
    serve: Callable[[str], Any], studies: tuple[str, str], which: int
) -> None:
    study = serve(studies[which])
    client = signed_in("monitor")
    for subject in study.record.subjects:
        page = client.get(f"/{study.id}/subjects/{subject}/forms/").content.decode()
        told = dict(re.findall(r'href="[^"]*/forms/([^/"]+)/">([^<]+)</a>', page))
        assert told, subject
        assert len(told) == len(set(told.values())), subject
