"""A condition of the protocol as a sentence for whoever might take part, and what the words of the record mean.

Made from the condition alone, whatever the study; the record's own sentence always stands beside it, and it is the one
that counts. Words of medicine that stand in many records are explained from one table. Read `in_plain_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trialwright.adapters.archive.words import UNITS
from trialwright.core.conditions import ALWAYS, Condition
from trialwright.core.conditions.constructs import (
    Age,
    All,
    AnyOf,
    Ask,
    AtLeast,
    Elapsed,
    FirstKnown,
    GradeIs,
    Had,
    IfThen,
    Limit,
    Measure,
    Not,
    NumberIs,
    Rank,
    ResponseIs,
    Sex,
)
from trialwright.core.protocol import Concept, Criterion, StudyProtocol
from trialwright.core.terms import Quantity

SIGNS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "=": "exactly"}
MULTIPLES = {
    "ULN": "times the upper limit of what is normal at the laboratory",
    "LLN": "times the lower limit of what is normal at the laboratory",
    "baseline": "times the value before treatment",
}
WHEN = {
    "screening": "the first visit", "consent": "consent", "registration": "entering the study",
    "first_dose": "the first dose", "course_day_1": "the first day of the course", "last_dose": "the last dose",
    "end_of_treatment": "the end of treatment",
}  # fmt: skip
EPISODES = {
    "had": "ever had {}",
    "ongoing": "{} going on now",
    "active_since": "{}",
}
"""How an episode is told; the rest of the sentence says in which time."""


@dataclass(frozen=True)
class Named:
    """What things are called: concepts by id, questions to a person by id, sets of codes."""

    concepts: Mapping[str, Concept]
    asks: Mapping[str, str]

    def concept(self, name: str) -> str:
        """A concept in words."""
        known = self.concepts.get(name)
        return known.label if known else spaced(name)


def named_in(protocol: StudyProtocol, concepts: Mapping[str, Concept]) -> Named:
    """What the conditions of a protocol speak of."""
    return Named(concepts, {one.id: one.asks for one in protocol.asks})


def spaced(name: str) -> str:
    """A code as words: its underscores are blanks."""
    return name.replace("_", " ")


def in_plain_words(criterion: Criterion, named: Named) -> str:
    """One criterion: what must hold to take part, or what keeps a person from it."""
    if criterion.must is not None and criterion.must != ALWAYS:
        return f"To take part: {said(criterion.must, named)}."
    if criterion.must_not is not None:
        return f"Nobody can take part for whom this holds: {said(criterion.must_not, named)}."
    return ""


def said(condition: Condition, named: Named, inside: bool = False) -> str:
    """A condition in words; one that stands inside another in brackets where it joins several."""
    match condition:
        case All(of):
            return _joined(of, "; and ", named, inside)
        case AnyOf(of):
            return _joined(of, "; or ", named, inside)
        case AtLeast(count, of):
            return f"at least {count} of these: {_joined(of, '; ', named, True)}"
        case FirstKnown(of):
            return said(of[0], named, inside)
        case Not(of=part):
            return f"not this: {said(part, named, True)}"
        case IfThen(when, then):
            return f"if {said(when, named, True)}, then {said(then, named, True)}"
        case _:
            return _leaf(condition, named)


def _joined(of: tuple[Condition, ...], joint: str, named: Named, inside: bool) -> str:
    told = list(dict.fromkeys(said(one, named, True) for one in of))
    words = joint.join(told)
    return f"({words})" if inside and len(told) > 1 else words


def _leaf(condition: Condition, named: Named) -> str:
    """A condition that asks for data."""
    match condition:
        case Age(limit):
            return f"age {_limit(limit)}"
        case Sex(sex):
            return f"sex: {sex}"
        case Measure():
            return _measure(condition, named)
        case Had():
            return _episode(condition)
        case Ask(question, within):
            asked = named.asks.get(question) or named.concept(question)
            return f"“{asked}” answered yes{_window(within, None)}"
        case GradeIs(term=term, limit=limit):
            what = "any side effect" if term == "any" else spaced(term)
            return f"{what} of grade {_limit(limit)}"
        case ResponseIs(one_of):
            return f"response: {' or '.join(one.value for one in one_of)}"
        case NumberIs(name, limit):
            return f"{name} {_limit(limit)}"
        case Elapsed(since, limit):
            return f"{limit} since {WHEN.get(since, spaced(since))}"
        case _:
            return "see the record's sentence"


def _measure(one: Measure, named: Named) -> str:
    what = named.concept(one.concept)
    if one.one_of:
        told = f"{what}: {_either([spaced(code) for code in one.one_of])}"
    elif one.limit is not None:
        told = f"{what} {_limit(one.limit)}"
    else:
        told = f"{what} {_rank(one.rank)}" if one.rank else f"{what} known"
    held = f", for {one.held_for}" if one.held_for else ""
    return f"{told}{held}{_window(one.between or one.within, one.before)}"


def _episode(one: Had) -> str:
    how = EPISODES[one.how].format(spaced(one.set))
    how = how if one.between is None and one.within is None else how.removeprefix("ever ")
    where = [f"{spaced(field)}: {' or '.join(spaced(code) for code in codes)}" for field, codes in one.where]
    many = f", {one.at_least_n} times or more" if one.at_least_n > 1 else ""
    told = f" ({'; '.join(where)})" if where else ""
    return f"{how}{told}{many}{_window(one.between or one.within, one.before)}"


def _window(within: object, before: str | None) -> str:
    """In which time before which day."""
    if within is None:
        return f", before {WHEN.get(before, spaced(before))}" if before else ""
    return f", in the {within} before {WHEN.get(before, spaced(before)) if before else 'entering the study'}"


def _rank(rank: Rank) -> str:
    return " and ".join(f"{SIGNS[sign]} {code}" for sign, code in rank.comparisons)


def _limit(limit: Limit) -> str:
    """A limit in words.

    >>> _limit(Limit.parse(">= 1500 /mm3")), _limit(Limit.parse("18-120 years")), _limit(Limit.parse("<= 2 x ULN"))
    ('at least 1,500/mm³', '18 to 120 years', 'at most 2 times the upper limit of what is normal at the laboratory')
    """
    both = limit.comparisons
    if len(both) == 2 and (both[0][0], both[1][0]) == (">=", "<="):
        return f"{both[0][1].value} to {_amount(both[1][1])}"
    return " and ".join(f"{SIGNS[sign]} {_amount(bound)}" for sign, bound in both)


def _amount(bound: Quantity) -> str:
    if bound.unit in MULTIPLES:
        return f"{bound.value} {MULTIPLES[bound.unit]}"
    unit = UNITS.get(bound.unit, bound.unit)
    return f"{bound.value:,}{'' if unit.startswith(('/', '%')) or not unit else ' '}{unit}"


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


# --- words of medicine ------------------------------------------------------------------------------------------------

MEANS: Mapping[str, str] = {
    r"histolog\w+": "seen under the microscope in a sample of tissue",
    r"ECOG|performance status": "how well a person manages daily life, from 0 (fully active) to 4 (in bed all day)",
    r"\bWBC\b|white blood cells?|leu[ck]ocytes?": "white blood cells, which fight infection",
    r"\bANC\b|neutrophils?": "neutrophils, the white blood cells that fight bacteria",
    r"platelets?": "platelets, the part of the blood that stops bleeding",
    r"h[a]?emoglobin": "the part of the blood that carries oxygen",
    r"creatinine": "a substance in the blood that shows how well the kidneys work",
    r"bilirubin": "a substance in the blood that shows how well the liver works",
    r"\bAST\b|\bALT\b|transaminases?": "substances in the blood that rise when the liver is harmed",
    r"upper limit of normal|\bULN\b": "the highest value that the laboratory calls normal",
    r"indicator lesion|measurable disease|index lesion": "signs of the disease that can be measured and followed",
    r"erythroderm\w+": "redness of nearly the whole skin",
    r"topical": "put on the skin",
    r"systemic": "acting in the whole body, such as tablets or infusions",
    r"contraception": "ways to prevent a pregnancy",
    r"malignancy": "cancer",
    r"carcinoma in situ|melanoma in situ": "a very early cancer that has not grown into the tissue below",
    r"stem cell transplant\w*": "blood-forming cells given from oneself or a donor after strong treatment",
    r"hypersensitivity|allerg\w+": "a reaction of the body's defences to a substance",
    r"phototherapy": "treatment with ultraviolet light",
    r"photochemotherapy": "treatment with a drug and ultraviolet light together",
    r"radiotherapy|electron beam": "treatment with radiation",
    r"\bchemotherapy": "drugs that kill cancer cells",
    r"biological therapy": "drugs made from, or like, substances of the body's defences",
    r"investigational agents?": "drugs that are still being studied",
    r"concurrent": "at the same time",
    r"emollients?": "creams that keep the skin moist",
    r"biops\w+": "a small piece of tissue taken for examination",
    r"progressive disease|disease progression": "the disease grows or spreads",
    r"complete response": "no sign of the disease is left",
    r"partial response": "the signs of the disease have clearly become less",
    r"stable disease": "the disease neither grows nor shrinks clearly",
    r"toxicity": "unwanted effects of the treatment",
    r"progression-free survival": "how long people live without the disease growing",
    r"\bplacebo\b": "a treatment that looks the same and holds no drug",
    r"randomi[sz]\w+": "put into a group by chance",
    r"discectomy": "an operation that removes part of a disc between two bones of the back",
    r"pedicle screw|instrumentation": "metal parts that hold bones of the back together",
    r"\bBMI\b|obesity": "body weight in relation to height",
    r"\bVAS\b|visual analog\w*": "a line on which a person marks how strong the pain is",
    r"anticonvulsants?": "drugs against seizures",
    r"renal failure": "the kidneys do not work well enough",
}
"""Words that stand in the records of many trials, and what they mean."""


def explained(sentence: str) -> Iterator[tuple[str, str]]:
    """The words of a sentence that the table explains, in its order, each once."""
    found = [(hit.start(), hit[0], means) for words, means in MEANS.items() if (hit := _find(words, sentence))]
    for _, words, means in sorted(found):
        yield words, means


def _find(words: str, sentence: str) -> re.Match[str] | None:
    return re.search(words, sentence, re.IGNORECASE)
