"""A patient with mycosis fungoides or Sezary syndrome visit by visit, for the tests of the four compartments.

Thighs with 19 % plaque and neck with 2 % patch make a skin of 40; 10 % plaque make 20, which is half.
"""

from __future__ import annotations

from typing import Any

from builders import case, course, day, form, protocol
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.response.mswat import REGIONS
from trialwright.standards.response.olsen import GlobalResponse
from trialwright.standards.units import UNITS

QUIET = {"new_tumor": "no", "new_node": "no", "node_progression": "no", "new_visceral": "no"}
STUDY = protocol(response={"id": "response", "quotes": ["response is assessed"], "flare_courses": 2})
HALF = {"thighs": {"plaque": "10 %"}}
FULL = {"thighs": {"plaque": "19 %"}, "neck": {"patch": "2 %"}}
CLEAR: dict[str, Any] = {}


def visit(key: str, on: str, skin: dict[str, Any] | None, asked: dict[str, str] = QUIET, **others: Any):
    """Skin by region, nodes as (longest, perpendicular[, histology]) by name, organs alike, count, statements."""
    items: dict[str, Any] = {f"disease_assessment/{key}": {"on": on, **asked}}
    for name in REGIONS if skin is not None else ():
        told = {"patch": "0 %", "plaque": "0 %", "tumor": "0 %", **(skin or {}).get(name, {})}
        items[f"skin_region/{key}.{name}"] = {"region": name, "on": on, **told}
    for name, (longest, across, *rest) in others.pop("nodes", {}).items():
        told = {"node": name, "longest": f"{longest} cm", "perpendicular": f"{across} cm", "on": on}
        items[f"node_measurement/{key}.{name}"] = {**told, **({"histology": rest[0]} if rest else {})}
    for name, (organ, longest, across) in others.pop("lesions", {}).items():
        told = {"lesion": name, "organ": organ, "longest": f"{longest} cm", "perpendicular": f"{across} cm", "on": on}
        items[f"visceral_lesion/{key}.{name}"] = told
    if "count" in others:
        items[f"sezary_cells/{key}"] = {"value": others.pop("count"), "on": on}
    if "clone" in others:
        items[f"blood_clone/{key}"] = {"value": others.pop("clone"), "on": on}
    if others:
        items[f"compartment_assessment/{key}"] = {"on": on, **{name: str(said) for name, said in others.items()}}
    return form(on, items)


SKIN_ONLY = visit("baseline", "2025-02-25", FULL, nodes={"C": (1, 1)}, count="40 /uL", viscera="not_involved")
SEZARY = visit(
    "baseline", "2025-02-25", FULL, nodes={"A": (4, 2), "B": (2, 1)}, count="4000 /uL", clone="yes",
    viscera="not_involved",
)  # fmt: skip
DAYS = ("2025-03-31", "2025-04-28", "2025-05-26")


def assessed(baseline, *visits):
    given = case(baseline, course(1, "2025-03-03"), *visits, protocol=STUDY, concepts=CONCEPTS, units=UNITS)
    return GlobalResponse().assess(given, day("2026-01-01"))


def names(found):
    return [one.response.name for one in found]
