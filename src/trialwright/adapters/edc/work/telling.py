"""A course in sentences: the title and the description of its picture, for who hears the page instead of seeing it.

Read `sentence`, then `description`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trialwright.adapters.edc.work.timeline import Bar, Mark, Timeline

WORST = 3
"""From this grade on a toxicity is named in the title."""
AT_LENGTH = 5
"""So many of one kind are told one by one."""


def sentence(course: Timeline) -> str:
    """The course in one sentence: courses with their doses, time without, responses, the worst toxicities."""
    told = [part for tell in (_courses, _held, _response, _severe) for part in tell(course)]
    if not told:
        told = [_("no course has begun")]
    return _("Course of %(subject)s: %(story)s") % {"subject": course.subject, "story": "; ".join(told)}


def _courses(course: Timeline) -> Iterator[str]:
    for drug in course.drugs:
        doses = ", ".join(_doses_in_words(drug.bars))
        yield f"{drug.drug} {doses}" if len(course.drugs) > 1 else doses


def _doses_in_words(bars: Sequence[Bar]) -> Iterator[str]:
    """Doses with the courses they were given in, courses that follow each other at one dose told together."""
    for dose, some in groupby(bars, key=lambda bar: bar.dose):
        numbers = [one.course for one in some]
        first, last = numbers[0], numbers[-1]
        which = str(first) if first == last else f"{first}–{last}"
        yield ngettext("course %(which)s %(dose)s", "courses %(which)s %(dose)s", last - first + 1) % {
            "which": which,
            "dose": dose,
        }


def _held(course: Timeline) -> Iterator[str]:
    for drug in course.drugs:
        days = sum((one.last - one.first).days + 1 for one in drug.holds)
        if days:
            yield ngettext("held for %(days)s day", "held for %(days)s days", days) % {"days": days}


def _response(course: Timeline) -> Iterator[str]:
    """Responses in order, each change told once."""
    names = [one.look for one in course.responses]
    changes = [name for name, _some in groupby(names)]
    if changes:
        yield _("response %(responses)s") % {"responses": ", ".join(changes)}


def _severe(course: Timeline) -> Iterator[str]:
    for lane in course.toxicities[:AT_LENGTH]:
        if lane.worst is None:
            yield _("%(term)s, grade not known") % {"term": lane.term}
        elif lane.worst >= WORST:
            yield _("%(term)s grade %(grade)s") % {"term": lane.term, "grade": lane.worst}


def description(course: Timeline) -> str:
    """What the picture shows besides, in sentences: milestones, what of the visits and specimens was not as planned."""
    told = [f"{one.says}." for one in course.milestones]
    told += [f"{one.says}." for one in _troubled(course)]
    told += [_("Everything drawn is in the tables below the picture.")]
    return " ".join(told)


def _troubled(course: Timeline) -> Sequence[Mark]:
    """The latest visits and specimens that were not as planned."""
    asked = [one for one in (*course.visits, *course.specimens) if one.look in ("overdue", "missed", "late")]
    return sorted(asked, key=lambda one: one.on)[-AT_LENGTH:]
