"""How a number is written, each limit below, at, above and missing."""

from datetime import date

import pytest

from trialwright.adapters.reports.analysis.response import dose_words
from trialwright.adapters.reports.text import (
    code_words,
    counted,
    day,
    digits_for,
    estimate,
    headed,
    listed,
    number,
    p_value,
    rate_interval,
    sentence,
    share,
    span,
    with_unit,
)
from trialwright.core.estimation import NotEstimable, exact_binomial
from trialwright.core.terms import PartialDate

NONE = NotEstimable("nobody was treated")


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(0, 32, "0 (0.0%)"), (9, 32, "9 (28.1%)"), (32, 32, "32 (100.0%)"), (0, 0, "0 (no percentage of nobody)")],
)
def test_a_count_comes_with_its_percentage(part, whole, written) -> None:
    assert share(part, whole) == written


@pytest.mark.parametrize(
    ("p", "written"),
    [(0.0009, "below 0.001"), (0.001, "0.001"), (0.0499, "0.050"), (0.0999, "0.100"), (0.1, "0.10"), (1.0, "1.00")],
)
def test_a_p_value_is_never_zero(p, written) -> None:
    assert p_value(p) == written


@pytest.mark.parametrize("write", [p_value, estimate, lambda none: span(none, none)])
def test_what_cannot_be_estimated_says_why(write) -> None:
    assert write(NONE) == "not estimable: nobody was treated"


def test_one_limit_without_the_other_keeps_the_one_there_is() -> None:
    assert span(3.2, NONE) == "3.2 to not estimable (nobody was treated)"


@pytest.mark.parametrize(
    ("on", "written"),
    [
        (date(2006, 7, 5), "5 Jul 2006"),
        (PartialDate(2006, 7, 5), "5 Jul 2006"),
        (PartialDate(2006, 7), "Jul 2006"),
        (PartialDate(2006), "2006"),
        (None, "not known"),
    ],
)
def test_a_date_says_no_more_than_is_known(on, written) -> None:
    assert day(on) == written


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("seen on 2006-07-05", "Seen on 5 Jul 2006"),
        ("on 2006-12-31, 2006-01-30", "On 31 Dec 2006, 30 Jan 2006"),
        ("version 2006-02-30", "Version 2006-02-30"),
        ("", ""),
    ],
)
def test_dates_inside_words_are_written_out(words, written) -> None:
    assert sentence(words) == written


@pytest.mark.parametrize(
    ("k", "n", "written"), [(9, 32, "13.7–46.7%"), (0, 32, "0.0–10.9%"), (22, 74, "19.7–41.5%"), (3, 8, "8.5–75.5%")]
)
def test_exact_intervals_as_published(k, n, written) -> None:
    """22 of 74 is the published interval of vorinostat (19.7% to 41.5%); 9 of 32 and 0 of 32 from beta quantiles."""
    assert rate_interval(exact_binomial(k, n)) == written


@pytest.mark.parametrize(
    ("told", "written"),
    [
        (number(-0.04), "0.0"),
        (number(-0.05, 2), "−0.05"),
        (number(12345, 0), "12,345"),
        (with_unit("1500", "/mm3"), "1500\u2009/mm³"),
        (with_unit("3", "1"), "3"),
        (headed("Age", "years"), "Age (years)"),
        (headed("Age, completed years", "years"), "Age, completed years"),
        (counted(1, "study", "studies"), "1 study"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (listed([]), "none"),
        (code_words("lost_to_follow_up"), "lost to follow up"),
        (dose_words([]), "no course recorded"),
        (dose_words(["10 mg", "10 mg", "5 mg"]), "10 mg ×2, 5 mg"),
        (str(digits_for([0.0])), "1"),
    ],
)
def test_small_things(told, written) -> None:
    assert told == written
