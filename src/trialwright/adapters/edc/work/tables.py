"""The picture of a course as tables: every lane in words, for who reads it that way, and what the picture left out.

Read `tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trialwright.adapters.edc.look.writing import day, span
from trialwright.adapters.edc.work.timeline import Mark, Timeline


@dataclass(frozen=True)
class Table:
    """A table with its caption, heads and rows."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(course: Timeline) -> tuple[Table, ...]:
    """Every lane of the picture as a table; one that is empty is left out."""
    return tuple(table for make in TABLES if (table := make(course)).rows)


def _doses(course: Timeline) -> Table:
    rows = [
        (
            bar.says.partition(";")[0].partition(":")[0],
            bar.dose,
            span(bar.first, bar.last),
            bar.says.rpartition("; ")[2],
        )
        for lane in course.drugs
        for bar in lane.bars
    ]
    return Table(_("Doses"), (_("Course"), _("Dose"), _("Days"), _("Taken")), tuple(rows))


def _holds(course: Timeline) -> Table:
    rows = [
        (lane.drug, span(one.first, one.last), one.says.partition(": ")[2])
        for lane in course.drugs
        for one in lane.holds
    ]
    return Table(_("Held"), (_("Drug"), _("Days"), _("Why")), tuple(rows))


def _responses(course: Timeline) -> Table:
    return Table(_("Responses"), (_("Day"), _("Response")), tuple(_split(course.responses)))


def _toxicities(course: Timeline) -> Table:
    rows = [
        (lane.term, _grade(one.grade), span(one.first, one.last))
        for lane in course.toxicities
        for one in lane.spans
        if one.grade != 0
    ]
    return Table(_("Toxicities"), (_("Term"), _("Grade"), _("Days")), tuple(rows))


def _grade(grade: int | None) -> str:
    return _("not known") if grade is None else str(grade)


def _visits(course: Timeline) -> Table:
    return Table(_("Visits"), (_("Day"), _("State"), _("Visit")), tuple(_states(course.visits)))


def _specimens(course: Timeline) -> Table:
    return Table(_("Specimens"), (_("Day"), _("State"), _("Specimen")), tuple(_states(course.specimens)))


def _milestones(course: Timeline) -> Table:
    return Table(_("Milestones"), (_("Day"), _("What")), tuple(_split(course.milestones)))


STATES = {
    "done": gettext_lazy("done"),
    "late": gettext_lazy("out of window"),
    "overdue": gettext_lazy("overdue"),
    "due": gettext_lazy("due"),
    "missed": gettext_lazy("missed"),
    "coming": gettext_lazy("coming"),
}
"""How a visit or a specimen looks in the picture, in words."""


def _states(marks: tuple[Mark, ...]) -> Iterator[tuple[str, ...]]:
    yield from ((day(one.on), str(STATES[one.look]), one.says) for one in sorted(marks, key=lambda one: one.on))


def _split(marks: tuple[Mark, ...]) -> Iterator[tuple[str, ...]]:
    """The day apart from the rest of the sentence."""
    yield from ((day(one.on), one.says.partition(": ")[2]) for one in marks)


TABLES: tuple[Callable[[Timeline], Table], ...] = (
    _milestones,
    _doses,
    _holds,
    _responses,
    _toxicities,
    _visits,
    _specimens,
)
"""The tables under a picture, in order."""
