"""The ledger on disk: the only writer of trial data, and the audit trail itself.

`open_study(folder)` gives a `Ledger`: append a `Submission`, read events, ask for the head. `verify(folder)` recomputes
everything from the stored bytes. The byte format is docs/reference/ledger-format.md; `chain` and `canonical` are its
code. Nothing of Django is loaded until a ledger is opened.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialwright.store.issuer import MachineIssuer, SeededIssuer
    from trialwright.store.ledger import Ledger
    from trialwright.store.open import holds_ledger, open_study
    from trialwright.store.submission import Head, Receipt, Submission, Text
    from trialwright.store.verification import Verification, verify

_HOMES = {
    "open_study": "open", "holds_ledger": "open", "Ledger": "ledger", "Submission": "submission", "Text": "submission",
    "Receipt": "submission", "Head": "submission", "MachineIssuer": "issuer", "SeededIssuer": "issuer",
    "verify": "verification", "Verification": "verification",
}  # fmt: skip
__all__ = [
    "Head", "Ledger", "MachineIssuer", "Receipt", "SeededIssuer", "Submission", "Text", "Verification",
    "holds_ledger", "open_study", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a part when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
