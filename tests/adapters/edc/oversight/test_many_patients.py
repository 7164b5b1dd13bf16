"""The lists of oversight where the patients are too many to judge them all for one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trialwright.adapters.edc.oversight import telling


@pytest.mark.parametrize("page", ["queries", "verification", "coding", "unsigned"])
def test_a_list_of_many_patients_says_which_of_them_it_shows_and_leads_to_the_others(
    running: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    client, many = client_of("data manager"), len(running.record.subjects)
    assert "Patients" not in said(client.get(f"/{running.id}/{page}/")), "all are shown, and it goes without saying"
    monkeypatch.setattr(telling, "MOST_JUDGED", 4)
    first = client.get(f"/{running.id}/{page}/?state=all&page=1")
    assert said(first) == f"Patients 1 to 4 of {many}."
    assert 'href="?state=all&amp;block=2"' in first.content.decode(), "the filters stay, and its first page is shown"
    assert said(client.get(f"/{running.id}/{page}/?block=2")) == f"Patients 5 to {min(8, many)} of {many}."


def said(page: Any) -> str:
    """Which patients the page says it shows."""
    _, _, rest = page.content.decode().partition('<p class="hint">Patients ')
    return f"Patients {rest.partition('.')[0]}." if rest else ""
