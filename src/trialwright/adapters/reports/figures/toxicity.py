"""The worst grade of toxicity in each course: a bar for each course, split by grade, of those who began it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from trialwright.adapters.reports.analysis.toxicity import CourseCount
from trialwright.adapters.reports.figures.palette import GRADE_LOOKS, GREY, INK, SOFT, new_figure
from trialwright.adapters.reports.text import counted, of

NOT_KNOWN = (GREY, "\\\\")
MOST_LABELS = 26
"""So many bars have their numbers beneath; of more, some."""


def courses_figure(courses: Sequence[CourseCount]) -> Any:
    """A panel for each group; beneath each bar the course and how many began it."""
    groups = list(dict.fromkeys(one.group for one in courses))
    figure, panels = new_figure(2.1 * len(groups) + 0.7, [1.0] * len(groups))
    last = max((one.course for one in courses), default=1)
    for axes, group in zip(panels, groups, strict=True):
        own = [one for one in courses if one.group == group]
        _bars(axes, own)
        step = -(-last // MOST_LABELS)
        labelled = [one for one in own if (one.course - 1) % step == 0]
        axes.set_xticks([one.course for one in labelled], [f"{one.course}\n{one.n}" for one in labelled], fontsize=7)
        axes.set(xlim=(0.3, max(last, 6) + 0.7), ylim=(0, 100), ylabel="% of those who began")
        axes.tick_params(axis="x", length=0)
        axes.set_xlabel("Course, and how many began it")
        if len(groups) > 1:
            axes.set_title(group, fontsize=8, loc="left")
    _legend(figure, courses)
    return figure


def _bars(axes: Any, courses: Sequence[CourseCount]) -> None:
    """From the worst grade at the bottom to none at the top."""
    x, base = [one.course for one in courses], [0.0] * len(courses)
    for look, counts in _layers(courses):
        height = [100 * count / one.n for count, one in zip(counts, courses, strict=True)]
        colour, hatch = look
        axes.bar(x, height, bottom=base, width=0.8, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.4)
        base = [low + high for low, high in zip(base, height, strict=True)]
    axes.spines["bottom"].set_color(SOFT)


Look = tuple[str, str]


def _layers(courses: Sequence[CourseCount]) -> Iterable[tuple[Look, list[int]]]:
    for grade in (5, 4, 3, 2, 1):
        yield GRADE_LOOKS[grade], [one.grades.get(grade, 0) for one in courses]
    yield NOT_KNOWN, [one.unknown for one in courses]
    yield GRADE_LOOKS[0], [one.none for one in courses]


def _legend(figure: Any, courses: Sequence[CourseCount]) -> None:
    from matplotlib.patches import Patch

    seen = {grade for one in courses for grade, count in one.grades.items() if count}
    looks = [(GRADE_LOOKS[0], "none"), *((GRADE_LOOKS[grade], f"grade {grade}") for grade in sorted(seen))]
    if any(one.unknown for one in courses):
        looks.append((NOT_KNOWN, "not known"))
    handles = [Patch(facecolor=c, hatch=h, edgecolor=INK, linewidth=0.4, label=label) for (c, h), label in looks]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), fontsize=7.5)


def courses_words(courses: Sequence[CourseCount]) -> str:
    """Of each group: how many had grade 3 or more in the first course, and in the course in which most had."""
    if not courses:
        return "Nobody began a course, so there is no toxicity to draw."
    told = [_group_words(group, courses) for group in dict.fromkeys(one.group for one in courses)]
    return f"Worst grade of toxicity in each course. {' '.join(told)}"


def _group_words(group: str, courses: Iterable[CourseCount]) -> str:
    own = [one for one in courses if one.group == group]
    first, worst = own[0], max(own, key=lambda one: (_severe(one) / one.n, -one.course))
    beyond = sum(_severe(one) for one in own)
    said = f"{group}: {counted(len(own), 'course')}; in course {first.course} grade 3 or more in " + of(
        _severe(first), first.n
    )
    if not beyond:
        return f"{said}, and in none later."
    return f"{said}; the highest share is in course {worst.course}, {of(_severe(worst), worst.n)}."


def _severe(one: CourseCount) -> int:
    return sum(count for grade, count in one.grades.items() if grade >= 3)
