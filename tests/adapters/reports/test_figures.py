"""The figures as people see them: in grey, with colour-blind eyes, of one participant and of two thousand.

What protanopes and deuteranopes see is reckoned by Machado, Oliveira and Fernandes 2009, severity 1.0, in linear RGB.
"""

import io
import random
import re
from base64 import b64decode
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, timedelta
from html import unescape
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from trialwright.adapters.reports.analysis.accrual import Accrual, SiteAccrual
from trialwright.adapters.reports.analysis.burden import Burden
from trialwright.adapters.reports.analysis.flow import Flow, FlowColumn
from trialwright.adapters.reports.analysis.measures import Measure
from trialwright.adapters.reports.analysis.response import Change, Lane
from trialwright.adapters.reports.analysis.survival import Curve, TimeAnalysis, ticks_up_to
from trialwright.adapters.reports.analysis.toxicity import CourseCount
from trialwright.adapters.reports.analysis.values import MeanAt, Measured, Pairs
from trialwright.adapters.reports.figures.accrual import accrual_figure, accrual_words
from trialwright.adapters.reports.figures.burden import spider_figure, spider_words
from trialwright.adapters.reports.figures.flow import flow_figure
from trialwright.adapters.reports.figures.fonts import font_faces, with_fonts
from trialwright.adapters.reports.figures.palette import (
    GRADE_LOOKS,
    RESPONSE_LINES,
    RESPONSE_LOOKS,
    SERIES,
    SETTINGS,
    drawn,
    look,
)
from trialwright.adapters.reports.figures.response import (
    HIGHEST,
    swimmer_figure,
    swimmer_words,
    waterfall_figure,
    waterfall_words,
)
from trialwright.adapters.reports.figures.survival import survival_figure
from trialwright.adapters.reports.figures.toxicity import NOT_KNOWN, courses_figure, courses_words
from trialwright.adapters.reports.figures.values import means_figure, pairs_figure
from trialwright.core.estimation import at_risk_table, kaplan_meier, mean_with_interval, signed_rank
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.terms import Response

SIZES = (1, 2, 35, 70, 200, 2000)
RESPONSES = list(Response)
EYES = {
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def seen(picture: np.ndarray, eye: str) -> np.ndarray:
    """A picture as this eye sees it, from 0 for black to 1 for white in steps that look equal."""
    linear = np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    return np.clip(linear @ np.array(EYES[eye]).T, 0, 1) ** (1 / 2.2)


def swatch(artist: Callable[[Figure], None]) -> np.ndarray:
    """A patch or a line by itself, as pixels."""
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(1.2, 0.5), dpi=100)
        artist(figure)
        image = io.BytesIO()
        figure.savefig(image, format="png")
    return matplotlib.image.imread(io.BytesIO(image.getvalue()))[:, :, :3]


def patch(colour: str, hatch: str) -> np.ndarray:
    """A bar of this look."""
    return swatch(
        lambda f: f.add_artist(Rectangle((0.1, 0.1), 0.8, 0.8, facecolor=colour, hatch=hatch, edgecolor="#1b2430"))
    )


def line(colour: str, dash: object, marker: str) -> np.ndarray:
    """A line of this look."""
    x, y = [0.1, 0.5, 0.9], [0.5, 0.5, 0.5]
    return swatch(lambda f: f.add_artist(Line2D(x, y, color=colour, linestyle=dash, marker=marker, markersize=7)))


BARS = {
    "groups": [(colour, hatch) for colour, _, _, hatch in SERIES],
    "responses": list(RESPONSE_LOOKS.values()),
    "grades": [*GRADE_LOOKS.values(), NOT_KNOWN],
}
LINES = {
    "groups": [look(place)[:3] for place in range(10)],
    "responses": [(RESPONSE_LOOKS[name][0], *RESPONSE_LINES[name]) for name in RESPONSE_LINES],
}


def differ(first: np.ndarray, second: np.ndarray) -> float:
    """The share of the pixels that are clearly lighter or darker in one of two pictures."""
    return float((np.abs(first - second).max(axis=2) > 0.12).mean())


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("which", BARS)
def test_bars_differ_in_grey_and_for_colour_blind_eyes(which, eye) -> None:
    pictures = [seen(patch(*each), eye) for each in BARS[which]]
    assert min(differ(a, b) for a, b in combinations(pictures, 2)) > 0.03


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("which", LINES)
def test_lines_differ_in_grey_and_for_colour_blind_eyes(which, eye) -> None:
    pictures = [seen(line(*each), eye) for each in LINES[which]]
    assert min(differ(a, b) for a, b in combinations(pictures, 2)) > 0.004


@pytest.mark.parametrize("which", ["groups", "responses"])
def test_bars_differ_by_their_hatch_if_every_colour_is_the_same(which) -> None:
    pictures = [patch("#888888", hatch) for _, hatch in BARS[which]]
    assert min(differ(a, b) for a, b in combinations(pictures, 2)) > 0.02


def test_grades_differ_by_lightness_or_hatch_and_grow_darker() -> None:
    light = [seen(np.array([[to_rgb(colour)]]), "grey")[0, 0, 0] for colour, _ in GRADE_LOOKS.values()]
    assert light == sorted(light, reverse=True)
    pairs = combinations([(shade, hatch) for shade, (_, hatch) in zip(light, GRADE_LOOKS.values(), strict=True)], 2)
    assert all(one[1] != other[1] or abs(one[0] - other[0]) > 0.15 for one, other in pairs)


@pytest.mark.parametrize("which", LINES)
def test_lines_differ_by_dash_or_marker_if_every_colour_is_the_same(which) -> None:
    pictures = [line("#555555", dash, marker) for _, dash, marker in LINES[which]]
    assert min(differ(a, b) for a, b in combinations(pictures, 2)) > 0.004


# ---- how many participants there are --------------------------------------------------------------------------------


def lanes(count: int) -> tuple[Lane, ...]:
    """Made-up courses: the same for the same number."""
    chance = random.Random(count)
    found = []
    for place in range(count):
        courses = chance.randint(1, 12)
        doses = [float(min(25, 10 + 5 * number)) for number in range(courses)]
        bars = tuple((0.92 * n, 0.92 * n + 0.69, dose, f"{dose:.0f} mg") for n, dose in enumerate(doses))
        end = 0.92 * courses + chance.random() * 9
        told = tuple((0.92 * n, chance.choice(RESPONSES)) for n in range(1, courses + 1))
        died = end if chance.random() < 0.3 else None
        name = f"a-site-with-a-name-{place:04}"
        found.append(Lane(name, "A", bars, told, died, 0.92 * courses, end, place % 7 == 0, "10 mg", RESPONSES[0]))
    return tuple(sorted(found, key=lambda one: -one.end))


def changes(count: int) -> tuple[Change, ...]:
    """Made-up changes."""
    chance = random.Random(count)
    made = [(chance.uniform(-100, 190), chance.choice(RESPONSES)) for _ in range(count)]
    found = [Change(f"a-site-with-a-name-{n:04}", "A", change, best) for n, (change, best) in enumerate(made)]
    return tuple(sorted(found, key=lambda one: -one.percent))


def burdens(count: int) -> tuple[Burden, ...]:
    """Made-up scores over time."""
    chance = random.Random(count)
    return tuple(
        Burden(
            f"P-{place}",
            "A",
            tuple(
                (0.9 * n, chance.uniform(-100, 180), chance.choice(RESPONSES)) for n in range(1, chance.randint(2, 9))
            ),
            0,
            chance.choice(RESPONSES),
        )
        for place in range(count)
    )


def accrual(count: int) -> Accrual:
    """Registrations two days apart, at six sites in turn."""
    days = tuple(date(2020, 1, 1) + timedelta(days=2 * place) for place in range(count))
    sites = tuple(SiteAccrual(f"S{n}", f"Hospital {n}", 9, days[n::6]) for n in range(6))
    return Accrual(count + 3, sites, days, date(2031, 1, 1))


def courses(count: int) -> tuple[CourseCount, ...]:
    """Two groups whose courses grow fewer."""
    return tuple(
        CourseCount(course, group, max(count // course, 1), {1: max(count // course, 1)}, 0)
        for group in ("Drug", "Placebo")
        for course in range(1, min(count, 40) + 1)
    )


def flow(count: int) -> Flow:
    """Two arms with long names and many reasons."""
    reasons = tuple((f"A reason that takes up quite a lot of room in its box, number {n}", count) for n in range(12))
    column = FlowColumn(
        "A drug with a long name and a second one",
        count,
        count,
        reasons[:2],
        1,
        reasons[:5],
        1,
        reasons[:3],
        count,
        reasons[:2],
    )
    return Flow(count, count, 1, count, reasons, count, count, count, (column, column))


def survival(count: int) -> TimeAnalysis:
    """Curves of three arms with names that differ in length."""
    chance = random.Random(count)
    ticks = ticks_up_to(40.0)

    def curve(label: str) -> Curve:
        times = [chance.uniform(0.1, 40) for _ in range(count)]
        told = kaplan_meier(times, [chance.random() < 0.6 for _ in range(count)])
        return Curve(label, told, told.median(), int(told.events.sum()), at_risk_table(told, ticks), ())

    curves = tuple(curve(label) for label in ("Drug", "Placebo", "A drug with a long name and a second one"))
    return TimeAnalysis(ENDPOINT, False, curves, (), None, ticks)


def measured(count: int) -> Measured:
    """Eight measures with long names before and after, in three groups."""
    chance = random.Random(count)
    measures = [Measure(f"m{n}", f"Cells of a kind with a long name {n}, peripheral blood", "/mm3") for n in range(8)]
    groups = ("All participants", "Responders", "Others")
    values = {(m, g): [chance.lognormvariate(5, 1) for _ in range(2 * count)] for m in measures for g in groups}
    pairs = tuple(_pairs(m, g, told[:count], told[count:]) for (m, g), told in values.items())
    visits = (("before", "Before treatment"), ("after", "Day 1 of course 2, before the dose"))
    means = tuple(MeanAt(m, at, g, mean_with_interval(told)) for (m, g), told in values.items() for at, _ in visits)
    return Measured(ENDPOINT, "response", visits, means, (), pairs, count)


def _pairs(measure: Measure, group: str, before: list[float], after: list[float]) -> Pairs:
    both = tuple((f"P-{n}", *pair) for n, pair in enumerate(zip(before, after, strict=True)))
    change = mean_with_interval([b - a for _, a, b in both])
    return Pairs(measure, group, "after", both, 0, change, signed_rank(before, after))


ENDPOINT = Endpoint(id="e", label="an endpoint", level="primary", variable=Variable.TIME_TO_EVENT)
FIGURES: dict[str, Callable[[int], object]] = {
    "swimmer": lambda n: swimmer_figure(lanes(n), several_groups=False),
    "swimmer, arms": lambda n: swimmer_figure(lanes(n), several_groups=True),
    "waterfall": lambda n: waterfall_figure(changes(n), several_groups=False),
    "spider": lambda n: spider_figure(burdens(n)),
    "accrual": lambda n: accrual_figure(accrual(n)),
    "toxicity by course": lambda n: courses_figure(courses(n)),
    "flow": lambda n: flow_figure(flow(n)),
    "survival": lambda n: survival_figure(survival(n)),
    "before and after": lambda n: pairs_figure(measured(min(n, 200))),
    "means": lambda n: means_figure(measured(min(n, 35))),
}


@contextmanager
def texts_drawn():
    """Every text that is drawn meanwhile, with the box it takes up."""
    found: dict[tuple[str, tuple[float, ...]], Bbox] = {}
    draw = Text.draw

    def noted(self: Text, renderer: object, *more: object, **named: object) -> None:
        if self.get_visible() and self.get_text().strip():
            box = self.get_window_extent(renderer)
            found[(self.get_text(), tuple(box.extents.round(1)))] = box
        draw(self, renderer, *more, **named)

    Text.draw = noted
    try:
        yield found
    finally:
        Text.draw = draw


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_label_is_clipped_or_covers_another(name, count) -> None:
    with matplotlib.rc_context(SETTINGS):
        figure = FIGURES[name](count)
        figure.set_dpi(100)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # laid out already
        with texts_drawn() as texts:
            figure.savefig(io.BytesIO(), format="png", dpi=100)
    width, height = figure.get_size_inches() * 100
    assert height <= 100 * (HIGHEST + 0.1)
    assert texts
    for (told, _), box in texts.items():
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, told
    for ((one, _), first), ((other, _), second) in combinations(texts.items(), 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across <= 1.5 or down <= 1.5, (one, other)


@pytest.mark.parametrize("name", ["swimmer", "waterfall", "spider"])
def test_two_thousand_participants_make_a_file_that_opens(name) -> None:
    vector, raster = drawn(lambda: FIGURES[name](2000), simulated=True)
    assert len(vector) < 1_000_000
    assert len(raster) < 2_000_000


def test_a_picture_is_the_same_every_time() -> None:
    """The parts that are drawn as a picture inside the figure are so too."""
    assert drawn(lambda: FIGURES["swimmer"](400), simulated=True) == drawn(
        lambda: FIGURES["swimmer"](400), simulated=True
    )


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (spider_words(()), "No assessment of a treated participant gave a score"),
        (
            spider_words((Burden("P-1", "A", (), 3, Response.NE),)),
            "No assessment of a treated participant gave a score",
        ),
        (courses_words(()), "Nobody began a course"),
        (accrual_words(Accrual(35, (), (), date(2020, 1, 1))), "Nobody of 35 planned was registered by 1 Jan 2020"),
        (swimmer_words(()), "0 treated participants"),
        (
            accrual_words(accrual(1)),
            "1 of 4 planned registered from 1 Jan 2020 to 1 Jan 2020 (0.0 months), at 1 site: S0 1.",
        ),
        (waterfall_words(changes(1), 0), "in 1 participant"),
        (
            courses_words((CourseCount(1, "All", 4, {1: 2, 3: 1}, 0), CourseCount(2, "All", 2, {4: 1}, 0))),
            "All: 2 courses; in course 1 grade 3 or more in 1 of 4 (25.0%); the highest share is in course 2, "
            "1 of 2 (50.0%).",
        ),
    ],
)
def test_a_figure_says_in_words_what_it_shows_or_that_there_is_nothing(told, says) -> None:
    assert says in told


# ---- letters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_brings_every_letter_of_its_texts_along(name) -> None:
    """Read back by another way: every face in the file has a glyph for every character that is written."""
    vector, _ = drawn(lambda: FIGURES[name](3), simulated=True)
    told = with_fonts(vector)
    faces = [TTFont(io.BytesIO(b64decode(data))) for data in re.findall(r"data:font/woff;base64,([^)]*)\)", told)]
    written = {character for text in re.findall(r">([^<]+)</text>", vector) for character in unescape(text)}
    assert len(faces) == 2
    assert all(written <= {chr(code) for code in face.getBestCmap()} for face in faces)
    assert len(told) - len(vector) < 60_000
    assert with_fonts(vector) == told
    assert "'DejaVu Sans'" in vector


def test_a_name_in_a_script_the_font_lacks_is_left_to_the_reader_s_fonts() -> None:
    assert "@font-face" in font_faces(["<text>患者 a</text>"])
    assert font_faces(["<svg/>"]) == ""


def test_nothing_is_said_while_letters_are_taken(caplog) -> None:
    """What a library has to say would stand among the findings on the console."""
    font_faces(["<text>letters of a text that no other test has: ĝǧ</text>"])
    assert caplog.records == []
