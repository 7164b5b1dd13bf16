"""What one person sees and may do in one study, now; and the studies that this process serves.

desk    `Desk`: scoped reading, the person's role, events in their name, saving
opened  `OpenStudy`: a served study, folded and kept up to date
writing `Writing`: a save at a time, those that wait together in one transaction
"""

from __future__ import annotations

from trialwright.adapters.edc.desk.desk import Desk, Person
from trialwright.adapters.edc.desk.opened import SERVED, OpenStudy, open_study_of, serve_study

__all__ = ["SERVED", "Desk", "OpenStudy", "Person", "open_study_of", "serve_study"]
