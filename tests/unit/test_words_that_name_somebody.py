"""Words that look as if they told who the patient is: eighteen kinds, fifty of each, and what clinics write all day."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from identifying_words import CANARIES, KINDS, NO_SHAPE
from trialwright.core.casebook.naming import LONGEST, names_whom

CLINICAL = """
ANC 1500 on 2006-03-01, nadir day 14 | Grade 2 rash, 10 x 12 cm, since 3 Mar 2006 | dose 25 mg held 7 days
platelets 48,000 /mm3 | CTCAE 3.0, not 4.1.2 | see page 12 of the report of 2006-03-01 | T2N1M0B0 | S02-0007
NCT00466921 | ICD-10 C84.0 | course 3 day 15-21 | 1.5 10*9/L | implant removed in 1998 | insurance refused it
serial measurements of LDH 1200 | the device was removed 2004 | member of a support group since 2005
blood pressure 120/80 at 10:30 | creatinine 1.2-1.4-1.3 | lives at home | mSWAT 42.5 -> 12, see body map
CD4/CD8 12.4; CD4+CD26- 62 % | 20060301 | 1500000 cells | lenalidomide 10-15-20-25 mg | no fever; 37.2 C
pregnancy test negative (beta-hCG < 5 mIU/mL) 11 days before | born at term | date of birth not known
"""


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_a_shape_is_found_wherever_it_stands_in_the_words(kind: str) -> None:
    missed = [one for one in CANARIES[kind] if not names_whom(f"Seen today; {one}. No fever.") or not names_whom(one)]
    assert missed == []


@pytest.mark.parametrize("words", NO_SHAPE)
def test_what_has_no_shape_is_not_found_and_nobody_may_think_it_were(words: str) -> None:
    assert names_whom(words) == ""


def test_there_are_eighteen_kinds_and_fifty_of_each() -> None:
    assert len(KINDS) == 18
    assert {len({*CANARIES[kind]}) for kind in KINDS} == {50}


@pytest.mark.parametrize("words", [one.strip() for one in CLINICAL.replace("\n", "|").split("|") if one.strip()])
def test_what_clinics_write_all_day_is_not_asked_about(words: str) -> None:
    assert names_whom(words) == ""


@pytest.mark.parametrize(
    ("make", "longest"),
    [(lambda n: "a" * n, 1), (lambda n: "1 " * n, 1), (lambda n: "1-" * n, 1), (lambda n: "a@" * n, 1),
     (lambda n: "12 Aa " * n, 1), (lambda n: "mrn " * n, 1), (lambda n: "+1 2" * n, 1), (lambda n: "a.b-" * n, 1)],
)  # fmt: skip
def test_no_words_take_long(make: Callable[[int], str], longest: float) -> None:
    import time

    begun = time.process_time()
    names_whom(make(LONGEST))
    assert time.process_time() - begun < longest


def test_any_words_are_read() -> None:
    for seed in range(300):
        made = random.Random(seed)
        names_whom("".join(chr(made.choice([made.randrange(32, 127), made.randrange(1, 0xD800)])) for _ in range(60)))
