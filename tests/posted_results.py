"""The results sections that others posted, from the data folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def posted(corpus: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every posted results section, by the study's id."""
    with gzip.open(corpus / "ctgov-v2" / "studies.jsonl.gz") as lines:
        for line in lines:
            record = json.loads(line)
            if "resultsSection" in record:
                yield record["protocolSection"]["identificationModule"]["nctId"], record["resultsSection"]
