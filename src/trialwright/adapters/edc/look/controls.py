"""One control of a form: what it asks, in which unit, what is normal here, and what was wrong with what was typed.

The label, the hint and the error are bound to the control for a screen reader (`described_by`). What was typed is
kept as it was typed. Read `Control`; the template is `parts/field.html`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.core.terms import Finding

KINDS = frozenset(
    "text number date textarea select radio checkbox password email file search hidden code month time".split()
)


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Control:
    """A control with its label; `value` is what was typed, or what stands."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Sequence[Option | tuple[str, str]] = ()
    unit: str = ""
    hint: str = ""
    errors: Sequence[Finding | str] = ()
    notes: Sequence[str] = ()
    required: bool = False
    checked: bool = False
    disabled: bool = False
    autocomplete: str = "off"
    size: str = ""
    lang: str = ""
    accept: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    id: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of control; one of {', '.join(sorted(KINDS))}")

    @property
    def key(self) -> str:
        """The id of the control in the page."""
        return self.id or "f-" + "".join(letter if letter.isalnum() else "-" for letter in self.name)

    @property
    def choices(self) -> tuple[Option, ...]:
        """The answers to choose from."""
        return tuple(one if isinstance(one, Option) else Option(*one) for one in self.options)

    @property
    def said(self) -> tuple[Finding, ...]:
        """What is wrong with what was typed."""
        return tuple(one if isinstance(one, Finding) else Finding(self.name, str(one)) for one in self.errors)

    @property
    def described_by(self) -> str:
        """The ids of the hint, the notes and the error, as far as there are any."""
        parts = ((self.hint or self.unit, "hint"), (self.notes, "note"), (self.errors, "error"))
        return " ".join(f"{self.key}-{name}" for there, name in parts if there)

    @property
    def html_type(self) -> str:
        """The type of the input; numbers and dates are typed as text, so that nothing is changed on the way."""
        return self.kind if self.kind in {"password", "email", "search", "file"} else "text"

    @property
    def input_mode(self) -> str:
        """Which keyboard a tablet shows."""
        return {"number": "decimal", "code": "numeric", "email": "email"}.get(self.kind, "")


def errors_of(name: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings about one control, by its name."""
    return tuple(one for one in findings if name in (one.about, one.where))
