"""Somebody else saved meanwhile: what it was, what it is now, what would be saved; chosen item by item by the person.

Nothing was saved and nothing is merged. What the other changed and this person did not stays as it is now. Whoever
saves through a desk hands the refusal to `stale_page` (409), with what was typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.rows import key_of
from trialwright.adapters.edc.look.page import render
from trialwright.core.casebook import REASONS
from trialwright.core.ledger import Value, from_json
from trialwright.core.protocol import Concept
from trialwright.store.encoding import SUBJECT_STREAM
from trialwright.store.errors import Difference, StaleVersion

CONFLICT = 409


@dataclass(frozen=True)
class Sides:
    """One item of which the versions differ: as it was seen, as it is now and by whom, as it would be saved."""

    path: str
    label: str
    base: Value
    theirs: Value
    mine: Value
    by: str
    clashes: bool
    changed_here: bool

    @property
    def key(self) -> str:
        """The id of the item on the page."""
        return key_of(self.path)


def stale_page(
    request: HttpRequest,
    desk: Desk,
    wrong: StaleVersion,
    *,
    carried: Mapping[str, str],
    labels: Mapping[str, str],
    concepts: Mapping[str, Concept],
) -> HttpResponse:
    """Both versions side by side, with a form that saves what is chosen on the present version.

    `carried` is what was typed, `labels` what the paths of the form's items are called. What others saved on other
    forms of the patient is counted by concept: it may be hundreds of items, and none of it is chosen here.
    """
    here = [one for one in wrong.differences if one.path in labels or one.mine != one.base]
    paths = {one.path for one in here}
    elsewhere = Counter(one.path.partition("/")[0] for one in wrong.differences if one.path not in paths)
    sides = [_sides(desk, one, labels) for one in here]
    subject = wrong.stream.removeprefix(SUBJECT_STREAM)
    context: dict[str, Any] = {
        "subject": subject if desk.sees(subject) else "",
        "wrong": wrong,
        "clashes": [one for one in sides if one.clashes],
        "mine": [one for one in sides if one.changed_here and not one.clashes],
        "theirs": [one for one in sides if not one.changed_here],
        "elsewhere": [(concepts[one].label if one in concepts else one, n) for one, n in elsewhere.most_common()],
        "carried": carried,
        "action": request.get_full_path(),
        "key": desk.new_key(),
        "version": wrong.current,
        "reasons": REASONS,
    }
    return render(request, desk, "edc/entry/stale.html", context, status=CONFLICT)


def _sides(desk: Desk, one: Difference, labels: Mapping[str, str]) -> Sides:
    who = desk.open.roster.name(one.changed_by) if one.changed_by else ""
    base, theirs, mine = (_value(each) for each in (one.base, one.theirs, one.mine))
    by = who or one.changed_by or ""
    return Sides(one.path, labels.get(one.path, one.path), base, theirs, mine, by, one.clashes, one.mine != one.base)


def _value(data: Any) -> Value:
    """A value as the ledger has it; what is none of its shapes is told as text."""
    try:
        return from_json(data)
    except ValueError:
        return str(data)
