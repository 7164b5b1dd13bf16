"""How far an endpoint is, in words: whom it waits for, and whether more are still to be registered.

Core counts those who are there; a report besides waits for those who are to come. A page says both. Read
`readiness_said`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from trialwright.adapters.edc.desk import Desk
from trialwright.core.conduct.totals import Readiness


def accruing(desk: Desk) -> bool:
    """Whether more are to be registered: fewer are than were planned, and nobody declared that no more will be."""
    study, design = desk.open.record, desk.trial.versions[desk.trial.latest].design
    entered = sum(one.registered is not None for one in study.subjects.values())
    return entered < design.accrual.planned and not all(study.closed(one.id, desk.today) for one in design.sites)


def readiness_said(one: Readiness, more: bool) -> tuple[str, bool]:
    """The words, and whether it is ready; `more` where others are still to be registered."""
    count = {"waiting": one.waiting, "treated": one.treated}
    if one.waiting:
        return _("waits for %(waiting)s of %(treated)s") % count, False
    if not one.treated:
        return _("nobody treated yet"), False
    if more:
        return _("waits for nobody of %(treated)s; others are still to be registered") % count, False
    return (_("ready"), True) if one.ready else (_("final as it is"), False)
