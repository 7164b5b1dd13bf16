"""The cells of the declared table: every page, method, role and relation to its object, and what is declared of each.

What is expected is worked out here from the declaration alone, by rules written a second time: nothing of
`access.enforcing` is called. In the everyday run one cell in `EVERY` is asked, always the same ones;
`TRIALWRIGHT_MATRIX=whole` asks all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
AT_A_SITE = ("coordinator", "investigator", "pharmacist", "specimen laboratory")
CENTRAL = ("monitor", "data manager", "statistician", "sponsor-investigator", "auditor", "administrator")
NOBODY = "anonymous"
ROLES = (*AT_A_SITE, *CENTRAL, NOBODY)
OWN, OTHER_SITE, OTHER_STUDY, LOCKED, NOT_THERE, DEACTIVATED = (
    "own site", "other site", "other study", "locked", "not there", "deactivated",
)  # fmt: skip
RELATIONS = {
    "STUDY": (OWN, OTHER_STUDY, DEACTIVATED),
    "SITE": (OWN, OTHER_SITE, OTHER_STUDY, NOT_THERE, DEACTIVATED),
    "SUBJECT": (OWN, OTHER_SITE, OTHER_STUDY, LOCKED, NOT_THERE, DEACTIVATED),
    "SUBSTUDY": (OWN, OTHER_SITE, OTHER_STUDY, NOT_THERE, DEACTIVATED),
}
LET_IN = 200
EVERY = 16
WHOLE = os.environ.get("TRIALWRIGHT_MATRIX") == "whole"


@dataclass(frozen=True)
class Cell:
    """One cell: who does what to which object of a page."""

    page: Any
    method: str
    role: str
    relation: str

    @property
    def name(self) -> str:
        return f"{self.page.name} {self.method} {self.role} {self.relation}"

    @property
    def expected(self) -> int:
        """What is declared: let in, or the status of the refusal."""
        if self.role == NOBODY or self.relation == DEACTIVATED:
            return 401 if self.page.api else 302
        if self.relation in (OTHER_STUDY, NOT_THERE):
            return 404
        if self.relation == OTHER_SITE and self.role in AT_A_SITE:
            return 404
        reads = self.method in ("GET", "HEAD")
        asked = self.page.read if reads else self.page.write or self.page.read
        if self.role not in [role.value for role in asked]:
            return 403
        answered = reads or (self.method == "POST" and bool(self.page.write))
        return LET_IN if answered else 405


def cells(pages: tuple[Any, ...], *relations: str) -> Iterator[Cell]:
    """The cells that are asked, of these relations or of all."""
    for page in pages:
        for relation in RELATIONS[page.about.name]:
            for role in ROLES if not relations or relation in relations else ():
                every = [Cell(page, method, role, relation) for method in METHODS]
                yield from every if WHOLE else sampled(every)


def sampled(every: list[Cell]) -> list[Cell]:
    """Some of them, always the same: those whose name's hash says so."""
    return [one for one in every if _number(one) % EVERY == 0]


def _number(cell: Cell) -> int:
    return int(sha256(cell.name.encode()).hexdigest()[:8], 16)


CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")


def address(page: Any, study: str, **ids: str) -> str:
    """The address of a page, its own ids filled in and any other with something of the right shape."""
    below = CONVERTER.sub(lambda found: ids.get(found[2], "1" if found[1] == "int" else "x-1"), page.path)
    return f"/{'api/v1/' if page.api else ''}{study}/{below}"
