"""The clocks that a serious event starts: which run, since when, until when, and whether the report was in time.

    values    what a clock says
    awareness since when the site knew that an event is what a rule asks for
    clocks    a rule and an event -> the clock

A site reports to the sponsor, the sponsor to the regulator and the ethics board (21 CFR 312.64 and 312.32, ICH E2A):
which event, to whom and how soon is the protocol's (`safety.reporting`); nothing is assumed. Where nobody said when the
site knew, the answer is told for the earliest and the latest it can have been. Read `safety_clocks`.
"""

from __future__ import annotations

from trialwright.core.safety.clocks import safety_clocks, safety_window
from trialwright.core.safety.values import STATES, SafetyClock

__all__ = ["STATES", "SafetyClock", "safety_clocks", "safety_window"]
