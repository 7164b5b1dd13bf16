"""The life of the trial's registry record: where it stands, which dates were reached, what the registry must be told.

    values    statuses, dates with their type, the limits of a registry's law, what is to be updated
    standing  the recruitment status of the study and of each site, day by day, from what the ledger holds
    life      `record_life`: status, start, primary completion, completion, enrolment, each actual or still waiting
    updates   `updates_due`: what the posted record says against what is derived, since when, due by when, by which rule

Whatever the law limits is handed in (`RegistryLimits`, from `standards.registration`), and so is the day.
Read `record_life`, then `updates_due`.
"""

from __future__ import annotations

from trialwright.core.registration.life import Entered, RecordLife, entered, life_of, record_life
from trialwright.core.registration.updates import late_finding, updates_due
from trialwright.core.registration.values import (
    LIMITS,
    OPEN,
    OVER,
    STOPPED,
    Posted,
    PostedDate,
    Reached,
    Recruitment,
    RegistryLimit,
    RegistryLimits,
    Stands,
    Update,
)

__all__ = [
    "LIMITS",
    "OPEN",
    "OVER",
    "STOPPED",
    "Entered",
    "Posted",
    "PostedDate",
    "Reached",
    "RecordLife",
    "Recruitment",
    "RegistryLimit",
    "RegistryLimits",
    "Stands",
    "Update",
    "entered",
    "late_finding",
    "life_of",
    "record_life",
    "updates_due",
]
