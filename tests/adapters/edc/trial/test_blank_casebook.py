"""The casebook to be filled in by hand prints units as a laboratory's report does."""

from __future__ import annotations

from typing import Any

from trialwright.adapters.edc.trial.casebook_sheets import blank_sheet


def test_units_are_printed_for_people(running: Any) -> None:
    sheet = blank_sheet(running.trial, "1", running.site_ids[0], running.site_ids, running.today, simulated=True)
    hints = {row.hint for part in sheet.parts for row in part.rows}
    assert {"/mm³", "°C"} <= hints
    assert not [hint for hint in hints if hint.startswith((";", "/mm3", "Cel", "{"))]
