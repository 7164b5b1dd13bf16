"""A report of many subjects, judged by their own streams in other processes, is the one that a single process makes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialwright.adapters.reports.analysis import analyse
from trialwright.adapters.reports.pdf import as_data
from trialwright.adapters.reports.reading import Known, Read, all_events, judge, read_study
from trialwright.adapters.reports.sections.opening import PACK, REPORT
from trialwright.adapters.reports.writing import _standing, documents_of
from trialwright.adapters.study import load_study
from trialwright.core.analysis import NotAsked, gather
from trialwright.core.analysis.people import DROPPED
from trialwright.core.conduct import Trial
from trialwright.core.subject import StudyFold, fold_study
from trialwright.store.errors import LedgerDamaged, LedgerError

ALL_HERE, EACH_AWAY = 10**6, 0


def trial_of(folder: Path) -> Trial:
    """The trial of a study folder that is right."""
    trial = load_study(folder).trial
    assert trial is not None
    return trial


def told(folder: Path, read: Read, known: Known) -> str:
    """Everything that the report and the monitoring pack say, as the text they are laid out from."""
    trial, record = trial_of(folder), (folder / "record.txt").read_text("utf-8")
    analysis = analyse(gather(trial, known.record, known.cut, (), (), known.people))
    standing = _standing(read, known, asked=True)
    documents = [one for pack in (REPORT, PACK) for one in documents_of(analysis, standing, record, pack).values()]
    return json.dumps([as_data(one, known.cut) for one in documents], sort_keys=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_report_of_participants_without_their_cases_says_the_same(rehearsed: Path, workers: int) -> None:
    read, trial = read_study(rehearsed, None), trial_of(rehearsed)
    whole, thin = judge(read, trial, None, ALL_HERE), judge(read, trial, None, EACH_AWAY, workers)
    assert [one.subject for one in thin.people] == [one.subject for one in whole.people] != []
    assert (thin.cut, thin.record.last_seq) == (whole.cut, whole.record.last_seq)
    assert told(rehearsed, read, thin) == told(rehearsed, read, whole)


def test_an_earlier_cut_and_an_earlier_knowledge_are_the_same_question_to_both(small: Path) -> None:
    trial, events = trial_of(small), all_events(read_study(small, None).place)
    half = events[len(events) // 2]
    for known_at in (half.seq, half.recorded, 1, events[-1].seq):
        read = read_study(small, known_at)
        for cut in (None, half.occurred, events[0].occurred - timedelta(days=1)):
            whole, thin = judge(read, trial, cut, ALL_HERE), judge(read, trial, cut, EACH_AWAY, 1)
            assert (thin.cut, thin.record.last_seq) == (whole.cut, whole.record.last_seq)
            assert [replace(one, case=DROPPED) for one in whole.people] == [
                replace(each, case=DROPPED, courses=one.courses)
                for one, each in zip(whole.people, thin.people, strict=True)
            ]


def test_a_last_day_that_was_guessed_wrongly_is_put_right(small: Path) -> None:
    read, trial = read_study(small, None), trial_of(small)
    right = judge(read, trial, None, ALL_HERE).cut
    for guess in (None, date(1990, 1, 1), right + timedelta(days=9)):
        assert judge(replace(read, last_day=guess), trial, None, EACH_AWAY, 1).cut == right


def test_the_guess_is_the_day_of_what_happened_last(rehearsed: Path) -> None:
    from trialwright.store import open_study

    days = [one.occurred for one in all_events(read_study(rehearsed, None).place)]
    with open_study(rehearsed, read_only=True) as ledger:
        assert ledger.guessed_last_day(len(days)) == str(max(days))
        assert ledger.guessed_last_day(len(days) // 2) == str(max(days[: len(days) // 2]))
        assert sum(ledger.streams().values()) == len(days)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("more", [1, -1])
def test_a_stream_that_lacks_an_event_or_has_one_too_many_is_refused(small: Path, workers: int, more: int) -> None:
    read, trial = read_study(small, None), trial_of(small)
    subject = f"subject:{read.subjects[-1]}"
    damaged = replace(read, streams={**read.streams, subject: read.streams[subject] + more})
    with pytest.raises(LedgerDamaged, match="ledger verify"):
        judge(damaged, trial, None, EACH_AWAY, workers)


def test_an_event_of_the_study_that_lies_in_another_stream_is_refused(small: Path) -> None:
    read = read_study(small, None)
    with pytest.raises(LedgerDamaged, match="ledger verify"):
        judge(replace(read, own=read.own[:-1]), trial_of(small), None, ALL_HERE)


def test_a_protocol_file_that_was_changed_meanwhile_is_refused(small: Path) -> None:
    read, trial = read_study(small, None), trial_of(small)
    with pytest.raises(LedgerError, match="changed while"):
        judge(read, replace(trial, hashes=dict.fromkeys(trial.hashes, "0")), None, EACH_AWAY, 1)


def test_who_is_asked_too_late_says_so(small: Path) -> None:
    def something_else(one: Any) -> str:
        return "never asked"

    one = judge(read_study(small, None), trial_of(small), None, EACH_AWAY, 1).people[0]
    with pytest.raises(NotAsked, match="something_else was not asked"):
        one.ask(something_else)
    with pytest.raises(NotAsked, match="record"):
        _ = one.case.record


def test_whoever_asks_for_a_record_after_all_gets_it(small: Path) -> None:
    read, trial = read_study(small, None), trial_of(small)
    many, everyone = judge(read, trial, None, EACH_AWAY, 1).record.subjects, fold_study(all_events(read.place)).subjects
    assert dict(many) == dict(everyone)
    assert len(many) == len(read.subjects)


def test_records_folded_stream_by_stream_are_those_of_the_whole_ledger(rehearsed: Path) -> None:
    events = all_events(read_study(rehearsed, None).place)
    whole = fold_study(events)
    for subject, record in whole.subjects.items():
        fold = StudyFold()
        for event in events:
            if event.subject == subject:
                fold.take(event)
        assert fold.subjects == {subject: record}
    own = fold_study(one for one in events if one.subject is None)
    assert (own.sites, own.pauses, own.locks, own.own) == (whole.sites, whole.pauses, whole.locks, whole.own)
