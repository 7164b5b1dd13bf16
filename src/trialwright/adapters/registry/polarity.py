"""Whether a statement about eligibility asks for something or rules it out.

Decided here: by headings where they exist; by the item's own opening words ("No …", "Not …", "Must not …") where they
do not; and, where two lists stand one after the other without headings, by the kind of words each block uses. A limit
("No more than 2 prior regimens") and a double denial ("No patients without measurable disease") ask, they do not rule
out. Read first: `denies`, then `lean`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_DENIAL = re.compile(
    r"(?:(?:patients?|participants?|subjects?|women|men|they|he|she|individuals?)\b[^.,;:]{0,40}?\s)?"
    r"(?:(?:must|may|can|should|shall|will)\s*not\b|cannot\b|are\s+not\b|is\s+not\b|have\s+not\b|has\s+not\b|do\s+not\b"
    r"|did\s+not\b|does\s+not\b|have\s+no\b|must\s+have\s+no\b|not\b|no\b|non-?(?=pregnan|lactat|nurs|smok)|never\b|none\b|without\b"
    r"|absence\s+of\b|free\s+(?:of|from)\b|neither\b)",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"(?:no|not)\s+(?:more|less|fewer|greater|higher|lower|later|earlier|older|younger|longer|shorter)\s+than\b"
    r"|(?:no|not)\s+(?:requirements?|restrictions?|limits?|limitations?|specified|required|necessary|applicable|upper|lower)\b"
    r"|not\s+(?:only|exceed(?:ing)?)\b|no\s+(?:minimum|maximum)\b|no\s+prior\s+(?:\w+\s+){1,3}(?:is\s+)?required\b",
    re.IGNORECASE,
)
_DOUBLE = re.compile(
    r"\b(?:no|not|must\s+not|never)\s+(?:\w+\s+){0,2}?(?:without|unable|unwilling|inability|lack(?:ing)?|refus\w+|fail\w*\s+to)\b",
    re.IGNORECASE,
)
_RULED_OUT = re.compile(
    r"\b(?:are|is|will\s+be)\s+(?:excluded|ineligible|not\s+(?:eligible|allowed|permitted|included|considered))\b"
    r"|\bnot\s+(?:eligible|allowed|permitted)\b|\bineligible\b|\bexcluded?\s+(?:from|if)\b|^exclud\w+\b",
    re.IGNORECASE,
)
_FALSE_START = re.compile(r"(?:no|not)\s*[:.)]|non-?small|non-?hodgkin|no\.\s*\d", re.IGNORECASE)

_ASKS = re.compile(
    r"^(?:patients?|subjects?|participants?|women|men)\s+(?:must|should|who\s+(?:are\s+willing|have\s+signed))|\bmust\b"
    r"|\bwilling(?:ness)?\b(?!.*\bunwilling)|\bable\s+to\b|\bability\s+to\b|\bsigned\b|\bconfirmed\b|\binformed\s+consent\b|\badequate\b"
    r"|\bage[ds]?\b|\byears?\s+(?:old|of\s+age)|\bperformance\s+status\b|\bECOG\b|\bmeasurable\b|\blife\s+expectancy\b"
    r"|\bdiagnos(?:is|ed)\s+(?:of|with)\b|\beligible\b|\bnegative\s+(?:serum\s+|urine\s+)?pregnancy\b|\bagrees?\b|≥|>=|\bat\s+least\b",
    re.IGNORECASE,
)
_RULES_OUT = re.compile(
    r"\bhistory\s+of\b|\bpregnan(?:t|cy)\b|\bbreast-?\s?feeding\b|\blactating\b|\bnursing\b|\ballerg|\bhypersensitiv|\bcontraindicat"
    r"|\bunable\b|\bunwilling\b|\binability\b|\brefus|\buncontrolled\b|\bunstable\b|\bsevere\b|\bserious\b|\bactive\b|\babuse\b|\baddiction\b"
    r"|\bcurrent(?:ly)?\b|\bconcurrent\b|\bconcomitant\b|\bprior\b|\bprevious\b|\bknown\b|\bpresence\s+of\b|\bevidence\s+of\b"
    r"|\bany\s+(?:other|condition|contra|history|medical)|\bwithin\b.*\b(?:days|weeks|months)\b|\bother\s+than\b|\binvestigational\b"
    r"|\bintoleran|\bHIV\b|\bhepatitis\b|\bdiabetes\b|\binfarction\b|\bstroke\b|\bsurgery\b|\bimpairment\b|\binsufficiency\b"
    r"|\bfailure\b|\bmetasta|\bmalignan|\binfection|\bpsychiatric\b|\bdementia\b|\bparticipati(?:on|ng)\s+in\b|\bwho\s+have\s+had\b",
    re.IGNORECASE,
)
_HEAD_IN = re.compile(
    r"\binclu(?:sion|ded?)\b|\beligib(?:le|ility)\b|\bmay\s+participate\b|\bentry\s+criteria\b", re.IGNORECASE
)
_HEAD_OUT = re.compile(
    r"\bexclu(?:sions?|ded?)\b|\bineligib|\bnot\s+(?:be\s+)?(?:eligible|included|participate)\b|\bnon-?inclusion\b",
    re.IGNORECASE,
)


class Lean(NamedTuple):
    """How strongly the items of a block speak for asking or for ruling out."""

    asks: int
    rules_out: int


def denies(text: str) -> bool:
    """Whether the statement rules out what it names.

    >>> denies("No prior stem cell transplantation"), denies("Not pregnant or nursing"), denies("ECOG 0-2")
    (True, True, False)
    >>> denies("No more than 2 prior regimens"), denies("Must not be unable to swallow")
    (False, False)
    """
    text = text.strip(" \t\n\xa0•*-\"'(")
    if _FALSE_START.match(text) or _LIMIT.match(text) or _DOUBLE.search(text[:80]):
        return False
    return bool(_DENIAL.match(text) and not _LIMIT.search(text[:60])) or bool(_RULED_OUT.search(text))


def heading_polarity(text: str) -> str | None:
    """inclusion, exclusion, both (one list for the two), or None for words that are no such heading.

    >>> heading_polarity("Inclusion Criteria:"), heading_polarity("Patients are NOT eligible if:")
    ('inclusion', 'exclusion')
    >>> heading_polarity("Inclusion/Exclusion Criteria"), heading_polarity("PATIENT CHARACTERISTICS:")
    ('both', None)
    """
    out = _HEAD_OUT.search(text)
    inside = _HEAD_IN.search(_HEAD_OUT.sub(" ", text)) if out else _HEAD_IN.search(text)
    if out and inside and re.search(r"inclusion", text, re.IGNORECASE):
        return "both"
    return "exclusion" if out else "inclusion" if inside else None


def lean(items: Sequence[str]) -> Lean:
    """Count the items that speak for each side; an item that denies belongs in a list that asks.

    >>> lean(["Age 18 to 75 years", "Signed informed consent"]), lean(["History of stroke", "Pregnancy"])
    (Lean(asks=2, rules_out=0), Lean(asks=0, rules_out=2))
    """
    told = [(text, denies(text)) for text in items]
    asks = sum(1 for text, no in told if no or (_ASKS.search(text) and not _RULES_OUT.match(text)))
    out = sum(1 for text, no in told if not no and _RULES_OUT.search(text) and not _ASKS.search(text))
    return Lean(asks, out)
