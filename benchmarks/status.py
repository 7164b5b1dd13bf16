"""What a status costs, and whether the cost grows: by courses, by subjects, after an event that comes late.

    python -m benchmarks.status [patients]

A study of the project is rehearsed in memory, then measured: the fold of all its events, the status of the subject with
most courses (first asked, and asked again of another day), the trial's status, a voiding among 500 events, and folds of
up to 10,000 subjects. Printed, never asserted; ratios compare within one run, so that a busy machine weighs on all.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from trialwright.adapters.simulation import read_rehearsal, rehearse, submissions
from trialwright.adapters.study import load_study
from trialwright.cli.rehearse import _setting
from trialwright.core.conduct import Trial, subject_status, trial_status
from trialwright.core.ledger import CourseStarted, Event, EventVoided, FormSubmitted
from trialwright.core.subject import StudyRecord, fold_study, fold_subject

STUDIES = Path(__file__).resolve().parent.parent / "studies"
SEED, ROUNDS, LATE = 1, 5, 500


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one run."""
    began = process_time()
    work()
    return process_time() - began


def rehearsed(patients: int) -> tuple[Trial, list[Event]]:
    """A study that grades toxicity with so many virtual patients: the trial and its events."""
    folder = next(
        one.parent.parent for one in STUDIES.glob("*/protocol/*.yaml") if "toxicity: " in one.read_text("utf-8")
    )
    study = load_study(folder)
    rehearsal, _ = read_rehearsal(folder, study.protocols)
    assert study.trial is not None and rehearsal is not None
    world = rehearse(_setting(study, rehearsal), SEED, patients)
    return study.trial, numbered(event for page in submissions(world) for event in page.events)


def numbered(events: Iterable[Event]) -> list[Event]:
    """Events with an id and a place, as the ledger gives them."""

    return [replace(event, seq=place, id=event.id or f"e{place}") for place, event in enumerate(events, 1)]


def of_subjects(trial: Trial, events: list[Event]) -> None:
    """The subjects with fewest and with most courses, and the trial."""
    study = fold_study(events)
    courses = {name: len(one.of_kind(CourseStarted)) for name, one in study.subjects.items()}
    for pick in (min, max):
        name = pick(courses, key=lambda name: courses[name])
        first, again = of_one(trial, events, study, name)
        told = f"first asked {first * 1e3:8.1f} ms   asked again {again * 1e3:8.1f} ms"
        print(f"status of {name:<18} {courses[name]:3} courses  {told}")
    last = max(event.occurred for event in events)
    whole = median(seconds(lambda: trial_status(trial, study, last)) for _ in range(3))
    print(f"trial_status of {len(study.subjects)} subjects {whole * 1e3:10.1f} ms")


def of_one(trial: Trial, events: list[Event], study: StudyRecord, name: str) -> tuple[float, float]:
    """A status from a record of which nothing was worked out yet, and from one that was asked of other days."""
    on = max(event.occurred for event in study.subjects[name].milestones)
    records = [fold_study(events) for _ in range(ROUNDS)]
    first = median(seconds(partial(subject_status, trial, one, name, on)) for one in records)
    days = [on - timedelta(days=place) for place in range(ROUNDS)]
    return first, median(seconds(partial(subject_status, trial, study, name, day)) for day in days)


def of_a_late_event(events: list[Event]) -> None:
    """An event that takes an earlier one back, among so many of one subject: that subject alone is folded again."""
    most = Counter(event.subject for event in events if isinstance(event, FormSubmitted)).most_common(1)[0][0]
    forms = [event for event in events if event.subject == most and isinstance(event, FormSubmitted)]
    form = forms[0]
    own = [replace(form, seq=place, id=f"f{place}") for place in range(1, LATE)]
    void = EventVoided(actor="a", role="r", site=form.site, subject=form.subject, occurred=form.occurred,
                       voids="f7", why="entered by mistake", id="late", seq=LATE)  # fmt: skip
    plain = median(seconds(lambda: fold_subject(str(form.subject), own)) for _ in range(ROUNDS))
    with_void = median(seconds(lambda: fold_subject(str(form.subject), [*own, void])) for _ in range(ROUNDS))
    print(f"late event among {LATE} of a subject {(with_void - plain) * 1e3:8.2f} ms   "
          f"{(with_void - plain) / plain:6.2f} x folding them once")  # fmt: skip


def of_many(events: list[Event]) -> None:
    """Folds of ever more subjects: the cost of an event should stay."""

    own = [event for event in events if event.subject == next(one.subject for one in events if one.subject)][:10]
    one = 0.0
    for count in (100, 1_000, 10_000):
        many = [replace(event, subject=f"s{number}") for number in range(count) for event in own]
        spent = seconds(partial(fold_study, many)) / len(many)
        one = one or spent
        print(f"fold of {count:>6,} subjects  {spent * 1e6:8.1f} µs an event  {spent / one:6.2f} x that of 100")


def main(patients: int = 35) -> None:
    """Print every measurement."""
    trial, events = rehearsed(patients)
    spent = seconds(lambda: fold_study(events))
    each = spent / len(events) * 1e6
    print(f"{len(events):,} events of {patients} patients folded in {spent:.2f} s, {each:.1f} µs each")
    of_subjects(trial, events)
    of_a_late_event(events)
    of_many(events)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
