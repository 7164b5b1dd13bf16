"""What must hold for the status of any subject of any study: it never fails, and order and detours change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generating_events import FIRST, SPAN, SUBJECT, events_of, facts_after, fold_study, in_order, under_treatment
from studies_at_hand import of_each_study, trial_of
from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.adapters.exchange.answers.subject import subject_document
from trialwright.adapters.exchange.answers.trial import trial_document
from trialwright.cli.status_trial import trial_words
from trialwright.cli.status_words import subject_words
from trialwright.core.conduct import Trial, subject_status, trial_status
from trialwright.core.ledger import Change, Event, FormCorrected, FormSubmitted

seeds = st.integers(0, 2**32 - 1)
days = st.integers(-30, SPAN + 60).map(lambda number: FIRST + timedelta(days=number))


def told(trial: Trial, events: list[Event], on: date, *, without: tuple[str, ...] = ("known_to",)) -> dict[str, Any]:
    """The status as a document; findings as a set, and without what only says which entry brought a datum."""
    study = fold_study(events)
    said = as_data(subject_document(subject_status(trial, study, SUBJECT, on), study.last_seq, ""))
    found = bare({name: value for name, value in said.items() if name not in without}, without)
    for name in ("findings", "untold", "missing"):
        found[name] = sorted(map(str, found[name]))
    return dict(found)


def bare(value: Any, without: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {name: bare(each, without) for name, each in value.items() if name not in without}
    return [bare(each, without) for each in value] if isinstance(value, list) else value


@of_each_study
@settings(max_examples=40)
@given(seed=seeds, count=st.integers(0, 40), on=days)
def test_whatever_was_recorded_up_to_any_place_has_a_status_that_can_be_read(folder, seed, count, on) -> None:
    trial = trial_of(folder)
    events = events_of(trial, seed, count)
    study = fold_study(events)
    if SUBJECT not in study.subjects:
        return
    said = subject_status(trial, study, SUBJECT, on)
    assert subject_words(said, study.last_seq, "")
    assert as_data(subject_document(said, study.last_seq, ""))["subject"] == SUBJECT
    everyone = trial_status(trial, study, on)
    assert trial_words(everyone, "") and as_data(trial_document(everyone, ""))


@of_each_study
@settings(max_examples=25)
@given(seed=seeds, count=st.integers(2, 14), order=seeds, on=days)
def test_the_same_facts_in_any_order_give_the_same_status(folder, seed, count, order, on) -> None:
    trial = trial_of(folder)
    telling = under_treatment(trial, seed)
    before = list(telling.told)
    facts = facts_after(telling, count)
    mixed = list(facts)
    Random(order).shuffle(mixed)
    assert told(trial, in_order([*before, *mixed]), on) == told(trial, in_order([*before, *facts]), on)


@of_each_study
@settings(max_examples=25)
@given(seed=seeds, count=st.integers(2, 14), which=seeds, on=days)
def test_a_correction_back_restores_everything_but_the_history(folder, seed, count, which, on) -> None:
    trial = trial_of(folder)
    telling = under_treatment(trial, seed)
    events = [*telling.told, *facts_after(telling, count)]
    forms = [event for event in events if isinstance(event, FormSubmitted) and event.items]
    if not forms:
        return
    form = Random(which).choice(forms)
    item = Random(which).choice(form.items)
    there = correction(form, Change(item.path, item.new, None))
    back = correction(form, Change(item.path, None, item.new))
    history = ("known_to", "event", "about", "id", "entry")  # which entry told it is history too
    plain = told(trial, in_order(events), on, without=history)
    assert told(trial, in_order([*events, there, back]), on, without=history) == plain


def correction(form: FormSubmitted, change: Change) -> FormCorrected:
    fields = {"actor": form.actor, "role": form.role, "site": form.site, "subject": form.subject}
    moved = FormCorrected(**fields, occurred=form.occurred, form=form.form, encounter=form.encounter, why="typo",
                          items=(change,), id=f"correction of {form.id} {change.old} {change.new}")  # fmt: skip
    return replace(moved, time=form.time)
