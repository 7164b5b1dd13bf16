"""What a REDCap project records and the study does not: as concepts in the protocol's words, for an author to review.

Each field is a concept of one value with its date; choices become codes made of their labels. Identifiers and what
holds no datum are left out and named. Nothing of it enters a protocol by itself. Read `draft_concepts`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

from trialwright.adapters.exchange.redcap.dictionary import NOT_DATA, Dictionary, Variable
from trialwright.adapters.exchange.redcap.mapping import IN_BRACKETS

DATE_FIELD = {"id": "on", "label": "Date", "kind": "date", "required": False}
KINDS = {"yesno": "yes/no", "truefalse": "yes/no", "radio": "code", "dropdown": "code", "slider": "integer"}
"""What kind of field each type of REDCap is; a text is what its validation says."""
NUMBER = re.compile(r"number.*")


def draft_concepts(of: Dictionary, mapped: Collection[str], known: Collection[str]) -> str:
    """The concepts as the YAML of a protocol file; `mapped` fields have one already, `known` are ids that are taken."""
    lines = ["# Drafted from a REDCap data dictionary. Review every label, unit and code before it enters a protocol."]
    lines.append("concepts:")
    left_out = []
    for one in of.variables.values():
        if one.name == of.record or one.name in mapped:
            continue
        if one.identifies or one.kind in NOT_DATA:
            left_out.append(one.name)
            continue
        if one.branching:
            lines.append(f"  # Asked in REDCap only if {one.branching}: say it as a condition, or it is asked always.")
        lines.append(f"  - {json.dumps(_concept(one, known), ensure_ascii=False)}")
    if left_out:
        lines.append(f"# Left out (identifiers, files; calculations, of which the parts stay): {', '.join(left_out)}")
    return "\n".join(lines) + "\n"


def _concept(one: Variable, known: Collection[str]) -> dict[str, Any]:
    name = one.name if one.name not in known else f"{one.name}_redcap"
    return {"id": name, "label": one.label or one.name, "fields": [*_fields(one), DATE_FIELD]}


def _fields(one: Variable) -> Iterator[dict[str, Any]]:
    """The value, or, of checkboxes, a yes or no for each choice."""
    if one.kind == "checkbox":
        for raw, label in one.choices.items():
            yield {"id": f"choice_{slug(raw)}", "label": label or raw, "kind": "yes/no", "required": False}
        return
    told: dict[str, Any] = {"id": "value", "label": one.label or one.name, "kind": _kind(one)}
    if told["kind"] == "code":
        told["codes"] = list(dict.fromkeys(slug(label or raw) for raw, label in one.choices.items()))
    elif told["kind"] == "quantity" and (unit := _unit(one)):
        told["unit"] = unit
    yield told


def _kind(one: Variable) -> str:
    if one.kind in KINDS:
        return KINDS[one.kind]
    if one.validation == "integer":
        return "integer"
    if one.validation.startswith("date"):
        return "date"
    return "quantity" if NUMBER.fullmatch(one.validation) else "text"


def _unit(one: Variable) -> str:
    bracketed = IN_BRACKETS.search(one.label)
    return bracketed["unit"] if bracketed else ""


def slug(text: str) -> str:
    """A code made of a label.

    >>> slug("Squamous cell (skin)"), slug("Sí")
    ('squamous_cell_skin', 'si')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "other"
