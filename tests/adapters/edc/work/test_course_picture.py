"""The picture of a course: labels never meet, nothing lies outside, what is drawn is told in words; for any course."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.adapters.edc.work.paper import (
    Box,
    Placed,
    Scale,
    Wish,
    packed,
    place,
    scale_of,
    shortened,
    ticks,
    width,
)
from trialwright.adapters.edc.work.picture import Drawing, picture
from trialwright.adapters.edc.work.svg import svg
from trialwright.adapters.edc.work.tables import tables
from trialwright.adapters.edc.work.timeline import (
    Bar,
    DrugLane,
    Graded,
    Mark,
    Span,
    Timeline,
    ToxicityLane,
    timeline,
    toxicity_lanes,
)
from trialwright.core.conditions import Toxicity
from trialwright.core.conduct import case_of, subject_status
from trialwright.core.terms import Grade, PartialDate

BEGIN = date(2006, 3, 6)
DAY = timedelta(days=1)


def overlaps(labels: Sequence[Placed]) -> list[tuple[str, str]]:
    """Every pair of labels whose boxes meet; looked at by brute force."""
    return [
        (one.text, other.text)
        for place_of, one in enumerate(labels)
        for other in labels[place_of + 1 :]
        if one.box.left < other.box.right
        and other.box.left < one.box.right
        and one.box.top < other.box.bottom
        and other.box.top < one.box.bottom
    ]


def outside(drawing: Drawing) -> list[str]:
    return [
        one.text
        for one in drawing.labels
        if one.box.left < 0 or one.box.right > drawing.wide or one.box.top < 0 or one.box.bottom > drawing.tall
    ]


# --- any course ------------------------------------------------------------------------------------------------------

offsets = st.integers(min_value=0, max_value=2400)
words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


@st.composite
def courses(draw: st.DrawFn, drug: str) -> DrugLane:
    """Up to 40 courses of a drug, each of 1 to 28 days, at any share of the highest dose, some held."""
    bars, day = [], BEGIN + draw(st.integers(0, 60)) * DAY
    for number in range(1, draw(st.integers(1, 40)) + 1):
        last = day + draw(st.integers(0, 27)) * DAY
        dose = f"{draw(st.integers(1, 4000))} {draw(st.sampled_from(['mg', 'mg/m²', 'µg/kg', 'MBq']))}"
        share = draw(st.floats(0, 1))
        bars.append(Bar(number, day, last, dose, share, draw(st.booleans()), draw(st.booleans()), dose))
        day = last + draw(st.integers(1, 40)) * DAY
    held = draw(st.lists(st.sampled_from(bars), max_size=6, unique_by=lambda bar: bar.course))
    holds = tuple(Span(one.last, one.last + 3 * DAY, "4 d", "held") for one in sorted(held, key=lambda bar: bar.first))
    return DrugLane(drug, tuple(bars), holds)


def marks(look: Sequence[str]) -> st.SearchStrategy[tuple[Mark, ...]]:
    one = st.builds(
        lambda offset, state, text: Mark(BEGIN + offset * DAY, state, text, (text, text[:4])),
        offsets, st.sampled_from(look), words,
    )  # fmt: skip
    return st.lists(one, max_size=60).map(lambda some: tuple(sorted(some, key=lambda mark: mark.on)))


@st.composite
def toxicities(draw: st.DrawFn) -> tuple[ToxicityLane, ...]:
    lanes = []
    for number in range(draw(st.integers(0, 12))):
        day, spans = BEGIN, []
        for _ in range(draw(st.integers(1, 12))):
            last = day + draw(st.integers(0, 90)) * DAY
            spans.append(Graded(day, last, draw(st.sampled_from([None, 0, 1, 2, 3, 4, 5])), "said"))
            day = last + draw(st.integers(1, 60)) * DAY
        lanes.append(ToxicityLane(f"{draw(words)} {number}", None, tuple(spans)))
    return tuple(lanes)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Any course: none to 40 courses, one to three drugs, years of follow-up, crowded days."""
    drugs = tuple(draw(courses(f"drug {n}")) for n in range(draw(st.integers(0, 3))))
    today = BEGIN + draw(st.integers(0, 2600)) * DAY
    settled = draw(st.none() | st.integers(0, 2000).map(lambda days: BEGIN + days * DAY))
    milestones = draw(marks(["milestone", "end", "death"]))[:6]
    first_days = tuple((bar.course, bar.first) for bar in (drugs[0].bars if drugs else ()))
    return Timeline(
        subject="X-1",
        today=today,
        over=draw(st.booleans()),
        entered=BEGIN,
        drugs=drugs,
        responses=tuple(
            Mark(one.on, code, one.says, (code,))
            for one in draw(marks(["done"]))
            for code in [draw(st.sampled_from(["CR", "PR", "SD", "PD", "NE"]))]
        ),
        toxicities=draw(toxicities()),
        visits=draw(marks(["done", "late", "overdue", "due", "missed", "coming"])),
        specimens=draw(marks(["done", "overdue", "missed"])),
        milestones=milestones,
        courses=first_days,
        settled=settled,
    )


@settings(deadline=None, max_examples=60)
@given(timelines())
def test_labels_never_meet_and_nothing_is_written_outside_the_paper(course: Timeline) -> None:
    drawing = picture(course)
    assert overlaps(drawing.labels) == []
    assert outside(drawing) == []


@settings(deadline=None, max_examples=25)
@given(timelines())
def test_the_picture_is_well_formed_with_a_title_and_without_a_word_of_style_or_script(course: Timeline) -> None:
    text = str(svg(picture(course)))
    root = ElementTree.fromstring(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text.startswith("Course of X-1: ")  # type: ignore[union-attr]
    elements = list(root.iter())
    assert not [one.tag for one in elements if one.tag.removeprefix(space) in ("script", "style", "foreignObject")]
    assert not [name for one in elements for name in one.attrib if name == "style" or name.startswith("on")]


def test_words_of_the_record_are_inert_in_the_picture() -> None:
    wrong = '</title><script>alert(1)</script><text x="0" onload="x">'
    course = Timeline("X-1", BEGIN, False, BEGIN, visits=(Mark(BEGIN, "done", wrong, (wrong,)),))
    assert "<script" not in svg(picture(course)) and "onload=" not in svg(picture(course)).replace("onload=&quot;", "")


@settings(deadline=None, max_examples=25)
@given(timelines())
def test_every_dose_and_every_response_is_drawn_or_in_the_tables(course: Timeline) -> None:
    rows = [row for table in tables(course) for row in table.rows]
    for bar in (bar for lane in course.drugs for bar in lane.bars):
        assert any(bar.dose in row for row in rows)
    assert sum(len(table.rows) for table in tables(course) if table.caption == "Responses") == len(course.responses)


def crowded(days: int) -> Timeline:
    """Something on every other day for years: an assessment, another grade, a visit, a course of one day."""
    on = [BEGIN + n * DAY for n in range(0, days, 2)]
    grades = tuple(Graded(day, day, 1 + place % 5, "said") for place, day in enumerate(on))
    bars = tuple(Bar(n, day, day, f"{n} mg", 1.0, True, True, "said") for n, day in enumerate(on, 1))
    return Timeline(
        "X-1", on[-1], False, BEGIN,
        drugs=(DrugLane("drug", bars, tuple(Span(day, day, "1 d", "held") for day in on)),),
        responses=tuple(Mark(day, "PR", "said", ("PR",)) for day in on),
        toxicities=(ToxicityLane("rash", 5, grades),),
        visits=tuple(Mark(day, "late", "said", ("2 days late", "+2 d")) for day in on),
        milestones=tuple(Mark(day, "milestone", "said", ("registered", "reg.")) for day in on[::9]),
    )  # fmt: skip


@pytest.mark.parametrize("days", [30, 300, 1500])
def test_a_crowded_course_keeps_its_labels_and_its_responses_apart(days: int) -> None:
    drawing = picture(crowded(days))
    assert overlaps(drawing.labels) == [] and outside(drawing) == []
    pills = [
        Placed("", Box(float(x), float(y), float(x) + float(w), float(y) + float(h)))
        for one in drawing.shapes
        if one.look.startswith("p-response") and one.tag == "rect"
        for x, y, w, h in [[one.measures[name] for name in ("x", "y", "width", "height")]]
    ]
    assert pills and overlaps(pills) == []


# --- rehearsed patients of both studies ------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_the_course_of_every_rehearsed_patient_can_be_read_on_any_day(serve: Callable[[str], Any], which: int) -> None:
    from studies_at_hand import STUDIES

    opened = serve(STUDIES[which].name)
    days = (opened.today, opened.today - timedelta(days=200))
    for subject in opened.record.subjects:
        for on in days:
            case = case_of(opened.trial, opened.record, subject, on)
            status = subject_status(opened.trial, opened.record, subject, on)
            course = timeline(case, status)
            drawing = picture(course)
            assert overlaps(drawing.labels) == [], (subject, on)
            assert outside(drawing) == [], (subject, on)
            assert all(mark.on <= on or mark.look in ("coming", "due", "overdue") for mark in course.visits)
            assert len({bar.course for lane in course.drugs for bar in lane.bars}) <= len(case.courses(on))


# --- toxicities by day -----------------------------------------------------------------------------------------------


def tox(term: str, grade: int | None, first: str, last: str | None, *possible: int) -> Toxicity:
    end = PartialDate.parse(last) if last else None
    graded = None if grade is None else Grade(grade)
    return Toxicity(term, graded, PartialDate.parse(first), end, possible=tuple(map(Grade, possible)))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([tox("rash", 1, "2006-03-01", "2006-03-10")], [(1, 10, 1)]),
        ([tox("rash", 1, "2006-03-01", "2006-03-10"), tox("rash", 3, "2006-03-05", "2006-03-06")],
         [(1, 4, 1), (5, 6, 3), (7, 10, 1)]),
        ([tox("rash", 1, "2006-03-01", "2006-03-04"), tox("rash", 1, "2006-03-05", None)], [(1, 20, 1)]),
        ([tox("rash", None, "2006-03-01", "2006-03-10"), tox("rash", 3, "2006-03-05", "2006-03-06")],
         [(1, 10, None)]),
    ],
    ids=["one", "a worse one within", "one that goes on in another", "unknown wins: it may be worse"],
)  # fmt: skip
def test_each_day_has_the_highest_grade_and_an_unknown_one_is_never_hidden(
    said: list[Toxicity], told: list[tuple[int, int, int | None]]
) -> None:
    (lane,) = toxicity_lanes(said, date(2006, 3, 20))
    assert [(one.first.day, one.last.day, one.grade) for one in lane.spans] == told


def test_a_term_that_was_never_above_grade_0_has_no_lane_and_one_that_may_have_been_has() -> None:
    nothing = [tox("rash", 0, "2006-03-01", None)]
    may_be = [tox("rash", None, "2006-03-01", None)]
    bounded = [tox("rash", 2, "2006-03-01", "2006-03-02"), tox("rash", None, "2006-03-05", None, 0, 1)]
    assert toxicity_lanes(nothing, date(2006, 3, 20)) == ()
    assert [lane.worst for lane in toxicity_lanes(may_be, date(2006, 3, 20))] == [None]
    assert [lane.worst for lane in toxicity_lanes(bounded, date(2006, 3, 20))] == [2]


# --- paper -----------------------------------------------------------------------------------------------------------


def test_a_day_long_before_the_study_shrinks_no_picture() -> None:
    far = Mark(date(1006, 3, 6), "milestone", "consent", ("consent",))
    course = Timeline("X-1", BEGIN + 28 * DAY, False, BEGIN, milestones=(far,))
    assert course.first == BEGIN - timedelta(days=400)


def test_days_lie_in_order_and_inside() -> None:
    scale = scale_of(BEGIN, BEGIN + timedelta(days=2000), BEGIN + timedelta(days=300), 100.0, 1000.0)
    places = [scale.at(BEGIN + timedelta(days=n)) for n in range(-5, 2200, 7)]
    assert places == sorted(places) and places[0] == scale.left and places[-1] == scale.right
    assert len(scale.pieces) == 2, "a follow-up of years is drawn closer together than treatment"
    treated = scale.at(BEGIN + timedelta(days=28)) - scale.at(BEGIN)
    followed = scale.at(BEGIN + timedelta(days=1028)) - scale.at(BEGIN + timedelta(days=1000))
    assert treated > 28 and followed < treated


@pytest.mark.parametrize("days", [1, 6, 40, 400, 4000])
def test_ticks_are_some_and_not_many(days: int) -> None:
    scale = Scale(((BEGIN, BEGIN + timedelta(days=days), 0.0, 1000.0),))
    assert 0 <= len(ticks(scale, 70)) <= 1000 / 70 + 1
    if days >= 6:
        assert len(ticks(scale, 70)) >= 2


def test_a_label_is_shortened_then_moved_then_left_out() -> None:
    forms = ("course 1 · 10 mg", "10 mg")
    room = (0.0, width("course 1 · 10 mg") + 10)
    wishes = [Wish(0, forms, weight=2), Wish(0, forms, weight=1), Wish(0, forms)]
    found = place(wishes, [0.0, 20.0], room)
    assert [(one.text, one.box.top) for one in found] == [(forms[0], 0.0), (forms[0], 20.0)]
    narrow = place([Wish(0, forms)], [0.0], (0.0, width("10 mg") + 1))
    assert [one.text for one in narrow] == ["10 mg"]
    taken = [Box(0, 0, 300, 14)]
    assert place([Wish(0, forms)], [0.0], (0.0, 300.0), taken) == ()


def test_marks_stand_in_rows_so_that_none_meet() -> None:
    assert packed([0, 4, 8, 12], 10, 2) == [0, 1, None, 0]


def test_text_that_is_cut_says_so() -> None:
    assert shortened("Infection with unknown ANC", 60).endswith("…")
    assert width(shortened("Infection with unknown ANC", 60)) <= 60


def test_a_quantity_is_as_wide_as_its_letters_and_a_narrow_blank() -> None:
    assert width("25\u202fmg") == width("25\u2009mg") < width("25mmg")
