"""A course as a drawing: lanes one below the other, each only where there is something, days from left to right.

Every lane is a function of the timeline and the scale that gives its shapes, its labels and how tall it is; `LANES` is
the order. Colours are classes of the stylesheet, so that light and dark share one drawing. Every shape says in a
sentence what it shows. Read `picture`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from trialwright.adapters.edc.look.writing import day as day_words
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
from trialwright.adapters.edc.work.telling import description, sentence
from trialwright.adapters.edc.work.timeline import DrugLane, Graded, Mark, Timeline

GUTTER, ROOM, MARGIN = 150.0, 1030.0, 10.0
"""Where days begin, how wide they are on a usual screen, and the edge."""
ROW, SMALL = 14.0, 11.0
MOST_TERMS = 8
"""So many toxicities have a lane of their own; the table has them all."""
MOST_LINES = 60
"""So many courses have a line at their first day."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shape:
    """One thing drawn: an SVG element with its measures, the class that colours it, and its sentence."""

    tag: str
    measures: Mapping[str, str | float]
    look: str
    says: str = ""


@dataclass(frozen=True)
class Lane:
    """One lane: how tall it is and what is in it; `lines` go through the whole picture from a height on."""

    tall: float
    shapes: tuple[Shape, ...] = ()
    labels: tuple[Placed, ...] = ()
    lines: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True)
class Drawing:
    """The whole picture with its title and description in words."""

    wide: float
    tall: float
    title: str
    describes: str
    shapes: tuple[Shape, ...]
    labels: tuple[Placed, ...] = field(default=())


Draw = Callable[[Timeline, Scale, float], Iterable[Lane]]


def picture(course: Timeline) -> Drawing:
    """The course of one subject drawn."""
    scale = scale_of(course.first, course.last, course.settled, GUTTER, ROOM)
    top, lanes = 4.0, []
    for draw in LANES:
        for lane in draw(course, scale, top):
            lanes.append(lane)
            top += lane.tall
    behind = [*_course_lines(course, scale, lanes[0].tall, top), *_turn(scale, top)]
    through = [_line(x, begin, top - AXIS, look) for lane in lanes for x, begin, look in lane.lines]
    shapes = (*behind, *through, *(shape for lane in lanes for shape in lane.shapes))
    labels = tuple(label for lane in lanes for label in lane.labels)
    return Drawing(scale.right + MARGIN, top + 4, sentence(course), description(course), shapes, labels)


def _line(x: float, top: float, bottom: float, look: str) -> Shape:
    return Shape("line", {"x1": x, "x2": x, "y1": top, "y2": bottom}, look)


def _course_lines(course: Timeline, scale: Scale, top: float, bottom: float) -> Iterator[Shape]:
    """A thin line at day 1 of each course, while they can be told apart."""
    if len(course.courses) <= MOST_LINES:
        yield from (_line(scale.at(day), top, bottom - AXIS, "p-line") for _number, day in course.courses)


def _turn(scale: Scale, bottom: float) -> Iterator[Shape]:
    """Where days are drawn closer together from."""
    if len(scale.pieces) > 1:
        yield Shape(
            "rect",
            {"x": scale.pieces[1][2], "y": 4.0, "width": scale.right - scale.pieces[1][2], "height": bottom - AXIS - 4},
            "p-later",
            _("From here on days are drawn closer together"),
        )


def _name(text: str, top: float, tall: float = ROW) -> Placed:
    """The name of a lane, in the gutter."""
    words = shortened(text, GUTTER - MARGIN - 6)
    middle = top + tall / 2
    return Placed(words, Box(0, middle - ROW / 2, width(words), middle + ROW / 2), "p-name")


# --- milestones ------------------------------------------------------------------------------------------------------


def _milestones(course: Timeline, scale: Scale, top: float) -> Iterator[Lane]:
    """Consent, screening, registration, the ends; and today, which comes first where there is little room."""
    edges, rows = (scale.left, scale.right), [top, top + ROW, top + 2 * ROW]
    wishes = [Wish(scale.at(one.on) + 3, one.labels, f"p-{one.look}", weight=1) for one in course.milestones]
    today = None if course.over else scale.at(course.today)
    if today is not None:
        wishes.append(Wish(today + 3, (_("today"),), "p-today", weight=2))
    labels = place(wishes, rows, edges, size=SMALL)
    tall = max((one.box.bottom for one in labels), default=top) - top + 4
    lines = [(scale.at(one.on), top + tall - 4, f"p-at p-{one.look}") for one in course.milestones]
    lines += [(today, top + tall - 4, "p-at p-today")] if today is not None else []
    shapes = tuple(
        Shape("circle", {"cx": scale.at(one.on), "cy": top + tall - 4, "r": 3.0}, f"p-{one.look}", one.says)
        for one in course.milestones
    )
    yield Lane(tall, shapes, labels, tuple(lines))


# --- doses -----------------------------------------------------------------------------------------------------------

TALLEST = 34.0


def _doses(course: Timeline, scale: Scale, top: float) -> Iterator[Lane]:
    """A lane for each drug, and one beneath it for the times it was held."""
    for drug in course.drugs:
        lane = _dose_lane(drug, scale, top, drug.drug if len(course.drugs) > 1 else _("Dose"))
        yield lane
        top += lane.tall
        if drug.holds:
            lane = _hold_lane(drug, scale, top)
            yield lane
            top += lane.tall


def _dose_lane(drug: DrugLane, scale: Scale, top: float, name: str) -> Lane:
    foot, shapes, wishes = top + ROW + TALLEST, [], []
    for place_of, bar in enumerate(drug.bars):
        left, right = scale.at(bar.first), scale.at(bar.last + DAY)
        tall = max(3.0, TALLEST * bar.height)
        measures = {"x": left, "y": foot - tall, "width": max(right - left, 1.5), "height": tall, "rx": 2.0}
        shapes.append(Shape("rect", measures, "p-dose" if bar.taken else "p-dose p-open", bar.says))
        last = place_of == len(drug.bars) - 1
        weight = 3 if last or place_of == 0 else 2 if bar.changed else 1
        wishes.append(Wish(left + 1, _dose_forms(bar.course, bar.dose, bar.changed or last), "p-say", weight=weight))
    labels = place(wishes, [top], (scale.left, scale.right), size=SMALL)
    shapes.append(Shape("line", {"x1": scale.left, "x2": scale.right, "y1": foot, "y2": foot}, "p-line"))
    return Lane(foot - top + 8, tuple(shapes), (_name(name, top, ROW + TALLEST), *labels))


def _dose_forms(course: int, dose: str, changed: bool) -> tuple[str, ...]:
    """A dose that changed is said before the number of its course."""
    whole = _("course %(number)s · %(dose)s") % {"number": course, "dose": dose}
    return (whole, f"{course} · {dose}", dose, *(() if changed else (f"{course}",)))


def _hold_lane(drug: DrugLane, scale: Scale, top: float) -> Lane:
    shapes, wishes = [], []
    for hold in drug.holds:
        left, right = scale.at(hold.first), scale.at(hold.last + DAY)
        measures = {"x": left, "y": top, "width": max(right - left, 2.0), "height": ROW, "rx": 2.0}
        shapes.append(Shape("rect", measures, "p-hold", hold.says))
        wishes.append(Wish(left + 2, (hold.label,), "p-say"))
    labels = place(wishes, [top], (scale.left, scale.right), size=SMALL)
    return Lane(ROW + 8, tuple(shapes), (_name(_("Held"), top), *labels))


# --- responses -------------------------------------------------------------------------------------------------------

PILL = 30.0


def _responses(course: Timeline, scale: Scale, top: float) -> Iterator[Lane]:
    """Each response in a field of its own, two rows at most; what does not fit there as a dot beneath."""
    told = [one for one in course.responses if course.first <= one.on <= course.last]
    if not told:
        return
    places = [min(max(scale.at(one.on), scale.left + PILL / 2), scale.right - PILL / 2) for one in told]
    rows = packed(places, PILL + 2, 2)
    used = max((row for row in rows if row is not None), default=0) + 1
    shapes, labels = [], []
    for one, x, row in zip(told, places, rows, strict=True):
        if row is None:
            dot = {"cx": x, "cy": top + used * 20 + 4, "r": 4.0}
            shapes.append(Shape("circle", dot, f"p-response p-{one.look.lower()}", one.says))
            continue
        y = top + row * 20
        field_of = {"x": x - PILL / 2, "y": y, "width": PILL, "height": 18.0, "rx": 9.0}
        shapes.append(Shape("rect", field_of, f"p-response p-{one.look.lower()}", one.says))
        labels += _inside(one.labels[0], x, y + 2, PILL, "p-in")
    tall = used * 20 + (10 if None in rows else 0)
    yield Lane(tall + 6, tuple(shapes), (_name(_("Response"), top, 18), *labels))


def _inside(text: str, x: float, top: float, room: float, look: str) -> list[Placed]:
    """A text in the middle of a shape, where it fits in."""
    wide = width(text, SMALL)
    return [Placed(text, Box(x - wide / 2, top, x + wide / 2, top + ROW), look)] if wide <= room else []


# --- toxicities ------------------------------------------------------------------------------------------------------


def _toxicities(course: Timeline, scale: Scale, top: float) -> Iterator[Lane]:
    """A lane for each of the worst toxicities, its grades from pale to dark."""
    for lane in course.toxicities[:MOST_TERMS]:
        shapes: list[Shape] = []
        labels = [_name(lane.term, top)]
        for span in lane.spans:
            if span.last >= course.first and span.first <= course.last:
                shape, inside = _grade_shape(span, scale, top)
                shapes.append(shape)
                labels += inside
        yield Lane(ROW + 3, tuple(shapes), tuple(labels))
        top += ROW + 3
    more = len(course.toxicities) - MOST_TERMS
    if more > 0:
        words = _("and %(count)s more in the table") % {"count": more}
        yield Lane(ROW + 3, (), (Placed(words, Box(0, top, width(words, SMALL), top + ROW), "p-name p-small"),))
    if course.toxicities:
        yield Lane(6)


def _grade_shape(span: Graded, scale: Scale, top: float) -> tuple[Shape, list[Placed]]:
    left, right = scale.at(span.first), scale.at(span.last + DAY)
    wide = max(right - left, 2.0)
    if span.grade == 0:
        return Shape("rect", {"x": left, "y": top + 6, "width": wide, "height": 2.0}, "p-g0", span.says), []
    look = "x" if span.grade is None else str(span.grade)
    measures = {"x": left, "y": top, "width": wide, "height": ROW, "rx": 2.0}
    text = "?" if span.grade is None else str(span.grade)
    return Shape("rect", measures, f"p-g{look}", span.says), _inside(
        text, left + min(wide, 18.0) / 2, top, wide, f"p-ink{look}"
    )


# --- visits and specimens --------------------------------------------------------------------------------------------

ROWS = 3
PROBLEMS = ("overdue", "missed", "late")


def _visits(course: Timeline, scale: Scale, top: float) -> Iterator[Lane]:
    yield from _marks(course, course.visits, _("Visits"), scale, top, _circle)


def _specimens(course: Timeline, scale: Scale, top: float) -> Iterator[Lane]:
    yield from _marks(course, course.specimens, _("Specimens"), scale, top, _triangle)


def _marks(
    course: Timeline,
    marks: Sequence[Mark],
    name: str,
    scale: Scale,
    top: float,
    draw: Callable[[Mark, float, float, float], Iterator[Shape]],
) -> Iterator[Lane]:
    """Marks in as many rows as keep them apart, smaller where they are many; the troubled ones drawn last, on top."""
    shown = sorted((one for one in marks if course.first <= one.on <= course.last), key=lambda one: one.on)
    if not shown:
        return
    size = 5.0 if len(shown) < (scale.right - scale.left) / 16 else 3.5
    places = [scale.at(one.on) + size for one in shown]
    rows = [ROWS - 1 if row is None else row for row in packed(places, 2 * size + 3, ROWS)]
    tall = 2 * size + 4
    found = list(zip(shown, places, rows, strict=True))
    found.sort(key=lambda one: one[0].look in PROBLEMS)
    shapes = [shape for one, x, row in found for shape in draw(one, x, top + row * tall + tall / 2, size)]
    labels = _mark_labels(found, scale, top, tall, size)
    used = (max(rows) + 1) * tall
    yield Lane(max(used, ROW) + 6, tuple(shapes), (_name(name, top, tall), *labels))


def _mark_labels(
    found: Sequence[tuple[Mark, float, int]], scale: Scale, top: float, tall: float, size: float
) -> Iterator[Placed]:
    """Labels right of their marks, in the same row, where neither a mark nor another label is."""
    for row in sorted({row for _mark, _x, row in found}):
        here = [(one, x) for one, x, of in found if of == row]
        y = top + row * tall + (tall - ROW) / 2
        taken = [Box(x - size - 2, y, x + size + 2, y + ROW) for _one, x in here]
        wishes = [Wish(x + size + 3, one.labels, "p-say", weight=one.look in PROBLEMS) for one, x in here if one.labels]
        yield from place(wishes, [y], (scale.left, scale.right), taken, size=SMALL)


def _circle(mark: Mark, x: float, y: float, size: float) -> Iterator[Shape]:
    yield Shape("circle", {"cx": x, "cy": y, "r": size}, f"p-mark p-{mark.look}", mark.says)
    if mark.look == "missed":
        yield _cross(x, y, size)


def _triangle(mark: Mark, x: float, y: float, size: float) -> Iterator[Shape]:
    points = f"{x:.1f},{y - size:.1f} {x + size:.1f},{y + size:.1f} {x - size:.1f},{y + size:.1f}"
    yield Shape("polygon", {"points": points}, f"p-mark p-{mark.look}", mark.says)
    if mark.look == "missed":
        yield _cross(x, y, size)


def _cross(x: float, y: float, size: float) -> Shape:
    half = size * 0.7
    left, right, above, below = (f"{end:.1f}" for end in (x - half, x + half, y - half, y + half))
    path = f"M{left} {above}L{right} {below}M{left} {below}L{right} {above}"
    return Shape("path", {"d": path}, "p-cross")


# --- days ------------------------------------------------------------------------------------------------------------

AXIS = 22.0


def _axis(course: Timeline, scale: Scale, top: float) -> Iterator[Lane]:
    """Dates beneath, the year with the first of each."""
    days = ticks(scale, 74)
    wishes, seen = [], 0
    for day in days:
        wishes.append(Wish(scale.at(day), _tick_forms(day, day.year != seen), "p-tick", weight=day.year != seen))
        seen = day.year
    shapes = [Shape("line", {"x1": scale.left, "x2": scale.right, "y1": top, "y2": top}, "p-line")]
    shapes += [_line(scale.at(day), top, top + 4, "p-at") for day in days]
    yield Lane(AXIS, tuple(shapes), place(wishes, [top + 6], (scale.left, scale.right), size=SMALL))


def _tick_forms(on: date, with_year: bool) -> tuple[str, ...]:
    whole = day_words(on)
    return (whole, day_words(f"{on:%Y-%m}"), f"{on.year}") if with_year else (whole.removesuffix(f" {on.year}"),)


LANES: tuple[Draw, ...] = (_milestones, _doses, _responses, _toxicities, _visits, _specimens, _axis)
"""What is drawn, from top to bottom."""
