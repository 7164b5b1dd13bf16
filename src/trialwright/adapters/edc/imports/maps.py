"""Maps of columns that were saved with an import: each is a text in the ledger, found by its name.

Read `saved_maps`.
"""

from __future__ import annotations

import json
from typing import Any

from trialwright.adapters.edc.desk import Desk
from trialwright.core.ledger import DataImported

KIND = "import map"


def saved_maps(desk: Desk, what: str) -> dict[str, str]:
    """The names of the maps for a kind of file, each with the hash of the one saved last under it."""
    record = desk.open.record
    told = (one for one in record.own if isinstance(one, DataImported) and one.id not in record.voided)
    mine = (one for one in told if one.what == what and one.map_name and one.map_hash)
    return {one.map_name: one.map_hash for one in mine if desk.central or one.site is None or one.site in desk.sites}


def saved_map(desk: Desk, what: str, name: str) -> dict[str, Any] | None:
    """The map of a name; None where there is none."""
    found = saved_maps(desk, what).get(name)
    text = desk.open.reader().text(found) if found else None
    return json.loads(text) if text else None


def written(document: dict[str, Any]) -> str:
    """The map as the text that is kept."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
