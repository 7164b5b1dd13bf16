"""How far an endpoint is, in words: whom it waits for, and whether more are still to be registered.

Core counts those who are there; a report besides waits for those who are to come. A page says both. Read
`readiness_said`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from trialwright.adapters.edc.desk import Desk
from trialwright.core.conduct.totals import Readiness, to_accrue


def accruing(desk: Desk) -> bool:
    """Whether more are to be registered, as core says."""
    return to_accrue(desk.trial.versions[desk.trial.latest], desk.open.record, desk.today) > 0


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
