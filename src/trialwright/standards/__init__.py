"""Published standards, versioned: data where it can be data, a small pure function where it cannot.

    units     exact conversion by UCUM         ctcae     toxicity grade tables       staging   stage groups
    concepts  what a site writes down          response  response instruments       loading   names -> standards

A protocol names the standards it uses; the core receives them as arguments and never looks for them here.
Read `load_standards`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialwright.standards.loading import load_standards as load_standards


def __getattr__(name: str) -> Any:
    """`load_standards` on first use, so that a unit table can be had without the grade tables."""
    if name == "load_standards":
        from trialwright.standards.loading import load_standards

        return load_standards
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
