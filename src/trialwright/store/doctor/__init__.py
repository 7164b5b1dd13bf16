"""The doctor: is this installation, and this study folder, safe to hold trial data?

    seen      what there is to be looked at, gathered from the machine, the database and the ledger; nothing is changed
    checks    the table: what is checked, how it is told, why it matters, what to do

Every check is a function of what was seen, so that each can be shown a case in which it must say no. What is not safe
is refused (exit code 1). Read `CHECKS`, then `examine`.
"""

from __future__ import annotations

from trialwright.store.doctor.checks import CHECKS, Check, Result, State, examine
from trialwright.store.doctor.seen import Seen, look

__all__ = ["CHECKS", "Check", "Result", "Seen", "State", "examine", "look"]
