"""Records of the registry for tests: those of the data folder, and a small one that can be changed in one place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def studies(corpus: Path) -> Iterator[dict[str, Any]]:
    """Every posted study as it was taken."""
    with gzip.open(corpus / "ctgov-v2" / "studies.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def records(corpus: Path) -> Iterator[dict[str, Any]]:
    """The protocol section of each."""
    yield from (one["protocolSection"] for one in studies(corpus))


SMALL: dict[str, Any] = {
    "identificationModule": {"nctId": "NCT00000000", "organization": {"fullName": "A Hospital", "class": "OTHER"}},
    "statusModule": {"overallStatus": "RECRUITING", "startDateStruct": {"date": "2020-02", "type": "ESTIMATED"}},
    "contactsLocationsModule": {"locations": [{"city": "Here"}, {"city": "There", "contacts": []}]},
}


def put(tree: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the tree with one value changed; a path is written with dots."""
    copy: dict[str, Any] = json.loads(json.dumps(tree))
    node: Any = copy
    *before, last = path.split(".")
    for key in before:
        node = node[int(key)] if key.isdigit() else node[key]
    if isinstance(node, list):
        node.insert(int(last), value)
    else:
        node[last] = value
    return copy
