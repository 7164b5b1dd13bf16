"""Many tests at once: p values that keep the chance of any false positive (Holm 1979).

Decided here: the adjustment. Not here: which tests belong together (the protocol says so).
"""

from __future__ import annotations

from collections.abc import Mapping

from trialwright.core.estimation.values import Estimate, estimable


def holm(p_values: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Holm's adjusted p of each test; a test without p keeps its reason and does not count as one.

    >>> holm({"skin": 0.01, "blood": 0.04, "nodes": 0.03})
    {'skin': 0.03, 'blood': 0.06, 'nodes': 0.06}
    """
    known = {name: p for name, p in p_values.items() if estimable(p)}
    for name, p in known.items():
        if not 0 <= p <= 1:
            raise ValueError(f"The p value of {name} is {p}; a probability lies between 0 and 1.")
    adjusted: dict[str, Estimate] = dict(p_values)
    worst = 0.0
    for place, name in enumerate(sorted(known, key=known.__getitem__)):
        worst = max(worst, (len(known) - place) * known[name])
        adjusted[name] = min(1.0, worst)
    return adjusted
