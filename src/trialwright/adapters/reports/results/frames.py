"""How long participants were observed, as a time frame needs it. Read `longest`."""

from __future__ import annotations

from trialwright.adapters.reports.text import counted
from trialwright.core.analysis import Gathered
from trialwright.core.analysis.people import DAYS_A_MONTH


def longest(gathered: Gathered) -> str:
    """The longest anybody was observed, in words that follow a time frame; nothing where nobody was treated."""
    spans = [
        ((one.off_study[0] if one.off_study else gathered.cut) - one.first_dose).days + 1
        for one in gathered.treated
        if one.first_dose
    ]
    if not spans:
        return ""
    days = max(spans)
    if days < 2 * DAYS_A_MONTH:
        return f", up to {counted(days, 'day')}"
    return f", up to {counted(round(days / DAYS_A_MONTH), 'month')}"
