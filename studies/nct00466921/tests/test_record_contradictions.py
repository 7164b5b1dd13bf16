"""Contradictions inside a record: the six of the first study's page, new ones put into copies, and words that only
look like one.

Every edit is one replacement in a copy of the page as received. It must be found with its kind and with the words of
both sides, and a page that says the same in other words must not be reported for it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.adapters.registry import read
from trialwright.adapters.registry.contradictions import Contradiction, contradictions

PAGE = (Path(__file__).resolve().parents[1] / "record.txt").read_text(encoding="utf-8")

# What the page as received says against itself: kind, and words of each side.
ITS_OWN = [
    ("length of treatment", ("for 2 courses", "up to 2 years")),
    ("times of sampling", ("at baseline and on day 1 of course 2", "at baseline and after course 1")),
    (
        "times of sampling",
        ("at baseline, day 15 of course 1, and at the end of course 1", "at baseline and day 15 of course 1"),
    ),
    (
        "follow-up",
        (
            "followed every 3 months for 1 year",
            "After all patients have progressed",
            "After all patients have progressed or become deceased",
        ),
    ),
    (
        "removal at progression",
        (
            "Patients with progressive disease are removed from study",
            "After all patients have progressed or become deceased",
        ),
    ),
    ("state of disease", ("Relapsed", "relapsed", "recurrent")),
]


def found_in(page: str) -> tuple[Contradiction, ...]:
    return contradictions(read(page))


def told(found: Contradiction) -> tuple[str, tuple[str, ...]]:
    return found.kind, tuple(claim.words for claim in found.claims)


def holds(found: Contradiction, kind: str, words: tuple[str, ...]) -> bool:
    return found.kind == kind and all(any(one in claim.words for claim in found.claims) for one in words)


def new_in(page: str) -> list[Contradiction]:
    """What is reported of a copy and is not reported of the page as received."""
    known = {told(one) for one in found_in(PAGE)}
    return [one for one in found_in(page) if told(one) not in known]


def edited(*edits: tuple[str, str]) -> str:
    """A copy with the first place of each old text replaced; an edit that changes nothing is a mistake of the test."""
    page = PAGE
    for old, new in edits:
        assert old in page, old
        page = page.replace(old, new, 1)
    return page


def test_the_page_as_received_contradicts_itself_six_times_and_no_more() -> None:
    found = found_in(PAGE)
    assert [one.kind for one in found] == [kind for kind, _ in ITS_OWN]
    for one, (kind, words) in zip(found, ITS_OWN, strict=True):
        assert holds(one, kind, words), told(one)


def test_every_claim_stands_word_for_word_at_its_place() -> None:
    for one in found_in(PAGE):
        for claim in one.claims:
            assert PAGE[claim.span[0] : claim.span[1]] == claim.words
            assert claim.words.split()[0] in one.says


# One edit each: what is replaced, by what, the kind it must be found as, and words of the two sides.
PUT_IN: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("samples from 5-10 patients", "samples from 50-60 patients", "enrolment", ("35", "50-60")),
    ("receive oral lenalidomide", "receive oral thalidomide", "drug", ("thalidomide", "lenalidomide")),
    ("how well lenalidomide works", "how well pomalidomide works", "drug", ("pomalidomide", "lenalidomide")),
    ("thru day 15 of course 1", "thru day 22 of course 1", "times of sampling", ("day 15 of course 1", "day 22")),
    (
        "oral lenalidomide once daily",
        "oral lenalidomide at a maximum dose of 50 mg once daily",
        "highest dose",
        ("50 mg",),
    ),
    ("Responsible Party: Northwestern University", "Responsible Party: Stanford University", "repeated field", ()),
    ("  • No prior stem", "  • No prior radiotherapy\n  • No prior stem", "inclusion and exclusion", ("Radiotherapy",)),
    ("up to a maximum of 25 mg.", "up to a maximum of 25 mg for up to 1 year of treatment.", "length of treatment", ()),
    ("A total of 35 patients", "A total of 53 patients", "enrolment", ("35", "53")),
    ("Enrollment : 35", "Enrollment : 40", "enrolment", ("40", "A total of 35 patients")),
    ("This phase II trial", "This phase III trial", "phase", ("phase III", "Phase II")),
    ("Drug: lenalidomide Phase 2", "Drug: lenalidomide Phase 1", "phase", ("Phase 1", "phase II")),
    ("Phase II Trial of", "Randomized Phase II Trial of", "allocation", ("N/A", "Randomized")),
    (
        "OUTLINE: This is a multicenter",
        "OUTLINE: This is a double-blind, multicenter",
        "masking",
        ("double-blind", "None"),
    ),
    ("This is a multicenter study", "This is a single-center study", "sites", ("single-center", "Stanford")),
    ("This is a multicenter study", "This is a two-arm study", "number of arms", ("two-arm", "Lenalidomide")),
    ("This is a multicenter study", "This is a placebo-controlled study", "placebo", ("placebo-controlled",)),
    ("Single Group Assignment", "Parallel Assignment", "number of arms", ("Parallel", "Lenalidomide")),
    ("on days 1-21", "on days 1-14", "days of dosing", ("days 1-14", "days 1 - 21")),
    ("days 1 - 21 followed", "days 1 - 14 followed", "days of dosing", ("days 1-21", "days 1 - 14")),
    ("followed by 7 days rest", "followed by 14 days rest", "days of dosing", ("14 days rest", "28-day cycle")),
    ("28-day cycle", "21-day cycle", "length of a cycle", ("every 28 days", "21-day cycle")),
    ("Treatment repeats every 28 days", "Treatment repeats every 42 days", "length of a cycle", ("42 days", "28-day")),
    ("oral lenalidomide once daily", "oral lenalidomide twice daily", "frequency", ("twice daily", "daily")),
    ("receive oral lenalidomide", "receive intravenous lenalidomide", "route", ("intravenous", "orally")),
    ("receive oral lenalidomide", "receive oral lenalidomide 25 mg", "dose", ("25 mg", "10 mg")),
    ("10 mg daily orally", "30 mg daily orally", "dose", ("30 mg", "25 mg")),
    (
        "28-day cycle, increasing",
        "28-day cycle for 6 cycles, increasing",
        "number of courses",
        ("2 courses", "6 cycles"),
    ),
    ("  • Not pregnant", "  • Age ≥ 21 years\n  • Not pregnant", "age", ("18 Years", "≥ 21 years")),
    (
        "  • Not pregnant",
        "  • Patients 18-75 years of age\n  • Not pregnant",
        "age",
        ("120 Years", "18-75 years of age"),
    ),
    ("(Adult, Older Adult)", "(Child, Adult, Older Adult)", "age", ("18 Years", "Child")),
    ("Eligible for Study: \xa0 All", "Eligible for Study: \xa0 Male", "sex", ("Male", "Not pregnant")),
    ("Healthy Volunteers: \xa0 No", "Healthy Volunteers: \xa0 Yes", "healthy volunteers", ("Yes", "Histologic")),
    (
        "Primary Completion Date : February 2020",
        "Primary Completion Date : March 2021",
        "order of dates",
        ("March 2021",),
    ),
    ("Start Date : February 2005", "Start Date : February 2025", "order of dates", ("February 2025",)),
    (
        "First Posted : April 27, 2007",
        "First Posted : April 27, 2006",
        "repeated field",
        ("April 27, 2006", "April 27, 2007"),
    ),
    (
        "Last Update Posted: May 3, 2019",
        "Last Update Posted: May 3, 2018",
        "repeated field",
        ("May 3, 2018", "May 3, 2019"),
    ),
    ("(NCT number): NCT00466921", "(NCT number): NCT00466912", "repeated field", ("NCT00466912", "NCT00466921")),
    ("Lenalidomide in Treating", "Bortezomib in Treating", "drug", ("Bortezomib", "lenalidomide")),
    ("Stage IA-IVB disease", "Stage IIB-IVB disease", "stage", ("stage I", "Stage IIB-IV")),
    ("ECOG performance status 0-2\n", "ECOG performance status 0-2\n  • ECOG ≤ 1\n", "limit", ("0-2", "≤ 1")),
    (
        "  • Not pregnant or nursing",
        "  • Platelets must be at least 75,000/mm³\n  • Not pregnant or nursing",
        "limit",
        ("100,000/mm³", "75,000/mm³"),
    ),
    (
        "  • No prior stem cell transplantation",
        "  • No topical therapy within the past 2 weeks\n  • No prior stem cell transplantation",
        "window",
        ("More than 4 weeks since prior topical therapy", "past 2 weeks"),
    ),
    (
        "  • No prior stem cell transplantation",
        "  • No erythrodermic patients\n  • No prior stem cell transplantation",
        "inclusion and exclusion",
        ("Erythrodermic patients are eligible", "No erythrodermic patients"),
    ),
    (
        "(Northwestern University only)\n\nOUTLINE",
        "(Stanford Cancer Center only)\n\nOUTLINE",
        "site",
        ("Stanford", "Northwestern"),
    ),
    ("Patients With Relapsed", "Patients With Metastatic", "state of disease", ("Metastatic",)),
    (
        "followed every 3 months for 1 year.",
        "followed every 3 months for 1 year.\n\nPatients are followed every 3 months for 5 years.",
        "follow-up",
        ("1 year", "5 years"),
    ),
    ("NCI CTCAE v3.0", "NCI CTCAE v3.0 and, after course 2, by CTCAE v4.0", "toxicity criteria", ("v3", "v4")),
    ("on day 1 of course 2", "on day 1 of course 3", "times of sampling", ("day 1 of course 3", "after course 1")),
    ("day 15 of course 1, and at the end", "day 8 of course 1, and at the end", "times of sampling", ("day 8",)),
]


@pytest.mark.parametrize(
    ("old", "new", "kind", "words"), PUT_IN, ids=[f"{kind}: {new[:40]}" for _, new, kind, _ in PUT_IN]
)
def test_a_contradiction_put_into_a_copy_is_found_with_both_sides(
    old: str, new: str, kind: str, words: tuple[str, ...]
) -> None:
    found = new_in(edited((old, new)))
    assert any(holds(one, kind, words) for one in found), [told(one) for one in found]


# Two edits that agree with each other, where either alone would contradict the rest.
AGREEING: list[tuple[tuple[str, str], ...]] = [
    (("A total of 35 patients", "A total of 53 patients"), ("Enrollment : 35", "Enrollment : 53")),
    (("on days 1-21", "on days 1-14"), ("days 1 - 21 followed by 7 days", "days 1-14 followed by 14 days")),
    (("repeats every 28 days", "repeats every 21 days"), ("7 days rest of a 28-day", "no rest of a 21-day")),
    (("for 2 courses", "for 26 courses"), ("up to 2 years", "up to 104 weeks")),
    (("Masking: None (Open Label)", "Masking: Double"), ("OUTLINE: This is a", "OUTLINE: This is a double-blind,")),
]

# What says the same in other words, or says something of another thing.
PARAPHRASED: list[tuple[str, str]] = [
    ("A total of 35 patients", "A total of thirty-five patients"),
    ("A total of 35 patients", "A total of 30-40 patients"),
    ("28-day cycle", "4-week cycle"),
    ("28-day cycle", "four-week cycle"),
    ("repeats every 28 days", "repeats every 4 weeks"),
    ("repeats every 28 days", "repeats every four weeks"),
    ("for 1 year.", "for 12 months."),
    ("for up to 2 years", "for up to 24 months"),
    ("This phase II trial", "This phase 2 trial"),
    ("This phase II trial", "This open-label phase IIa trial"),
    ("once daily on days 1-21", "once a day on days 1 through 21"),
    ("once daily on days 1-21", "daily on days 1 to 21"),
    ("receive oral lenalidomide", "receive lenalidomide by mouth"),
    ("receive oral lenalidomide", "receive oral lenalidomide 10 mg"),
    ("This is a multicenter study", "This is a single-arm, multicenter study"),
    ("This is a multicenter study", "This is a non-randomized, open-label study"),
    ("  • Not pregnant", "  • Age 18 or older\n  • Not pregnant"),
    ("  • Not pregnant", "  • Aged at least 18 years\n  • Not pregnant"),
    ("  • Not pregnant", "  • ANC at least 1.5 x 10^9/L\n  • Not pregnant"),
    ("  • Not pregnant", "  • Platelets ≥ 50,000/mm³ if the marrow is involved\n  • Not pregnant"),
    ("  • Not pregnant", "  • ECOG 0, 1 or 2\n  • Not pregnant"),
    ("  • No prior stem cell", "  • No topical therapy within the past 28 days\n  • No prior stem cell"),
    ("  • No prior stem cell", "  • No radiotherapy within the past 6 weeks\n  • No prior stem cell"),
    ("Stage IA-IVB disease", "Stage I-IV disease"),
    ("NCI CTCAE v3.0", "NCI CTCAE version 3"),
    ("Lenalidomide in Treating", "CC-5013 in Treating"),
    ("Date : February 2021", "Date : February 28, 2020"),
    ("followed every 3 months for 1 year", "followed every three months for one year"),
]


@pytest.mark.parametrize("edits", AGREEING, ids=[edits[0][1][:40] for edits in AGREEING])
def test_edits_that_agree_with_each_other_are_not_reported(edits: tuple[tuple[str, str], ...]) -> None:
    known = {kind for kind, _ in ITS_OWN}
    assert [told(one) for one in new_in(edited(*edits)) if one.kind not in known] == []


@pytest.mark.parametrize(("old", "new"), PARAPHRASED, ids=[new[:50] for _, new in PARAPHRASED])
def test_the_same_in_other_words_is_no_contradiction(old: str, new: str) -> None:
    found = found_in(edited((old, new)))
    assert [one.kind for one in found] == [kind for kind, _ in ITS_OWN], [told(one) for one in found]


# Each of the page's own contradictions goes away where the record is mended, and the other five stay.
MENDED: list[tuple[int, tuple[tuple[str, str], ...]]] = [
    (0, (("for 2 courses", "for 26 courses"),)),
    (0, ((" for up to 2 years", ""),)),
    (1, (("at baseline and after course 1 [", "at baseline and day 1 of course 2 ["),)),
    (2, (("day 15 of course 1, and at the end of course 1", "day 15 of course 1"),)),
    (2, (("at baseline and day 15 of course 1 (", "at baseline, day 15 and end of course 1 ("),)),
    (3, (("for 1 year.", "indefinitely."),)),
    (4, (("are removed from study", "are removed from study treatment"),)),
    (5, (("  • Not pregnant", "  • Relapsed after at least one therapy\n  • Not pregnant"),)),
    (5, (("With Relapsed Mycosis", "With Mycosis"),)),
]


@pytest.mark.parametrize(("gone", "edits"), MENDED, ids=[f"{ITS_OWN[n][0]}: {e[0][1][:40]}" for n, e in MENDED])
def test_a_contradiction_that_was_mended_is_not_reported(gone: int, edits: tuple[tuple[str, str], ...]) -> None:
    kinds = [kind for n, (kind, _) in enumerate(ITS_OWN) if n != gone]
    found = found_in(edited(*edits))
    assert [one.kind for one in found] == kinds, [told(one) for one in found]
