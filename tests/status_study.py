"""A small study for the pages of a status: its record, its protocol, and what is said of an eligible subject."""

from __future__ import annotations

from typing import Any

RECORD = """Study of examplinib.
Examplinib 10 mg on days 1-21 of a 28-day cycle, increasing by 5 mg every cycle up to 25 mg.
ANC at least 1,500. Two patients will be accrued at two hospitals. Visit on day 15.
"""
PROTOCOL: dict[str, Any] = {
    "protocol": "EXAMPLE-1",
    "version": "1",
    "title": "An example",
    "record": "record.txt",
    "standards": {"toxicity": "ctcae/3.0"},
    "sources": {},
    "design": {
        "id": "design",
        "quotes": ["at two hospitals"],
        "accrual": {"id": "accrual", "quotes": ["Two patients will be accrued"], "planned": 2},
        "sites": [{"id": "S01", "quotes": ["two hospitals"], "name": "North", "time_zone": "UTC"}],
    },
    "arms": [{"id": "A", "quotes": ["Study of examplinib"], "label": "examplinib", "type": "experimental"}],
    "eligibility": [{"id": "anc", "quotes": ["ANC at least 1,500"], "must": {"measure": "anc", "is": ">= 1500 /mm3"}}],
    "regimen": [
        {
            "id": "examplinib",
            "quotes": ["10 mg on days 1-21 of a 28-day cycle", "increasing by 5 mg every cycle up to 25 mg"],
            "drug": "examplinib",
            "cycle": "28 days",
            "days": "1-21",
            "dose": {"start": "10 mg", "step": "5 mg", "maximum": "25 mg"},
            "rules": [
                {
                    "id": "low_count",
                    "quotes": ["ANC at least 1,500"],
                    "when": {"measure": "anc", "is": "< 500 /mm3"},
                    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}},
                }
            ],
        }
    ],
    "encounters": [
        {
            "id": "day_15",
            "quotes": ["Visit on day 15"],
            "label": "day 15",
            "epoch": "treatment",
            "anchor": "course",
            "day": 15,
            "window": [2, 2],
        }
    ],
    "endpoints": [],
}
SAID = {"answer": "eligible", "clauses": ["anc"]}
