"""The response of mycosis fungoides and Sezary syndrome in four compartments, and the global score of Olsen 2011.

Skin by mSWAT in twelve regions, nodes and viscera by the products of two diameters, blood by the absolute count of
Sezary cells. A compartment that was involved at baseline must be assessed at every visit; of nodes and viscera that
were not, the disease assessment must at least say that nothing new was seen. The blood's value at a visit is the last
count since the visit before. Read `GlobalResponse.assess`; the rules are `olsen_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from trialwright.core.response import Assessment, settle_flares
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Finding, Response, UnitMismatch, UnitTable
from trialwright.standards.response.measuring import Sheet, length, product, sheets_of
from trialwright.standards.response.mswat import Region, SkinAssessment, has_tumor, regions_at, skin_sum
from trialwright.standards.response.olsen_rules import (
    Blood,
    Category,
    Node,
    Viscera,
    abnormal_nodes,
    blood_category,
    global_category,
    node_category,
    node_sum,
    of,
    skin_category,
    visceral_category,
)
from trialwright.standards.response.visits import Visit, course_at, first_dose_of

KINDS = {"skin_region": "region", "node_measurement": "node", "visceral_lesion": "lesion"}
COMPARTMENTS = ("skin", "nodes", "viscera", "blood")
ALIKE: Mapping[Category, Response] = {
    **{one: Response[one.name] for one in (Category.CR, Category.PR, Category.SD, Category.PD, Category.NE)},
    Category.RELAPSE: Response.PD,
    Category.NI: Response.NE,
}


@dataclass(frozen=True)
class Seen:
    """All that is known of the four compartments at one visit; None or a text where one was not assessed."""

    key: str
    on: date
    skin: Mapping[str, Region] | str
    nodes: Mapping[str, Node] | None
    viscera: Mapping[str, Fraction | None] | None
    organ_size: str
    blood: Blood | None
    asked: Observation | None

    def yes(self, name: str) -> bool | None:
        """An answer of the disease assessment; None where nobody gave it."""
        return self.asked.yes(name) if self.asked else None


@dataclass(frozen=True)
class GlobalResponse:
    """The instrument as a protocol names it."""

    name: str = "ctcl/olsen-2011"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """The global response at every visit after the first dose, flares of the skin settled."""
        first_dose = first_dose_of(case, on)
        if first_dose is None:
            return ()
        seen = visits_at(case, on, first_dose)
        told = Course(baseline_of(case, [one for one in seen if one.on <= first_dose], first_dose))
        words = case.protocol.response.words if case.protocol.response else ""
        found = [told.judge(one, words) for one in seen if one.on > first_dose]
        return settle_flares(found, case.protocol.response, course_at(case, on))

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Regions that are not all there, and nodes and lesions without two diameters."""
        return (*SkinAssessment().findings(case, on), *_unmeasured(case, on))


# --- what was seen -------------------------------------------------------------------------------------------------


def visits_at(case: Case, on: date, first_dose: date) -> tuple[Seen, ...]:
    """Every visit up to a day, oldest first; blood counted before the first dose belongs to none after it."""
    sheets = sheets_of(case, KINDS, "disease_assessment", on)
    stated = {one.instance: one for one in observations(case.record, "compartment_assessment", on)}
    days = [date.min, *(one.on for one in sheets)]
    since = [max(day, first_dose) if sheet.on > first_dose else day for day, sheet in zip(days, sheets, strict=False)]
    return tuple(
        _seen(case, sheet, stated.get(sheet.key), _blood(case, after, sheet.on))
        for sheet, after in zip(sheets, since, strict=True)
    )


def _seen(case: Case, sheet: Sheet, stated: Observation | None, blood: Blood | None) -> Seen:
    said = {name: stated.text(name) if stated else "" for name in ("nodes", "viscera", "organ_size")}
    skin = regions_at(Visit(sheet.key, sheet.on, sheet.of("skin_region"), sheet.asked), case.units)
    nodes = {name: _node(sheet.one("node_measurement", name), case.units) for name in sheet.of("node_measurement")}
    organs = _organs(sheet, case.units)
    return Seen(
        key=sheet.key,
        on=sheet.on,
        skin=skin,
        nodes=nodes if nodes or said["nodes"] == "none_abnormal" else None,
        viscera=organs if organs or said["viscera"] == "not_involved" else None,
        organ_size=said["organ_size"],
        blood=blood,
        asked=sheet.asked,
    )


def _node(one: Observation | None, units: UnitTable) -> Node:
    longest, across = (length(one, name, "cm", units) for name in ("longest", "perpendicular"))
    return Node(longest, across, one.text("histology") if one else "")


def _organs(sheet: Sheet, units: UnitTable) -> dict[str, Fraction | None]:
    """The sum of products by organ; a lesion that a biopsy found free of disease counts nothing."""
    found: dict[str, Fraction | None] = {}
    for name, entered in sheet.of("visceral_lesion").items():
        one, organ = sheet.one("visceral_lesion", name), entered[-1].text("organ") or name
        free = one is not None and one.text("histology") == "benign"
        area, so_far = Fraction(0) if free else product(one, "cm", units), found.get(organ, Fraction(0))
        found[organ] = None if area is None or so_far is None else so_far + area
    return found


def _blood(case: Case, after: date, upto: date) -> Blood | None:
    """The last count after one day up to another, and the last word on a clone up to then."""
    counts = [one for one in observations(case.record, "sezary_cells", upto) if one.on.latest > after]
    clones = [one.yes("value") for one in observations(case.record, "blood_clone", upto)]
    count = _count(counts[-1], case.units) if counts else None
    return None if count is None else Blood(count, clones[-1] if clones else None)


def _count(one: Observation, units: UnitTable) -> Fraction | None:
    """Cells per uL; "below" a limit is at most one cell less, and counts only where that is certain to be B0."""
    given, bound = one.quantity(), one.text("bound")
    try:
        count = given.in_unit("/uL", units) if given and given.value >= 0 else None
    except UnitMismatch:
        return None
    if count is None or not bound:
        return count
    return max(count - 1, Fraction(0)) if bound == "<" and count <= of("b1") else None


# --- baseline ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Baseline:
    """Each compartment as last assessed up to the first dose; None where it never was."""

    skin: Mapping[str, Region] | None
    nodes: Mapping[str, Node] | None
    organs: Mapping[str, Fraction] | None
    blood: Blood | None


def baseline_of(case: Case, before: Sequence[Seen], first_dose: date) -> Baseline:
    """The last visit at which a compartment was assessed in whole, one by one; newest first."""
    newest = before[::-1]
    skins = (one.skin for one in newest if not isinstance(one.skin, str))
    nodes = (one.nodes for one in newest if one.nodes is not None and _whole(one.nodes))
    organs = (one.viscera for one in newest if one.viscera is not None and None not in one.viscera.values())
    involved = next(organs, None)
    return Baseline(
        skin=next(skins, None),
        nodes=next(nodes, None),
        organs=None if involved is None else {organ: area for organ, area in involved.items() if area},
        blood=_blood(case, date.min, first_dose),
    )


def _whole(nodes: Mapping[str, Node]) -> bool:
    return all(node.product is not None for node in nodes.values())


# --- visit by visit ------------------------------------------------------------------------------------------------


@dataclass
class Course:
    """What is carried from visit to visit: the smallest values so far, and what each compartment reached."""

    baseline: Baseline
    skins: list[Fraction] = field(default_factory=list)
    node_sums: list[Fraction] = field(default_factory=list)
    organ_sums: list[Mapping[str, Fraction | None]] = field(default_factory=list)
    counts: list[Fraction] = field(default_factory=list)
    reached: dict[str, set[Category]] = field(default_factory=lambda: {one: set() for one in COMPARTMENTS})

    def judge(self, seen: Seen, words: str) -> Assessment:
        """The global response of one visit and each compartment's in words; the visits are given in order."""
        found = {name: getattr(self, f"_{name}")(seen) for name in COMPARTMENTS}
        for name, category in found.items():
            self.reached[name].add(category)
        ratio = self._remember(seen)
        overall = global_category(found["skin"], [found[name] for name in COMPARTMENTS[1:]])
        response = ALIKE[overall]
        told = ", ".join(f"{name}: {category.value}" for name, category in found.items())
        adequate = response is not Response.NE and seen.yes("complete") is not False
        why = f"{overall.value} ({told}){_unshown(seen, found['nodes'])}"
        flare = bool(seen.yes("flare_suspected"))
        return Assessment(
            seen.on, seen.key, response, why, words, ratio, adequate, tuple(self._events(seen, found)), flare
        )

    def _skin(self, seen: Seen) -> Category:
        """By mSWAT; a tumor is new only where the patient had none."""
        before = self.baseline.skin
        if before is None or skin_sum(before) == 0:
            return Category.NE
        reported = self._new_tumor(seen)
        if isinstance(seen.skin, str):
            return Category.PD if reported else Category.NE
        return skin_category(skin_sum(before), self.skins, skin_sum(seen.skin), reported)

    def _new_tumor(self, seen: Seen) -> bool:
        had = self.baseline.skin is not None and has_tumor(self.baseline.skin)
        scored = not isinstance(seen.skin, str) and has_tumor(seen.skin)
        return not had and (scored or seen.yes("new_tumor") is True)

    def _nodes(self, seen: Seen) -> Category:
        """A new node that was reported and not measured cannot be judged, nor can silence about new ones."""
        before = self.baseline.nodes
        if before is None:
            return Category.NE
        now = seen.nodes or {}
        lowest = min([node_sum(before, abnormal_nodes(before))[0], *self.node_sums])
        found = node_category(before, lowest, self.reached["nodes"], now)
        if found in (Category.PD, Category.RELAPSE):
            return found
        reported, fresh = seen.yes("new_node"), set(now) - set(abnormal_nodes(before))
        unasked = reported is None and seen.nodes != {}
        unmeasured = reported is True and not any(now[name].abnormal for name in fresh)
        return Category.NE if unasked or unmeasured else found

    def _viscera(self, seen: Seen) -> Category:
        before = self.baseline.organs
        new = seen.yes("new_visceral")
        if before is None:
            return Category.PD if new else Category.NE
        lowest = {organ: min([area, *self._organ(organ)]) for organ, area in before.items()}
        grown = any(area for organ, area in (seen.viscera or {}).items() if organ not in before)
        now = Viscera(seen.viscera or {}, True if grown else new, seen.organ_size)
        return visceral_category(before, lowest, self.reached["viscera"], now)

    def _organ(self, organ: str) -> Iterator[Fraction]:
        return (area for sums in self.organ_sums if (area := sums.get(organ)) is not None)

    def _blood(self, seen: Seen) -> Category:
        before = self.baseline.blood
        lowest = min([before.count, *self.counts]) if before else Fraction(0)
        return blood_category(before, lowest, self.reached["blood"], seen.blood)

    def _remember(self, seen: Seen) -> Fraction | None:
        """Keep the values of a visit for those after it; the ratio of the skin to its baseline."""
        before = self.baseline
        if before.nodes and seen.nodes is not None:
            total, whole = node_sum(seen.nodes, abnormal_nodes(before.nodes))
            self.node_sums += [total] if whole else []
        self.organ_sums += [seen.viscera] if seen.viscera is not None else []
        self.counts += [seen.blood.count] if seen.blood else []
        if isinstance(seen.skin, str):
            return None
        self.skins.append(skin_sum(seen.skin))
        return self.skins[-1] / skin_sum(before.skin) if before.skin and skin_sum(before.skin) else None

    def _events(self, seen: Seen, found: Mapping[str, Category]) -> Iterator[str]:
        """What was seen besides a rise of the skin's score, so that no flare of the skin excuses it."""
        if self._new_tumor(seen):
            yield "tumor of the skin where there was none"
        for name, category in found.items():
            if category is Category.RELAPSE or (category is Category.PD and name != "skin"):
                yield f"{category.value} in {name}"


def _unshown(seen: Seen, nodes: Category) -> str:
    """What the investigator reported of the nodes and the measurements do not show."""
    shown = nodes in (Category.PD, Category.RELAPSE) or not seen.yes("node_progression")
    return "" if shown else "; progression of a node was reported, which the measurements do not show"


# --- findings ------------------------------------------------------------------------------------------------------


def _unmeasured(case: Case, on: date) -> Iterator[Finding]:
    for sheet in sheets_of(case, KINDS, "disease_assessment", on):
        for kind in ("node_measurement", "visceral_lesion"):
            for name, entered in sheet.of(kind).items():
                if product(sheet.one(kind, name), "cm", case.units) is None:
                    yield Finding(
                        about=entered[-1].event.id,
                        says=f"{sheet.key}, {sheet.on}: {kind.replace('_', ' ')} {name} has no two diameters in use.",
                        matters="The sum of products cannot be reckoned, and the compartment is not evaluable.",
                        do="Enter it once, with both diameters and their unit; 0 cm in each if it is gone.",
                    )
