"""A map proposed from a table's headings and cells, for a person to look at; what two readings would fit stays open.

Read `propose_map`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from trialwright.adapters.exchange.incoming.delimited import Sheet
from trialwright.adapters.exchange.incoming.typed import date_orders, decimal_marks
from trialwright.adapters.exchange.laboratory.columns import Column, ColumnMap
from trialwright.core.protocol import Concept, Kind
from trialwright.core.terms import Finding, Severity

HEADINGS: Mapping[str, str] = {
    "subject": "subject subjectid subjectno usubjid subjid patient patientid patientno participant screening",
    "date": "date sampledate collectiondate collected lbdtc drawn drawdate visitdate specimendate datum probendatum",
    "time": "time sampletime collectiontime lbtim uhrzeit",
    "encounter": "visit encounter visitname",
    "analyte": "test testname analyte lbtest lbtestcd parameter assay testcode",
    "value": "value result lborres ergebnis wert resultvalue",
    "unit": "unit units lborresu einheit resultunit uom",
    "low": "low lln lower lbornrlo reflow lowerlimit normallow",
    "high": "high uln upper lbornrhi refhigh upperlimit normalhigh",
    "limits": "range referencerange normalrange refrange reference normalbereich",
}
"""Headings as laboratories write them, letters and digits alone."""
SPOKEN: Mapping[str, str] = {
    "wbc": "wbc leukocytes leucocytes whitebloodcells whitebloodcellcount leukozyten",
    "anc": "anc neutrophils neut neutabs absoluteneutrophilcount neutrophilsabsolute neutrophile granulocytes",
    "lymphocytes": "lymphocytes lymph alc lymphs lymphozyten",
    "eosinophils": "eosinophils eos",
    "platelets": "platelets plt plateletcount thrombocytes thrombozyten",
    "hemoglobin": "hemoglobin haemoglobin hgb hb",
    "hematocrit": "hematocrit haematocrit hct",
    "creatinine": "creatinine creat scr serumcreatinine kreatinin",
    "creatinine_clearance": "creatinineclearance crcl",
    "gfr": "gfr egfr",
    "urea_nitrogen": "bun ureanitrogen",
    "bilirubin": "bilirubin totalbilirubin tbili bilirubintotal bili",
    "ast": "ast sgot asat got aspartateaminotransferase",
    "alt": "alt sgpt alat gpt alanineaminotransferase",
    "alkaline_phosphatase": "alp alkphos alkalinephosphatase",
    "ggt": "ggt gammagt",
    "ldh": "ldh lactatedehydrogenase",
    "albumin": "albumin alb",
    "sodium": "sodium na natrium",
    "potassium": "potassium k kalium",
    "calcium": "calcium ca totalcalcium",
    "magnesium": "magnesium mg",
    "phosphate": "phosphate phos phosphorus",
    "glucose": "glucose glu",
    "uric_acid": "uricacid urate",
    "inr": "inr",
    "ptt": "ptt aptt",
    "fibrinogen": "fibrinogen",
    "tsh": "tsh thyrotropin",
    "hcg": "hcg betahcg bhcg",
}
"""Tests as laboratories write them; a concept's own id and label count as well."""
MISSING_WORDS = {"nd": "not_done", "not done": "not_done", "n/a": "not_applicable", "unknown": "not_known"}
IN_BRACKETS = re.compile(r"^(?P<word>[^(\[]+?)\s*[(\[](?P<unit>[^)\]]+)[)\]]\s*$")


def propose_map(sheet: Sheet, concepts: Mapping[str, Concept]) -> tuple[ColumnMap, list[Finding]]:
    """A map, and a finding for each thing that a person has to say because the file leaves it open."""
    places = _places(sheet)
    known = _words(concepts)
    shape = "long" if places.get("analyte") and places.get("value") else "wide"
    named = _column(sheet, places["analyte"]) if shape == "long" else _unplaced(sheet, places.values())
    tests = {word: found for word in dict.fromkeys(named) if word and (found := _test(word, known))}
    if shape == "wide":
        places = {name: heading for name, heading in places.items() if name in ("subject", "date", "time", "encounter")}
    values = _values(sheet, places, tests, shape)
    decimal, dates = decimal_marks(values), date_orders(_column(sheet, places.get("date", "")))
    missing = {cell: code for cell in values if (code := MISSING_WORDS.get(cell.casefold()))}
    proposed = ColumnMap(
        shape=shape,
        delimiter=sheet.delimiter,
        encoding=sheet.encoding,
        decimal=decimal[0] if len(decimal) == 1 else "",
        dates=dates[0] if len(dates) == 1 else "",
        tests=tests,
        missing=missing,
        **places,
    )
    return proposed, [*_open("decimal mark", decimal), *_open("way of writing dates", dates)]


def _places(sheet: Sheet) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading in sheet.headings:
        word = _letters(heading)
        place = next((name for name, words in HEADINGS.items() if word in words.split()), None)
        if place and place not in found:
            found[place] = heading
    return found


def _words(concepts: Mapping[str, Concept]) -> dict[str, str]:
    """Which concept a word stands for, of those that hold one result."""
    kinds = (Kind.QUANTITY, Kind.INTEGER, Kind.CODE)
    of_one_value = {each.id: each for each in concepts.values() if not each.repeats and each.value.kind in kinds}
    known = {word: name for name, words in SPOKEN.items() if name in of_one_value for word in words.split()}
    for each in of_one_value.values():
        known |= {_letters(each.id): each.id, _letters(each.label): each.id}
    return known


def _test(word: str, known: Mapping[str, str]) -> Column | None:
    """A heading such as "ANC (10*9/L)" names the unit as well."""
    bracketed = IN_BRACKETS.match(word)
    name, unit = (bracketed["word"], bracketed["unit"]) if bracketed else (word, "")
    concept = known.get(_letters(name))
    return Column(concept, unit) if concept else None


def _unplaced(sheet: Sheet, placed: Collection[str]) -> list[str]:
    return [heading for heading in sheet.headings if heading not in placed]


def _values(sheet: Sheet, places: Mapping[str, str], tests: Iterable[str], shape: str) -> list[str]:
    columns = [places["value"]] if shape == "long" else list(tests)
    return [cell for heading in columns for cell in _column(sheet, heading)]


def _column(sheet: Sheet, heading: str) -> list[str]:
    if not heading:
        return []
    place = sheet.column(heading)
    return [row[place] for _, row in sheet.rows]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def _open(what: str, fits: tuple[str, ...]) -> list[Finding]:
    if len(fits) == 1:
        return []
    says = f"The {what} may be {' or '.join(fits)}." if fits else f"No {what} fits every cell of the table."
    return [
        Finding(
            about="map",
            says=says,
            matters="The same letters are another value, or another day, in another way of writing.",
            do="Ask the laboratory, and choose." if fits else "Choose the one meant; lines it does not fit are told.",
            severity=Severity.WARNING,
        )
    ]
