"""The table of contents of the core in code: what holds for a subject, for the trial, and what is refused.

    trial     a trial: protocol versions, the standards of each, the hashes of the files; a subject's case
    subjects  `subject_status`: everything that holds for one subject on a day
    totals    `trial_status`: how many, where, which arm, why off treatment, which endpoint is ready
    grounds   what each answer stands on: clauses, data with their days, what is missing
    grades    each toxicity now and at its worst, with the value and the day
    week      one line for each subject: what is due within a week
    amending  what an amendment means: who is on which version, who would be judged differently
    halting   whether the trial's own rules let anybody more be registered (stopping rules, stages)
    wanting   what is missing, who can give it, and what a visit has not brought
    twice     one thing that stands in the record twice for the same days
    refusing  `refusals`: which event is refused and why; facts that happened are accepted
    facts     what cannot be a fact at all: an unknown concept, a unit of another dimension, 30 February
    saying    what the program says and an event carries along

Two times: `on` is the clinical date, what had happened; what was recorded by then is in the events handed in.
Read `subject_status`: each line of it names the module that decides.
"""

from __future__ import annotations

from trialwright.core.bundle import Standards
from trialwright.core.conduct.amending import Amendment, AnswerChange, SiteVersions, Touched, amendment
from trialwright.core.conduct.grades import GradeAnswer
from trialwright.core.conduct.grounds import Ground
from trialwright.core.conduct.halting import Monitored, accrual_halts, monitored
from trialwright.core.conduct.refusing import refusals
from trialwright.core.conduct.saying import said_for_course, said_for_registration, said_for_release, said_for_stop
from trialwright.core.conduct.subjects import SubjectStatus, case_and_status, status_of, subject_status
from trialwright.core.conduct.totals import TrialStatus, trial_status
from trialwright.core.conduct.trial import Trial, case_of
from trialwright.core.conduct.wanting import Task, Wanted
from trialwright.core.conduct.week import SubjectLine

__all__ = [
    "Amendment",
    "AnswerChange",
    "GradeAnswer",
    "Ground",
    "Monitored",
    "SiteVersions",
    "Standards",
    "SubjectLine",
    "SubjectStatus",
    "Task",
    "Touched",
    "Trial",
    "TrialStatus",
    "Wanted",
    "accrual_halts",
    "amendment",
    "case_and_status",
    "case_of",
    "monitored",
    "refusals",
    "said_for_course",
    "said_for_registration",
    "said_for_release",
    "said_for_stop",
    "status_of",
    "subject_status",
    "trial_status",
]
