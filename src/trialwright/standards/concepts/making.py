"""How a row of the tables of concepts is written: the shapes that laboratory values, questions and episodes share.

An item is addressed `concept/instance/field`; a one-value concept has the field `value`, with `on` (when it holds),
`time`, and, for a laboratory value, `low`, `high` (the laboratory's limits, where the report prints them) and `bound`
("<" or ">" where only a limit of detection was given). Read `laboratory`, `question`, `review`.
"""

from __future__ import annotations

from dataclasses import replace

from trialwright.core.protocol import Concept, Field, Kind

ON = Field(id="on", label="Date", kind=Kind.DATE, required=False)
TIME = Field(id="time", label="Time", kind=Kind.TEXT, required=False)
START = Field(id="start", label="Start date", kind=Kind.DATE)
END = Field(id="end", label="End date", kind=Kind.DATE, required=False)
BY = Field(id="by", label="Said by", kind=Kind.TEXT, required=False)
ROLE = Field(id="role", label="In the role of", kind=Kind.TEXT, required=False)
NOTHING_AT_LEAST = ("0",)
ONGOING = Field(id="ongoing", label="Still going on", kind=Kind.YES_NO, required=False)


def field(
    name: str,
    label: str,
    kind: Kind = Kind.TEXT,
    *,
    unit: str | None = None,
    codes: str = "",
    plausible: tuple[str, str] | None = None,
    possible: tuple[str, ...] = (),
    ordered: bool = False,
    required: bool = True,
) -> Field:
    """One field; its codes are written as words with blanks between them."""
    return Field(
        id=name,
        label=label,
        kind=kind,
        unit=unit,
        codes=tuple(codes.split()),
        plausible=plausible,
        possible=possible,
        ordered=ordered,
        required=required,
    )


def optional(name: str, label: str, kind: Kind = Kind.TEXT, *, codes: str = "") -> Field:
    """A field that may stay empty."""
    return field(name, label, kind, codes=codes, required=False)


def value(
    name: str,
    label: str,
    kind: Kind,
    *,
    unit: str | None = None,
    codes: str = "",
    plausible: tuple[str, str] | None = None,
    possible: tuple[str, ...] = (),
    ordered: bool = False,
    identifies: bool = False,
) -> Concept:
    """A concept of one value that holds for a date."""
    of = field("value", label, kind, unit=unit, codes=codes, plausible=plausible, possible=possible, ordered=ordered)
    of = replace(of, identifies=identifies)
    return Concept(id=name, label=label, fields=(of, ON, TIME))


def laboratory(name: str, label: str, unit: str, low: str, high: str) -> Concept:
    """A laboratory value: its usual unit, and the range outside which a value is more likely a slip than a finding.

    All that is counted or weighed here is nothing at least: a negative one cannot be.
    """
    fields = (
        field("value", label, Kind.QUANTITY, unit=unit, plausible=(low, high), possible=NOTHING_AT_LEAST),
        ON,
        TIME,
        field("low", "Lower limit of normal", Kind.QUANTITY, unit=unit, possible=NOTHING_AT_LEAST, required=False),
        field("high", "Upper limit of normal", Kind.QUANTITY, unit=unit, possible=NOTHING_AT_LEAST, required=False),
        optional("bound", "Reported only as below or above", Kind.CODE, codes="< >"),
    )
    return Concept(id=name, label=label, fields=fields, reference_range=True)


def question(name: str, asks: str) -> Concept:
    """What only a person can say: yes or no, with the date it was said.

    `by` and `role` name who said it where somebody else enters it; left out, whoever enters it said it.
    """
    return Concept(id=name, label=asks, fields=(field("value", asks, Kind.YES_NO), ON, BY, ROLE))


def episodes(name: str, label: str, *fields: Field) -> Concept:
    """A record that repeats without limit, such as an adverse event or a prior therapy."""
    return Concept(id=name, label=label, fields=fields, repeats=True)


def review(of: Concept) -> Concept:
    """The question whether there was any: without it, no record of an episode does not mean there was none."""
    asks = f"Any {of.label.lower()}?"
    return Concept(id=f"{of.id}_review", label=asks, fields=(field("value", asks, Kind.CODE, codes="none listed"), ON))


def table(*concepts: Concept) -> dict[str, Concept]:
    """Concepts by id, in the order written; two of one id are a slip of this program."""
    held = {concept.id: concept for concept in concepts}
    if len(held) != len(concepts):
        ids = [concept.id for concept in concepts]
        raise ValueError(
            f"a concept id is written twice: {', '.join(sorted({one for one in ids if ids.count(one) > 1}))}"
        )
    return held
