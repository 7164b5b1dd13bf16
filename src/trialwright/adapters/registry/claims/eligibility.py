"""What a record claims about who may enter: ages, sex, limits of laboratory values and scores, windows, stages, states.

A limit is a value patients must reach (`least`) or may not pass (`most`), whichever side of the list says so: "ANC ≥
1,500" among the inclusions and "ANC < 1,500" among the exclusions are one limit. Read `ANALYTES`, then `limits`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.adapters.registry.claims.measures import LENGTH, NUMBER, UNIT, length, number
from trialwright.adapters.registry.claims.record import Claim, Passage, Record

_Y = r"(?:years?|yrs?|y/?o)"
_OLD = rf"[\s-]*{_Y}(?:[\s-]*(?:old|of\s+age))?"
AGES: tuple[tuple[str, str, str], ...] = (
    ("range", rf"\b(?P<low>\d+)\s*(?:{_OLD})?\s*(?:-|–|to|and|through)\s*(?P<high>\d+)(?:{_OLD})", "="),
    ("least", rf"(?:≥|>=|≧|\bat\s+least|\bminimum(?:\s+age)?\s*(?:of|:)?)\s*(?P<n>\d+){_OLD}", "="),
    ("least", rf"\b(?P<n>\d+){_OLD}\s*(?:and|or)\s+(?:older|above|over)\b", "="),
    ("least", r"\bages?d?\s*(?:≥|>=|≧|at\s+least|of\s+at\s+least)\s*(?P<n>\d+)\b(?!\s*(?:months|weeks|days))", "="),
    ("least", rf"(?:(?<![≥≤])>(?!=)|\bover|\bolder\s+than|\babove)\s*(?P<n>\d+){_OLD}", ">"),
    ("most", rf"(?:≤|<=|≦|\bat\s+most|\bup\s+to)\s*(?P<n>\d+){_OLD}", "="),
    ("most", rf"\b(?P<n>\d+){_OLD}\s*(?:and|or)\s+(?:younger|under|below|less)", "="),
    ("most", rf"(?:<(?!=)|\bunder|\byounger\s+than|\bbelow|\bless\s+than)\s*(?P<n>\d+){_OLD}", "<"),
)
_AGE_WORD = re.compile(r"\bage[sd]?\b|\bold(?:er)?\b|\byears\s+of\s+age\b", re.IGNORECASE)
# Ages of others, of an event, or of a part of the patients.
_NOT_AGE = re.compile(
    r"\b(?:phase|karnofsky|lansky|performance|since|for\s+(?:the\s+)?(?:past|last|at\s+least|more)|within|prior|ago|previous|history|diagnos\w*|duration|"
    r"donor|child(?:ren)?|parent|sibling|partner|onset|during|before|postmenopaus\w*|menopaus\w*|surviv\w*|free|who|if|"
    r"relative\w*|life|cohort|arm|group|part|stratum|after|women|woman|men|females?|males?|unless|except|followed|remission|"
    r"last|past|experience|smok\w*|relationship|married|therapy|every|healthy|controls?|caregivers?|assent|consent)\b",
    re.IGNORECASE,
)

_CMP = (
    (
        "least",
        r"(?:≥|>=|≧|\\?>\s*=|\b(?:of\s+)?at\s+least|\bgreater\s+than\s+or\s+equal\s+to|\bno(?:t)?\s+(?:less|lower)\s+than)",
    ),
    (
        "most",
        r"(?:≤|<=|≦|\\?<\s*=|\bat\s+most|\bless\s+than\s+or\s+equal\s+to|\bno(?:t)?\s+(?:more|greater|higher)\s+than)",
    ),
    ("above", r"(?:\\?>(?!\s*=)|\b(?:greater|more|higher)\s+than(?!\s+or)|\babove|\bover|\bexceed\w*)"),
    ("below", r"(?:\\?<(?!\s*=)|\b(?:less|lower|fewer)\s+than(?!\s+or)|\bbelow|\bunder)"),
)
ANALYTES: tuple[tuple[str, str], ...] = (
    ("white cells", r"\b(?:WBC|white\s+blood\s+cell(?:\s+count)?|leu[ck]ocytes?)"),
    (
        "neutrophils",
        r"\b(?:ANC|AGC|absolute\s+(?:neutrophil|granulocyte)\s+count|neutrophils?(?:\s+count)?|granulocytes?)",
    ),
    ("platelets", r"\b(?:platelets?(?:\s+count)?|PLT)"),
    ("hemoglobin", r"\b(?:ha?emoglobin|Hgb|Hb)(?!\s*A1c)"),
    ("hemoglobin A1c", r"\b(?:HbA1c|ha?emoglobin\s+A1c|A1c)"),
    ("creatinine clearance", r"\b(?:creatinine\s+clearance|CrCl|CCr|e?GFR|glomerular\s+filtration\s+rate)"),
    ("creatinine", r"\b(?:serum\s+)?creatinine(?!\s+clearance)"),
    ("bilirubin", r"\b(?:total\s+)?(?:serum\s+)?bilirubin"),
    ("AST", r"\b(?:AST|SGOT)"),
    ("ALT", r"\b(?:ALT|SGPT)"),
    ("alkaline phosphatase", r"\balkaline\s+phosphatase"),
    ("albumin", r"\b(?:serum\s+)?albumin"),
    ("INR", r"\bINR"),
    ("QTc", r"\bQTc[FB]?"),
    ("ejection fraction", r"\b(?:LVEF|(?:left\s+ventricular\s+)?ejection\s+fraction)"),
    ("ECOG", r"\b(?:ECOG|Zubrod|WHO\s+performance)"),
    ("Karnofsky", r"\b(?:Karnofsky|KPS)"),
    ("life expectancy", r"\blife\s+expectancy"),
    ("body mass index", r"\b(?:BMI|body\s+mass\s+index)"),
)
_FACTORS = {"x10^9/l": 1e9, "/mm3": 1e6, "/ul": 1e6, "x10^3/ul": 1e9, "g/dl": 10.0, "g/l": 1.0}
_ULN = r"(?:[x×*]\s*(?:the\s+)?(?:institutional\s+)?|times\s+(?:the\s+)?(?:\w+\s+)?)(?:ULN|upper)"
_PER = r"[x×*]\s*10\s?[\^⁹9³3]?\S*|/\s?mm\S|/\s?[uµμm](?:L|\w?3)\S?|cells/\S+|per\s+\S+|%|m[lL]/min|ms(?:ec)?\b"
_MASSES = r"m?g/d?[lL]|[µμum]mol/[lL]|weeks?|months?|kg/m\S"
_VALUE = rf"\s*(?P<n>{NUMBER})(?![\w]*-)\s*(?P<unit>{_ULN}|{_PER}|{_MASSES})?"
_RANGE = re.compile(
    r"\s*(?:performance\s+(?:status|score)|PS|score|status|of|is|:|=|\(\w+\)|\s)*\s*(?P<low>\d)\s*(?:-|–|to|or|and|/)\s*(?P<high>\d)\b",
    re.I,
)
_LIMITS = tuple(
    (name, side, re.compile(rf"{pattern}[^.;:\d≥≤<>]{{0,40}}?{compare}{_VALUE}", re.IGNORECASE))
    for name, pattern in ANALYTES
    for side, compare in _CMP
)
# A limit under a condition, or with a second choice, is not the limit of every patient.
_CONDITION = re.compile(
    r"\b(?:if|unless|except|patients?\s+with|subjects?\s+with|in\s+(?:the\s+)?(?:case|presence)|or|for\s+(?:patients|subjects)|"
    r"involvement|metastas[ei]s|gilbert\w*|cohort|arm|part|phase|transfus\w*|dose|when|otherwise|group|males?|females?|men|women|who)\b",
    re.IGNORECASE,
)

STATES: tuple[tuple[str, str, str], ...] = (
    (
        "relapsed",
        r"\brelaps(?:ed?|ing)\b(?![-\s]*(?:remitting|prevention|free))",
        r"relaps|recur|progress(?:ed|ion|ive|ing)\b",
    ),
    (
        "recurrent",
        r"\brecurrent\b(?!\s+(?:events?|infections?|stroke))",
        r"recur|relaps|progress(?:ed|ion|ive|ing)\b|second|episodes?|repeated|prior",
    ),
    (
        "refractory",
        r"\brefractory\b",
        r"refract|resist|fail|progress|respon|intoleran|inadequa|relaps|unrespons|persist|despite",
    ),
    (
        "metastatic",
        r"(?<!non-)(?<!non )\bmetastatic\b",
        r"metasta|stage\s+(?:\w+\s+)?(?:III?[A-C]?[-/]?)?(?:IV|4|D)|advanced|M1|dissemin|extensive|mCRPC|spread|secondar",
    ),
    (
        "newly diagnosed",
        r"\bnewly[-\s]diagnosed\b",
        r"new|untreated|prior|previous|diagnos|naive|naïve|first|de\s+novo|initial",
    ),
    (
        "previously untreated",
        r"\b(?:previously\s+untreated|treatment[-\s]na[iï]ve|untreated)\b",
        r"untreated|prior|previous|na[iï]ve|first|receiv|history",
    ),
    ("unresectable", r"\bunresectable\b", r"resect|inoperab|advanced|metasta|surg|operab|stage"),
)
_ROMAN_STAGE = {"I": 1, "II": 2, "III": 3, "IV": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_S = r"(?:IV|III|II|I|[1-4])"
_STEP = r"(?:[A-D]\d?)?(?:\s*(?:-|–|to|through|/|,?\s*or|,?\s*and|,)\s*(?:stage\s+)?"
STAGE = re.compile(rf"\b[Ss]tages?\s+(?P<all>{_S}(?:{_STEP}{_S}))*(?:[A-D]\d?)?)(?!\w)")

THERAPIES: tuple[tuple[str, str], ...] = (
    ("systemic chemotherapy", r"systemic\s+chemotherapy"),
    ("chemotherapy", r"(?<!systemic )chemotherapy"),
    ("radiotherapy", r"(?:radiotherapy|radiation(?:\s+therapy)?)"),
    ("major surgery", r"major\s+surg\w+"),
    ("topical therapy", r"topical\s+(?:therapy|treatments?|agents?)"),
    ("biological therapy", r"(?:biologic(?:al)?\s+(?:therapy|agents?)|biologics)"),
    ("immunotherapy", r"immunotherapy"),
    ("hormonal therapy", r"hormon\w+\s+therapy"),
    (
        "investigational drug",
        r"(?<!of )(?<!of the )investigational\s+(?:drugs?|agents?|products?|therap\w+|medications?|treatments?)",
    ),
    ("phototherapy", r"phototherapy"),
    ("live vaccine", r"live(?:[-\s]attenuated)?\s+vaccin\w+"),
    ("blood donation", r"(?:blood\s+donation|donat\w+\s+(?:of\s+)?blood)"),
)
WINDOW = re.compile(
    rf"(?:\b(?:within|in|during)\s+(?:the\s+)?(?:past|last|previous|prior|preceding)?\s*|\bat\s+least\s+|\bmore\s+than\s+|[≥>]\s*|\bless\s+than\s+)"
    rf"(?P<n>{NUMBER})[\s-]*(?P<unit>{UNIT})\b",
    re.IGNORECASE,
)


def ages_stated(record: Record) -> Iterator[Claim]:
    """The youngest and the oldest age the criteria ask for, in years, as (lowest, highest) reading of the words."""
    for passage in record.of("criterion"):
        text = passage.text
        if _AGE_WORD.search(text) and not _NOT_AGE.search(text) and len(text) < 160:
            yield from _ages(passage)


def _ages(passage: Passage) -> Iterator[Claim]:
    for side, pattern, sign in AGES:
        found = re.search(pattern, passage.text, re.IGNORECASE)
        if found and side == "range":
            if passage.polarity == "inclusion" and int(found["low"]) < int(found["high"]):
                yield passage.claim("least age", (int(found["low"]), int(found["low"])), found)
                yield passage.claim("most age", (int(found["high"]), int(found["high"])), found)
            return
        if found:
            yield _age(passage, side, sign, found)


def _age(passage: Passage, side: str, sign: str, found: re.Match[str]) -> Claim:
    """On the side of exclusion a lower limit is said by its opposite: "under 18" asks for at least 18."""
    years = int(found["n"])
    if passage.polarity == "exclusion":
        side = "most" if side == "least" else "least"
        near = (years, years) if sign != "=" else (years - 1, years + 1)
    else:
        near = {"=": (years, years), ">": (years, years + 1), "<": (years - 1, years)}[sign]
    return passage.claim(f"{side} age", near, found)


def limits(record: Record) -> Iterator[Claim]:
    """Each limit of an analyte or score that every patient must keep, in the units it is written in."""
    for passage in record.of("criterion"):
        if not _CONDITION.search(f"{passage.above} {passage.text}") and len(passage.text) < 200:
            yield from _compared(passage)
            yield from _scored(passage)


def _compared(passage: Passage) -> Iterator[Claim]:
    for name, side, pattern in _LIMITS:
        found = pattern.search(passage.text)
        if found and not re.match(r"\s*(?:-|–|to\b)\s*\d", passage.text[found.end() :]):
            value, unit = scaled(_whole(name, side, passage.polarity, number(found["n"])), found["unit"] or "", name)
            yield passage.claim(_side(side, passage.polarity), (value, unit), found, name)


def _whole(name: str, side: str, polarity: str, value: float) -> float:
    """A score in whole numbers: below 2, and the exclusion of 2 and above, are both at most 1."""
    strict = (side, polarity) in (("below", "inclusion"), ("least", "exclusion"))
    return value - 1 if name == "ECOG" and strict else value


def _side(side: str, polarity: str) -> str:
    """What the limit is for a patient who may enter: the exclusion of values below asks for at least."""
    if polarity == "exclusion":
        return {"below": "least", "most": "least", "above": "most", "least": "most"}[side]
    return {"below": "most", "above": "least"}.get(side, side)


def _scored(passage: Passage) -> Iterator[Claim]:
    """A score given as a range: "ECOG performance status 0-2" is at most 2."""
    for name in ("ECOG",):
        found = re.compile(dict(ANALYTES)[name] + _RANGE.pattern, re.IGNORECASE).search(passage.text)
        if found and passage.polarity == "inclusion":
            yield passage.claim("most", (float(max(found["low"], found["high"])), ""), found, name)


def scaled(value: float, unit: str, analyte: str) -> tuple[float, str]:
    """A value in a common unit where two ways of writing are one: 1.5 × 10⁹/L is 1,500/mm³.

    >>> scaled(1500, "/mm³", "neutrophils") == scaled(1.5, "x 10^9/L", "neutrophils")
    True
    """
    told = unit.lower().replace(" ", "")
    if analyte in ("white cells", "neutrophils", "platelets"):
        return (value if value >= 500 else value * 1000, "/mm3")
    if "uln" in told or "upper" in told:
        return value, "ULN"
    if analyte == "hemoglobin":
        return (value / 10 if value >= 40 else value, "g/dL")
    return value, re.sub(r"[^a-z%/]", "", told.replace("µ", "u").replace("μ", "u"))


def windows(record: Record) -> Iterator[Claim]:
    """How long ago a therapy must be, where a criterion names one length of time."""
    for passage in record.of("criterion"):
        if len(list(LENGTH.finditer(passage.text))) != 1 or len(passage.text) > 220:
            continue
        found = WINDOW.search(passage.text)
        for name, pattern in THERAPIES:
            if found and re.search(rf"\b{pattern}", passage.text, re.IGNORECASE) and _plain_window(passage, name):
                yield passage.claim("window", length(found["n"], found["unit"]), None, name)


_KINDS = re.compile(
    r"\b(?:palliative|lung|abdom\w+|pelvi\w*|gray|gy|other\s+than|except\w*|inhibitors?|inducers?|wide|nitrosoure\w*|mitomycin|antibod\w+|half-?li\w+|minor|adjuvant|steroid\w*|cumulative|planned|"
    r"after|following|progress\w*|relaps\w*|recur\w*|duration|brain|thoracic|pelvic|chest|extensive|regimens?|respon\w*)\b",
    re.IGNORECASE,
)


def _plain_window(passage: Passage, name: str) -> bool:
    return not _KINDS.search(passage.text)


def stages(record: Record, *kinds: str) -> Iterator[Claim]:
    """The stages a passage names, as numbers; a range names every stage between."""
    for passage in record.of(*kinds):
        if passage.where == "criterion" and passage.polarity != "inclusion":
            continue
        for found in STAGE.finditer(passage.text):
            named = [_ROMAN_STAGE[one] for one in re.findall(rf"(?<![IVA-D\d]){_S}", found["all"])]
            yield passage.claim("stage", (min(named), max(named)), found)


def states(record: Record) -> Iterator[tuple[Claim, str]]:
    """Each state of disease the titles and the purpose name, with the words of criteria that ask for it."""
    for passage in record.of("title", "official title", "summary", "description"):
        for name, pattern, asked in STATES:
            found = re.compile(pattern, re.IGNORECASE).search(passage.text)
            if found:
                yield passage.claim("state of disease", name, found), asked
