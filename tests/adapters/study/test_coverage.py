"""A sentence of the record is bound only when every word of it is quoted, one statement to a quote."""

from __future__ import annotations

import pytest

from trialwright.adapters.study.coverage import Quoted, Record, SentenceClass, classify, locate

RECORD = """Phase : Phase 2
Patients receive examplinib once daily on days 1-21. Treatment repeats every 28 days for 2 courses.
Study Chair: A. B. Example, MD Example Cancer Center

No prior therapy with   examplinib or others (U.S. only).
"""
LABEL = (0, 7)


def classes(
    *quotes: str, questions: tuple[str, ...] = (), furniture: tuple[tuple[int, int], ...] = (LABEL,)
) -> list[str]:
    record = Record(RECORD)
    live, _ = locate(record, [(f"c{number}", quote) for number, quote in enumerate(quotes)])
    asked, _ = locate(record, [(f"Q{number}", words) for number, words in enumerate(questions)])
    return [one.kind.value for one in classify(record, furniture, live, asked)]


def test_a_full_stop_after_an_initial_or_an_abbreviation_ends_no_sentence() -> None:
    told = [sentence.text for sentence in Record(RECORD).sentences]
    assert told == [
        "Phase : Phase 2",
        "Patients receive examplinib once daily on days 1-21.",
        "Treatment repeats every 28 days for 2 courses.",
        "Study Chair: A. B. Example, MD Example Cancer Center",
        "No prior therapy with   examplinib or others (U.S. only).",
    ]


def test_without_quotes_everything_but_furniture_is_accounted_for_by_nothing() -> None:
    assert classes() == ["neither"] * 5
    assert classes(furniture=((0, 15),))[0] == "furniture"


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        (("Patients receive examplinib once daily on days 1-21.",), "bound"),
        (("Patients receive examplinib", "once daily on days 1-21"), "bound"),
        (("Patients receive examplinib", "once daily"), "neither"),
        (("Patients receive examplinib once daily on days 1-22.",), "neither"),
        (("patients receive examplinib once daily on days 1-21.",), "neither"),
        (("atients receive examplinib once daily on days 1-2",), "neither"),
    ],
    ids=["whole", "in two quotes", "days left out", "another number", "another case", "parts of words"],
)
def test_every_word_must_be_quoted_word_for_word(quotes: tuple[str, ...], expected: str) -> None:
    assert classes(*quotes)[1] == expected


def test_words_that_say_nothing_may_stand_between_quotes_but_a_negation_may_not() -> None:
    assert classes("prior therapy", "examplinib or others (U.S. only)")[4] == "neither"
    assert classes("No prior therapy", "examplinib", "others (U.S. only)")[4] == "bound"


def test_white_space_between_words_does_not_matter() -> None:
    assert Record(RECORD).places("therapy with examplinib") == Record(RECORD).places("therapy  with\nexamplinib")
    assert len(Record("a b\u00a0c").places("a b c")) == 1


def test_a_quote_over_the_end_of_a_sentence_covers_nothing_and_is_a_finding() -> None:
    both = "Patients receive examplinib once daily on days 1-21. Treatment repeats every 28 days for 2 courses."
    placed, findings = locate(Record(RECORD), [("all", both)])
    assert placed == []
    assert "runs over the end of a sentence" in findings[0].says


def test_a_quote_that_is_nowhere_in_the_record_is_a_finding() -> None:
    placed, findings = locate(Record(RECORD), [("other", "Patients receive placebo")])
    assert (placed, findings[0].clause) == ([], "other")
    assert "is not in the record" in findings[0].says


def test_what_an_open_question_is_about_is_questioned_and_what_it_leaves_is_not_accounted_for() -> None:
    assert classes(questions=("Treatment repeats every 28 days for 2 courses.",))[2] == "questioned"
    assert classes("Treatment repeats every 28 days", questions=("for 2 courses.",))[2] == "questioned"
    assert classes("Treatment repeats every 28 days for 2 courses.", questions=("for 2 courses.",))[2] == "questioned"
    assert classes(questions=("for 2 courses.",))[2] == "neither"


def test_the_words_left_are_named_for_a_sentence_in_no_class() -> None:
    record = Record(RECORD)
    live = [Quoted("c", record.places("Patients receive examplinib once daily")[0])]
    left = classify(record, (LABEL,), live, ())[1]
    assert (left.kind, left.words_left) == (SentenceClass.NEITHER, ("days", "1-21"))


def test_an_empty_record_has_no_sentence() -> None:
    assert classify(Record(""), (), (), ()) == ()
