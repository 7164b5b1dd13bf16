"""What a person typed into a whole form -> what is new, what changes what is recorded, and what cannot be read.

An item sent back as it was shown changes nothing: a save without a change is no event. What changes a recorded value
is a correction and needs a reason, except where a record only goes on (`GOES_ON`): an adverse event ends. Read
`read_form`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trialwright.core.casebook.items import remark_path
from trialwright.core.casebook.reading import LONGEST_TEXT, Typed, as_typed, finding, read_typed, same
from trialwright.core.casebook.values import Form, Item, Section, Shape
from trialwright.core.ledger import Change, Missing, Value
from trialwright.core.terms import Finding, UnitTable

REASONS: Mapping[str, str] = {
    "typing_error": "typing error",
    "source_corrected": "the source was corrected",
    "known_better": "it is known better now",
    "wrong_place": "it belongs to another visit or record",
    "wrong_subject": "it belongs to another patient",
    "other": "another reason",
}
"""Why a recorded value is corrected, as a code."""
GOES_ON = frozenset({"ongoing", "outcome", "action"})
"""Fields of a log that change because the thing itself goes on, not because they were wrong."""


@dataclass(frozen=True)
class Sheet:
    """A form as it was typed: entries, corrections of what is recorded, what cannot be read; and all that was typed.

    `went_on` are recorded values that changed because the thing went on; they need no reason.
    """

    new: tuple[Change, ...] = ()
    went_on: tuple[Change, ...] = ()
    corrected: tuple[Change, ...] = ()
    wrong: tuple[Finding, ...] = ()
    typed: Mapping[str, Typed] = field(default_factory=dict)

    @property
    def entered(self) -> tuple[Change, ...]:
        """What needs no reason."""
        return (*self.new, *self.went_on)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Everything that would be saved."""
        return (*self.entered, *self.corrected)

    @property
    def empty(self) -> bool:
        """Nothing would be saved, and nothing is wrong."""
        return not self.changes and not self.wrong


def read_form(
    form: Form, typed: Mapping[str, Typed], units: UnitTable, remarks: Mapping[str, str] | None = None
) -> Sheet:
    """What a form as typed would save; an item that was not sent back stays as it is."""
    wrong: list[Finding] = []
    found: list[tuple[Section, Change]] = []
    for section in form.sections:
        changes = [change for item in section.items for change in _item(section, item, typed, units, wrong)]
        changes += _fixed(section) if changes else []
        found += [(section, change) for change in changes]
    found += [(form.sections[0], change) for change in _remarks(form, remarks or {}, wrong)]
    told = [change for _, change in found]
    went_on = tuple(change for section, change in found if change.old is not None and _goes_on(section, change))
    new = tuple(change for change in told if change.old is None)
    return Sheet(
        new=new,
        went_on=went_on,
        corrected=tuple(one for one in told if one.old is not None and one not in went_on),
        wrong=tuple(wrong),
        typed=typed,
    )


def _item(
    section: Section, item: Item, typed: Mapping[str, Typed], units: UnitTable, wrong: list[Finding]
) -> Iterator[Change]:
    """The change of one item, and of the bound beside it where it was typed with the number."""
    given = typed.get(item.path)
    if given is None or item.fixed:
        return
    bound = next((one for one in section.items if one.name == "bound"), None) if item is section.main else None
    before = "" if bound is None or bound.value is None or isinstance(bound.value, Missing) else str(bound.value)
    if given == as_typed(item.value, before) or (given.empty and item.value == Missing("redacted")):
        return
    read = read_typed(item, given, units)
    if read.wrong is not None:
        wrong.append(read.wrong)
    elif not same(item.value, read.value) or read.bound != before:
        yield from _changed(item, read.value)
        if bound is not None and read.bound != before:
            yield Change(bound.path, bound.value, read.bound or None)


def _changed(item: Item, value: Value) -> Iterator[Change]:
    if not same(item.value, value):
        yield Change(item.path, item.value, value)


def _fixed(section: Section) -> list[Change]:
    """What the form itself fills in, once anything of the section is."""
    return [Change(one.path, None, one.fixed) for one in section.items if one.fixed and one.value is None]


def _goes_on(section: Section, change: Change) -> bool:
    """Whether a log's record went on; said anew, not emptied."""
    told = change.new is not None and not isinstance(change.new, Missing)
    return section.shape is Shape.LOG and told and change.path.rpartition("/")[2] in GOES_ON


def _remarks(form: Form, remarks: Mapping[str, str], wrong: list[Finding]) -> Iterator[Change]:
    for path, remark in remarks.items():
        item = form.by_path.get(path)
        said = " ".join(remark.split())
        if item is None or said == item.remark:
            continue
        if len(said) > LONGEST_TEXT or not said.isprintable():
            wrong.append(finding(item, "the remark is too long or holds a sign that cannot be kept", "Shorten it."))
        else:
            yield Change(remark_path(path), item.remark or None, said or None)


def as_shown(form: Form) -> dict[str, Typed]:
    """Every item as it is shown before anybody types: sent back like this, nothing changes."""
    shown: dict[str, Typed] = {}
    for section in form.sections:
        bound = next(
            (str(one.value) for one in section.items if one.name == "bound" and isinstance(one.value, str)), ""
        )
        for item in section.items:
            shown[item.path] = as_typed(item.value, bound if item is section.main else "")
    return shown


def prefilled(form: Form, today: date) -> dict[str, Typed]:
    """What a form says before anybody types: that the visit was made, today where today is in its window."""
    visit = next((one for one in form.sections if one.concept.id == "visit"), None)
    if visit is None or not visit.ghost:
        return {}
    inside = form.window is None or form.window[0] <= today <= form.window[1]
    told = {"done": Typed("yes"), "on": Typed(today.isoformat() if inside else "")}
    return {item.path: told[item.name] for item in visit.items if item.name in told}


def untouched(sheet: Sheet, before: Mapping[str, Typed]) -> bool:
    """Whether nobody entered anything: what would be saved is only what the form said by itself."""
    typed = sheet.typed
    told = [one for one in sheet.changes if one.path in typed and (one.new is None or not typed[one.path].empty)]
    own = [change for change in told if change.path not in before or not same(change.new, before[change.path].text)]
    return not own and not sheet.wrong


def lacking(form: Form, sheet: Sheet) -> Sequence[Item]:
    """Items that are required and would still be empty, of sections of which anything is filled in."""
    filled = {change.path for change in sheet.changes if change.new is not None}
    found: list[Item] = []
    for section in form.sections:
        begun = any(one.recorded or one.path in filled for one in section.items)
        open_ = [one for one in section.items if one.required and not one.recorded and one.path not in filled]
        found += [one for one in open_ if not one.fixed and (begun or section.shape is Shape.ONE)]
    return found
