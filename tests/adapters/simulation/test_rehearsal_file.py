"""rehearsal.yaml: what is wrong in it is said with its line, all at once; and the small parts of its language."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from statistics import mean, median

import pytest

from studies_at_hand import GRADED
from studies_at_hand import STUDIES as ALL
from trialwright.adapters.simulation import read_rehearsal
from trialwright.adapters.simulation.chance import Chance
from trialwright.adapters.simulation.language import Draw
from trialwright.adapters.study import load_study
from trialwright.core.terms import Severity

STUDIES = Path(__file__).parents[3] / "studies"
SECOND = "nct02120703"


@cache
def protocols(study: str):
    return load_study(STUDIES / study).protocols


def findings_after(fresh, old: str, new: str) -> list:
    folder = fresh(SECOND)
    file = folder / "rehearsal.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    rehearsal, found = read_rehearsal(folder, protocols(SECOND))
    errors = [one for one in found if one.severity is Severity.ERROR]
    assert (rehearsal is None) == bool(errors)
    return errors


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("screened_per_month", "screend_per_month", "'screened_per_month' meant"),
        ("  karachi:", "  lahore:", "'lahore' is no site"),
        ('"1": {since', '"9": {since', "'9' is no version"),
        ("path: pain,", "path: pane,", "'pane' is no path of this file. Is 'pain' meant?"),
        ("by_arm: {gabapentin: 0.8,", "by_arm: {placebo: 0.8,", "'placebo' is no arm"),
        ("    in_pain: {to:", "    in_pane: {to:", "'in_pane' is no class"),
        ("start: 2011-02-01", "start: 2012-02-01", "not after the start"),
        ("start: 2011-02-01", "start: soon", "start"),
        ("elective_discectomy: {chance: 0.98}", "elective_discectomy: {chance: 1.2}", "between 0 and 1"),
        ("age: {normal: [43, 9],", "age: {normal: [43, 9], fixed: 3,", "exactly one of"),
        ("age: {normal: [43, 9],", "age: {normal: [forty, 9],", "number"),
        ("disc_levels: {of:", "disc_levels: {off:", "'off' is not known"),
        ("rehearsal: NCT02120703", "rehearsal: NCT00000000", "'NCT00000000'"),
        ("least: 19, most: 78", "least: 79, most: 78", "least, 79.0, is above most, 78.0"),
        ("withdraws: 0.03", "withdraws: 0.03\n  withdraws: 0.04", "stands twice"),
        ("lognormal: [0.25, 0.35]", "lognormal: [0, 0.35]", "above 0"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(fresh, old, new, says) -> None:
    errors = findings_after(fresh, old, new)
    assert any(says in one.says for one in errors), [one.says for one in errors]
    assert all(one.where and one.where.startswith("rehearsal.yaml:") and one.do and one.matters for one in errors)


def test_all_that_is_wrong_is_said_at_once(fresh) -> None:
    errors = findings_after(fresh, "late: 0.03\n  late_by: {fixed: 1}", "lat: 0.03\n  late_by: {fix: 1}")
    assert len(errors) >= 2 and len({one.where for one in errors}) >= 2


def test_a_concept_the_file_does_not_fill_is_a_warning(fresh) -> None:
    folder = fresh(SECOND)
    file = folder / "rehearsal.yaml"
    file.write_text("".join(line for line in file.read_text().splitlines(True) if "alcohol_use" not in line))
    rehearsal, found = read_rehearsal(folder, protocols(SECOND))
    assert rehearsal is not None
    assert [(one.about, one.severity) for one in found] == [("alcohol_use", Severity.WARNING)]


@pytest.mark.parametrize("study", [folder.name for folder in ALL])
def test_the_files_of_the_studies_are_sound(study) -> None:
    rehearsal, found = read_rehearsal(STUDIES / study, protocols(study))
    assert rehearsal is not None and found == ()


# ---- draws: against the distributions' own properties ---------------------------------------------------------------


def drawn(count: int = 4000, **words) -> list:
    draw, source = Draw(**words), Chance("test")
    return [draw.draw(source, number) for number in range(count)]


@pytest.mark.parametrize(
    ("words", "middle", "near"),
    [
        ({"normal": (60, 10)}, 60, 0.6),
        ({"lognormal": (4000, 0.3)}, 4000, 80),
        ({"weibull": (8, 1.3)}, 8, 0.3),
        ({"uniform": (2, 4)}, 3, 0.05),
    ],
)
def test_the_median_of_a_draw_is_the_one_written(words, middle, near) -> None:
    assert median(drawn(**words)) == pytest.approx(middle, abs=near)


def test_a_count_has_the_mean_and_the_variance_written() -> None:
    counts = drawn(poisson=6)
    assert mean(counts) == pytest.approx(6, abs=0.15)
    assert mean((one - 6) ** 2 for one in counts) == pytest.approx(6, abs=0.5)


def test_shares_come_out_as_written() -> None:
    assert drawn(chance=0.25).count("yes") / 4000 == pytest.approx(0.25, abs=0.02)
    seen = Counter(drawn(of={"a": 1, "b": 3}))
    assert seen["b"] / 4000 == pytest.approx(0.75, abs=0.02)
    assert set(drawn(50, chance=0)) == {"no"} and set(drawn(50, chance=1)) == {"yes"}


def test_a_draw_keeps_its_limits() -> None:
    values = drawn(normal=(0, 10), least=-1, most=1)
    assert min(values) == -1 and max(values) == 1


def test_chance_depends_on_its_words_alone() -> None:
    one = Chance("seed|a")
    first = one.fraction("x", 1)
    one.fraction("y")
    assert Chance("seed").of("a").fraction("x", 1) == first != Chance("seed|b").fraction("x", 1)
    assert 0 < first < 1 and math.isfinite(one.normal("z"))


# ---- what the latent patient does -----------------------------------------------------------------------------------


def person(study: str = GRADED.name, name: str = "p", **fields):
    from trialwright.adapters.simulation.person import Person

    rehearsal, _ = read_rehearsal(STUDIES / study, protocols(study))
    return Person(rehearsal, Chance(name), date(2006, 1, 2), **fields)


def test_nothing_moves_before_the_first_dose() -> None:
    one = person(first_dose=date(2006, 2, 1))
    assert one.path("burden", date(2006, 2, 1)) == 1.0
    assert one.path("burden", date(2006, 5, 1)) != 1.0


def test_a_dose_lowers_the_counts_and_they_come_back() -> None:
    from trialwright.adapters.simulation.person import Taking

    one = person(first_dose=date(2006, 2, 1))
    one.taken.append(Taking("any", 1, 25.0, "mg", date(2006, 2, 1), date(2006, 2, 21)))
    change = [one._moved("anc", one.rehearsal.baseline["anc"], date(2006, *day)) for day in ((2, 1), (2, 21), (4, 1))]
    before = one._against_its_middle("wbc")
    assert change[1] / before < change[0] / before <= 1.0
    assert change[2] / before == pytest.approx(1.0)


def test_a_slip_is_never_the_value_that_was_meant(fresh) -> None:
    from decimal import Decimal

    from trialwright.adapters.simulation.typist import wrong_day, wrong_digit

    for number in range(200):
        source = Chance(f"slip|{number}")
        assert wrong_digit(source, Decimal("4.25")) != Decimal("4.25")
        assert wrong_day(source, "2006-03-15") not in (None, "2006-03-15")
    assert wrong_day(Chance("s"), "2006-03") is None
