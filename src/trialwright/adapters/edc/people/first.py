"""The link by which the first administrator of a study of real data signs up, printed where it is served."""

from __future__ import annotations

from trialwright.adapters.edc.desk import OpenStudy


def lines(opened: OpenStudy, address: str) -> list[str]:
    """What to tell whoever serves the study: nothing once somebody is its administrator."""
    return []
