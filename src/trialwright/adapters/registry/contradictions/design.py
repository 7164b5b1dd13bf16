"""The design stated twice and differently: phase, allocation, masking, arms, sites, number of participants.

The design block of the record is held against the titles and the sentences that say what the study is. Words that
both hold for different parts of a study (double-blind, then open-label) contradict nothing. Read `BLOCK` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from trialwright.adapters.registry.claims import Claim, Record
from trialwright.adapters.registry.claims.design import (
    arms_listed,
    arms_on_page,
    arms_stated,
    design_claims,
    enrolment_stated,
    field_phase,
    groups_stated,
    parts_stated,
)
from trialwright.adapters.registry.contradictions.finding import Contradiction, against

# attribute: the field of the design block, and which of its codes each claim in prose allows
BLOCK: dict[str, tuple[str, dict[str, frozenset[str]]]] = {
    "allocation": (
        "designModule.designInfo.allocation",
        {"RANDOMIZED": frozenset({"RANDOMIZED"}), "NON_RANDOMIZED": frozenset({"NON_RANDOMIZED", "NA"})},
    ),
    "masking": (
        "designModule.designInfo.maskingInfo.masking",
        {
            "NONE": frozenset({"NONE"}),
            "SINGLE": frozenset({"SINGLE"}),
            "DOUBLE": frozenset({"DOUBLE", "TRIPLE", "QUADRUPLE"}),
            "TRIPLE": frozenset({"TRIPLE", "QUADRUPLE"}),
            "QUADRUPLE": frozenset({"QUADRUPLE"}),
        },
    ),
    "model": (
        "designModule.designInfo.interventionModel",
        {
            "SINGLE_GROUP": frozenset({"SINGLE_GROUP"}),
            "CROSSOVER": frozenset({"CROSSOVER"}),
            "PARALLEL": frozenset({"PARALLEL", "FACTORIAL"}),
        },
    ),
}
_WHY = "The design decides what is reported and how patients are assigned."
_ASK = "Ask the sponsor which is meant; both stand in the record."
_PLACEBO = re.compile(r"\b(?:placebo|sham|vehicle|dummy|saline|inactive|control|sugar|water)\b", re.IGNORECASE)


def design_block(record: Record) -> Iterator[Contradiction]:
    """Allocation, masking and model: prose against the design block."""
    stated = list(design_claims(record))
    for attribute, (path, allowed) in BLOCK.items():
        prose = [one for one in stated if one.attribute == attribute]
        if len({one.value for one in prose}) == 1:
            for field in record.field(attribute, path):
                if field.value not in allowed[prose[0].value] and not _assessor_alone(record, prose[0], field):
                    yield against(attribute, f"The {attribute} is stated differently", _WHY, _ASK, [field, *prose])


def _assessor_alone(record: Record, prose: Claim, field: Claim) -> bool:
    """Open label for patient and investigator, while those who assess outcomes do not know: no contradiction."""
    masked = record.get("designModule.designInfo.maskingInfo.whoMasked", [])
    knows = not {"PARTICIPANT", "CARE_PROVIDER"} & set(masked)
    return field.attribute == "masking" and prose.value == "NONE" and field.value == "SINGLE" and bool(masked) and knows


def phase(record: Record) -> Iterator[Contradiction]:
    """The phase in the table, in titles and in the purpose."""
    stated = whole_phases([one for one in design_claims(record) if one.attribute == "phase"])
    table = list(field_phase(record))
    if len({_phases(one) for one in (*table, *stated)}) > 1:
        yield against("phase", "The phase is stated differently", _WHY, _ASK, _one_of_each((*table, *stated)))


def whole_phases(claims: list[Claim]) -> list[Claim]:
    """The phases a passage names, together: "Phase 2 … and Phase 3" is 2/3."""
    whole = {
        block: "/".join(sorted({name for one in claims if one.block == block for name in one.value.split("/")}))
        for block in {one.block for one in claims}
    }
    return [replace(one, value=whole[one.block]) for one in claims]


def _phases(claim: Claim) -> str:
    """An early phase 1 study is often called phase 0 or phase 1."""
    return {"0": "1"}.get(claim.value, str(claim.value))


def _one_of_each(claims: tuple[Claim, ...]) -> list[Claim]:
    """The claims, those of one place and value once."""
    return list({(one.value, one.where): one for one in reversed(claims)}.values())[::-1]


def arms(record: Record) -> Iterator[Contradiction]:
    """How many arms the prose says there are, against the arms listed and the model."""
    listed = list(arms_listed(record))
    stated = list(arms_stated(record))
    counts = {one.value for one in stated}
    if listed and len(counts) == 1 and counts != {len(listed)}:
        what = f"The prose says {stated[0].value} and {len(listed)} arms are listed"
        yield against("number of arms", what, _WHY, _ASK, [*stated, *listed])
    if len(counts) > 1:
        yield against("number of arms", "The number of arms is stated differently", _WHY, _ASK, stated)


def one_arm_design(record: Record) -> Iterator[Contradiction]:
    """One arm listed where the design block says that participants are parted between arms."""
    listed = list(arms_listed(record))
    if len(listed) != 1 or arms_on_page(record) > 1 or record.get("designModule.studyType") != "INTERVENTIONAL":
        return
    fields = [
        one
        for attribute, parted in (
            ("allocation", {"RANDOMIZED"}),
            ("model", {"PARALLEL", "CROSSOVER", "FACTORIAL"}),
        )
        for one in record.field(attribute, BLOCK[attribute][0])
        if one.value in parted
    ]
    if fields and not any(one.value == "CROSSOVER" for one in fields):
        what = "The design block parts participants between arms and one arm is listed"
        yield against("number of arms", what, _WHY, _ASK, [*fields, *listed])


def placebo(record: Record) -> Iterator[Contradiction]:
    """A placebo-controlled study in which no arm receives a placebo."""
    stated = [one for one in design_claims(record) if one.attribute == "control"]
    given = record.of("arm", "arm label", "intervention", "intervention name")
    kinds = {one.get("type", "") for one in record.entries("armsInterventionsModule.armGroups")}
    named = kinds & {"PLACEBO_COMPARATOR", "SHAM_COMPARATOR"} or any(_PLACEBO.search(one.text) for one in given)
    if stated and given and kinds and not named:
        what = "The study is called controlled and no arm or intervention names the control"
        yield against("placebo", what, _WHY, _ASK, [*stated, *(one.claim("given", one.text) for one in given[:4])])


def sites(record: Record) -> Iterator[Contradiction]:
    """A study at one centre that lists several."""
    stated = [one for one in design_claims(record) if one.attribute == "sites" and one.value == "one"]
    places = record.entries("contactsLocationsModule.locations")
    cities = [
        one for n in range(len(places)) for one in record.field("city", f"contactsLocationsModule.locations[{n}].city")
    ]
    if stated and len({one.value for one in cities}) > 1:
        what = f"The study is said to run at one centre and lists {len(places)} places"
        yield against("sites", what, "Sites are opened and counted by this.", _ASK, [*stated, *cities[:3]])


def enrolment(record: Record) -> Iterator[Contradiction]:
    """How many participants are planned: the field against the prose. What was in the end enrolled contradicts no
    plan."""
    planned = list(enrolment_stated(record))
    if record.get("designModule.enrollmentInfo.type") != "ACTUAL":
        fields = record.field("enrolment", "designModule.enrollmentInfo.count")
        planned = [*(one for one in fields if isinstance(one.value, int)), *planned]
    if len(planned) > 1 and not _overlap([_range(one) for one in planned]):
        yield against(
            "enrolment",
            "The number of participants is stated differently",
            "Accrual is closed, and the power of the study reckoned, by this number.",
            "Ask the sponsor for the number of the protocol in force.",
            planned,
        )


def _range(claim: Claim) -> tuple[int, int]:
    return (claim.value, claim.value) if isinstance(claim.value, int) else claim.value


def _overlap(ranges: list[tuple[int, int]]) -> bool:
    return max(low for low, _ in ranges) <= min(high for _, high in ranges)


def groups_of_participants(record: Record) -> Iterator[Contradiction]:
    """Groups whose sizes do not add up to the number of participants they are said to be parts of."""
    for whole, parts in groups_stated(record):
        total = sum(one.value for one in parts)
        if total not in range(_range(whole)[0], _range(whole)[1] + 1):
            what = f"The groups add up to {total} participants, not to {_range(whole)[1]}"
            yield against("enrolment", what, "Accrual to each group is closed by it.", _ASK, [whole, *parts])


def part_above_whole(record: Record) -> Iterator[Contradiction]:
    """A part of the participants that is larger than their planned number."""
    if record.get("designModule.enrollmentInfo.type") == "ACTUAL":
        return
    for field in record.field("enrolment", "designModule.enrollmentInfo.count"):
        over = [one for one in parts_stated(record) if isinstance(field.value, int) and one.value[1] > field.value]
        if over:
            what = f"A part of the participants is larger than all {field.value} of them"
            yield against("enrolment", what, "Accrual is closed by this number.", _ASK, [field, *over])
