"""Who may enter, stated twice and differently: ages, sex, healthy volunteers, limits, windows, stages, states.

Limits under a condition ("if liver metastases are present") are not compared: they hold for some patients only.
Read `ages` first; each rule is one function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, groupby

from trialwright.adapters.registry.claims import Claim, Passage, Record
from trialwright.adapters.registry.claims.eligibility import ages_stated, limits, stages, states, windows
from trialwright.adapters.registry.claims.measures import same
from trialwright.adapters.registry.contradictions.finding import Contradiction, against

_WHY = "Patients are let in or turned away by it."
_ASK = "Ask the sponsor which one the protocol has."
_YEARS = re.compile(r"(\d+)\s+Years?\Z")
_GROUPS = {"CHILD": (0, 17), "ADULT": (18, 64), "OLDER_ADULT": (65, 999)}


def ages(record: Record) -> Iterator[Contradiction]:
    """The ages of the field against the ages of the criteria."""
    stated = list(ages_stated(record))
    if _parts(stated):
        return
    for attribute, key in (("least age", "minimumAge"), ("most age", "maximumAge")):
        told = [one for one in stated if one.attribute == attribute]
        for field in record.field(attribute, f"eligibilityModule.{key}"):
            years = _YEARS.match(str(field.value))
            if years and told and not any(low <= int(years[1]) <= high for low, high in (one.value for one in told)):
                yield against("age", f"The {attribute} is stated differently", _WHY, _ASK, [field, *told])


def _parts(stated: list[Claim]) -> bool:
    """Ages that no one can have at once are those of parts of the study: "up to 12", "older than 12"."""
    least = [one.value[0] for one in stated if one.attribute == "least age"]
    most = [one.value[1] for one in stated if one.attribute == "most age"]
    return bool(least and most) and max(least) >= min(most)


def age_groups(record: Record) -> Iterator[Contradiction]:
    """The groups of ages (child, adult, older adult) against the limits of age."""
    low, high = (_limit(record, key, end) for key, end in (("minimumAge", 0), ("maximumAge", 999)))
    groups = record.get("eligibilityModule.stdAges", [])
    if low is None or high is None or not groups:
        return
    meant = {name for name, (first, last) in _GROUPS.items() if low <= last and high >= first}
    if meant != set(groups):
        fields = [c for key in ("minimumAge", "maximumAge") for c in record.field("age", f"eligibilityModule.{key}")]
        named = [c for n in range(len(groups)) for c in record.field("age group", f"eligibilityModule.stdAges[{n}]")]
        yield against("age", "The limits of age and the groups of ages differ", _WHY, _ASK, [*fields, *named])


def _limit(record: Record, key: str, end: int) -> int | None:
    said = record.get(f"eligibilityModule.{key}")
    years = _YEARS.match(str(said))
    return end if said is None else int(years[1]) if years else None


_ASKS_OF = {
    "FEMALE": re.compile(
        r"\A\W*(?:not\s+pregnant|(?:fertile|adult)?\s*(?:women|females?)\s+(?:of\b.*)?must|negative\s+pregnancy|pregnan\w+\s+test\s+negative)",
        re.I,
    ),
    "MALE": re.compile(
        r"\A\W*(?:(?:fertile|adult|sexually\s+active)?\s*(?:men|males?)\s+(?:\w+\s+){0,4}must)", re.IGNORECASE
    ),
}
_ONLY = {
    "FEMALE": re.compile(
        r"\A\W*(?:adult\s+)?(?:females?|women)(?:\s+(?:patients?|subjects?|participants?|only|gender|sex))*\W*\Z", re.I
    ),
    "MALE": re.compile(
        r"\A\W*(?:adult\s+)?(?:males?|men)(?:\s+(?:patients?|subjects?|participants?|only|gender|sex))*\W*\Z", re.I
    ),
}
_OTHER_SEX = {
    "FEMALE": re.compile(r"\b(?:males?|men)\b", re.I),
    "MALE": re.compile(r"\b(?:females?|wom[ae]n|pregnan\w+)\b", re.I),
}


def sex(record: Record) -> Iterator[Contradiction]:
    """The sex of the field against criteria that ask something of the other sex, or let in one sex alone."""
    criteria = record.of("criterion")
    for field in record.field("sex", "eligibilityModule.sex"):
        other = {"MALE": "FEMALE", "FEMALE": "MALE"}.get(field.value)
        if other:
            asked = [one.claim("sex", other) for one in criteria if _ASKS_OF[other].search(one.text)]
            told = [one for one in asked if "partner" not in one.words.lower()]
        else:
            told = [
                one.claim("sex", name)
                for name, only in _ONLY.items()
                for one in criteria
                if one.polarity == "inclusion" and only.search(one.text) and len(criteria) > 2
                if not any(_OTHER_SEX[name].search(each.text) for each in criteria)
            ]
        if told:
            yield against("sex", "The sexes that may enter are stated differently", _WHY, _ASK, [field, *told])


_HEALTHY = re.compile(
    r"\A\W*(?:normal\s+)?healthy\s+(?:\w+\s+){0,2}?(?:volunteers?|subjects?|participants?|controls?|adults?|males?|men|women)\b",
    re.I,
)
_NO_HEALTHY = re.compile(r"\bno\s+healthy\s+volunteers?\b|\bhealthy\s+volunteers?\s+(?:are\s+)?(?:not|excluded)", re.I)
_PROVEN = re.compile(
    r"\A\W*(?:patients?\s+(?:must\s+have|with)\s+)?(?:histologic|cytologic|patholog|biopsy)\S*(?:\s+(?:or|and|/)\s+\w+)?[-\s](?:confirmed|proven|documented|diagnos)",
    re.I,
)


def healthy_volunteers(record: Record) -> Iterator[Contradiction]:
    """Whether healthy volunteers may enter: the field against the criteria and the title."""
    inside = [one for one in record.of("criterion") if one.polarity == "inclusion"]
    healthy = [one for one in (*inside, *record.of("title")) if _about_healthy(one)]
    for field in record.field("healthy volunteers", "eligibilityModule.healthyVolunteers"):
        refused = [one for one in record.of("criterion") if _NO_HEALTHY.search(one.text)]
        proven = [one for one in inside if _PROVEN.search(one.text)]
        told = healthy if field.value is False else (refused or (proven if not healthy and not _mixed(record) else []))
        if told:
            claims = [field, *(one.claim("healthy volunteers", field.value is False) for one in told)]
            yield against("healthy volunteers", "Whether healthy volunteers may enter differs", _WHY, _ASK, claims)


def _about_healthy(one: Passage) -> bool:
    return bool(
        _HEALTHY.search(one.text)
        or (one.where == "title" and re.search(r"\bin\s+healthy\s+(?!.*\bwith\b)", one.text, re.I))
    )


def _mixed(record: Record) -> bool:
    """Whether anything in the record speaks of healthy people or of controls."""
    return any(re.search(r"\bhealthy\b|\bcontrols?\b|\bdonors?\b", one.text, re.I) for one in record.passages)


def limits_twice(record: Record) -> Iterator[Contradiction]:
    """One analyte with two different limits of one kind, in one unit."""
    claims = sorted(limits(record), key=lambda one: (one.subject, one.attribute, one.value[1]))
    for (subject, side, _), held in groupby(claims, key=lambda one: (one.subject, one.attribute, one.value[1])):
        told = list({one.value[0]: one for one in held}.values())
        if len(told) > 1:
            what = f"The limit of {subject} ({'at least' if side == 'least' else 'at most'}) is stated differently"
            yield against("limit", what, _WHY, _ASK, told)
    for first, second in combinations(claims, 2):
        if _impossible(first, second):
            what = f"No value of {first.subject} can keep both limits"
            yield against("limit", what, _WHY, _ASK, [first, second])


def _impossible(first: Claim, second: Claim) -> bool:
    least, most = (first, second) if first.attribute == "least" else (second, first)
    sides = (least.attribute, most.attribute) == ("least", "most")
    return (
        sides and least.subject == most.subject and least.value[1] == most.value[1] and least.value[0] > most.value[0]
    )


def windows_twice(record: Record) -> Iterator[Contradiction]:
    """One therapy with two different times since it must have ended."""
    held = list(windows(record))
    for first, second in combinations(held, 2):
        if first.subject == second.subject and not same(first.value, second.value):
            what = f"How long ago {first.subject} must be is stated differently"
            yield against("window", what, _WHY, _ASK, [first, second])


def stages_asked(record: Record) -> Iterator[Contradiction]:
    """Stages of titles and keywords that the criteria do not let in, and stages let in that no keyword has."""
    asked = list(stages(record, "criterion"))
    named = list(stages(record, "title", "keyword"))
    if len({one.value for one in asked}) != 1 or not named:
        return
    allowed = _stages(asked)
    outside = [one for one in named if not _stages([one]) & allowed]
    if outside:
        yield against("stage", "A stage is named that the criteria do not let in", _WHY, _ASK, [*outside, *asked])
    keywords = [one for one in named if one.where == "keyword"]
    if len(keywords) > 1 and not outside and not allowed <= _stages(named):
        yield against("stage", "The criteria let in a stage that is not named", _WHY, _ASK, [*keywords, *asked])


def _stages(claims: list[Claim]) -> set[int]:
    return {stage for one in claims for stage in range(one.value[0], one.value[1] + 1)}


def states_without_criterion(record: Record) -> Iterator[Contradiction]:
    """A state of disease in the title that no criterion asks for."""
    criteria = record.of("criterion")
    named = list(states(record))
    title = next((one.text for one in record.of("title")), "")
    for name in dict.fromkeys(claim.value for claim, _ in named if claim.where == "title"):
        asked = next(words for claim, words in named if claim.value == name)
        if len(criteria) < 3 or any(re.search(asked, one.text, re.IGNORECASE) for one in criteria if _asks(one, name)):
            continue
        if _one_of_several(title, name):
            continue
        claims = [claim for claim, _ in named if claim.value == name]
        keywords = [
            one.claim("state of disease", name) for one in record.of("keyword") if re.search(asked, one.text, re.I)
        ]
        first = list({one.where: one for one in reversed(claims)}.values())[::-1]
        what = f"The title says “{name}” and no criterion asks for it"
        yield against(
            "state of disease",
            what,
            _WHY,
            "Ask the sponsor whether it is asked for, and by what.",
            [*first, *keywords[:1]],
        )


def _asks(one: Passage, name: str) -> bool:
    """Whether a criterion can ask for a state; what untreated means is often said by an exclusion."""
    return one.polarity == "inclusion" or name in ("newly diagnosed", "previously untreated")


def _one_of_several(title: str, name: str) -> bool:
    """Joined by "or", each state alone is enough."""
    return bool(re.search(rf"(?:\bor\s+|/\s*){name}|{name}\s*(?:or\b|/|,)", title, re.IGNORECASE))


_EMPTY = frozenset(
    "a an the of or and with in to for who is are be have has had any be must patient patients subject subjects known"
    " history current eligible allowed permitted excluded as well prior previous at by from been other participant"
    " participants presence evidence".split()
)
_DENIES = re.compile(r"\A\W*(?:no|not|without|absence\s+of)\b", re.IGNORECASE)
_PART_OF = re.compile(
    r"\A\W*(?:part|phase|group|arm|cohort|stage)\b|:\s*\Z|[\d<>≥≤=]|\bnot\s+specified\b|\bsee\b|\brefer\s+to\b",
    re.IGNORECASE,
)


def both_ways(record: Record) -> Iterator[Contradiction]:
    """The same thing let in by one criterion and kept out by another; limits are compared elsewhere."""
    told = [one for one in record.of("criterion") if len(one.text) < 160 and not _PART_OF.search(one.text)]
    inside: dict[frozenset[str], Passage] = {_content(one.text): one for one in told if _lets_in(one)}
    outside = ((inside.get(_content(one.text)), one) for one in told if not _lets_in(one))
    pairs = [(let, kept) for let, kept in outside if let and max(map(len, _content(kept.text)), default=0) > 4]
    if pairs:
        claims = [one.claim("criterion", one.polarity) for pair in pairs for one in pair]
        yield against("inclusion and exclusion", "The same is let in and kept out", _WHY, _ASK, claims)


def _lets_in(one: Passage) -> bool:
    """Under a heading a denial turns the side; where the denial itself made the item an exclusion it does not."""
    turned = one.by != "words" and bool(_DENIES.search(one.text))
    return (one.polarity == "inclusion") != turned


def _content(text: str) -> frozenset[str]:
    words = re.findall(r"[a-zé]+", _DENIES.sub("", text).lower())
    return frozenset(word.rstrip("s") for word in words if word not in _EMPTY)
