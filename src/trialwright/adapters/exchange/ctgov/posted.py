"""A posted protocol section -> what it says of the study's life (`core.registration.Posted`), in the core's words.

Only read here, nothing compared: what the record should say is asked of `core.registration`. Read `posted_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from trialwright.adapters.exchange.ctgov.protocol import (
    DatedAs,
    DesignInfo,
    DesignModule,
    Enrollment,
    OversightModule,
    ProtocolSection,
    StatusModule,
)
from trialwright.adapters.exchange.ctgov.protocol_places import ContactsLocationsModule
from trialwright.core.registration import Posted, PostedDate, Recruitment
from trialwright.core.terms import PartialDate, Verdict, any_of
from trialwright.standards.registration import applicable

IN_THE_US = ("United States", "USA")


def posted_of(section: ProtocolSection) -> Posted | None:
    """What the record says of the study's life; None for one without the registry's number, which was never posted."""
    if section.identification_module is None or section.identification_module.nct_id is None:
        return None
    status = section.status_module or StatusModule()
    count = (section.design_module or DesignModule()).enrollment_info or Enrollment()
    places = (section.contacts_locations_module or ContactsLocationsModule()).locations or ()
    unknown = status.overall_status == "UNKNOWN"
    applies, because = _applies(section)
    first = status.study_first_post_date_struct or DatedAs()
    last = status.last_update_post_date_struct or DatedAs()
    return Posted(
        status=recruitment(status.last_known_status if unknown else status.overall_status),
        unknown_status=unknown,
        why_stopped=status.why_stopped or "",
        verified=status.status_verified_date,
        last_update=last.date or status.last_update_submit_date,
        first_posted=first.date or status.study_first_submit_date,
        start=_dated(status.start_date_struct),
        primary_completion=_dated(status.primary_completion_date_struct),
        completion=_dated(status.completion_date_struct),
        enrolled=count.count,
        enrolled_actual=None if count.type is None else count.type == "ACTUAL",
        sites={one.facility: recruitment(one.status) for one in places if one.facility},
        results_submitted=_day(status.results_first_submit_date, status.results_first_post_date_struct),
        delay_certified=_day(status.disp_first_submit_date, status.disp_first_post_date_struct),
        applies=applies,
        applies_because=because,
    )


def expected_in(section: ProtocolSection) -> Mapping[str, PartialDate]:
    """The dates that a section estimates, by the field of the date."""
    status = section.status_module or StatusModule()
    dates = {
        "start date": status.start_date_struct,
        "primary completion date": status.primary_completion_date_struct,
        "completion date": status.completion_date_struct,
    }
    return {name: one.date for name, one in dates.items() if one and one.date and one.type == "ESTIMATED"}


def recruitment(code: str | None) -> Recruitment | None:
    """The status in the core's words; a status of expanded access, or one the registry set itself, is none.

    >>> recruitment("ACTIVE_NOT_RECRUITING")
    <Recruitment.ACTIVE_NOT_RECRUITING: 'active, not recruiting'>
    """
    return Recruitment.__members__.get(code or "")


def _dated(said: DatedAs | None) -> PostedDate | None:
    if said is None or said.date is None:
        return None
    return PostedDate(said.date, None if said.type is None else said.type == "ACTUAL")


def _day(submitted: PartialDate | None, posted: DatedAs | None) -> date | None:
    """The day something was submitted, else the day it was posted, which is later."""
    known = submitted or (posted.date if posted else None)
    return known.latest if known else None


def _applies(section: ProtocolSection) -> tuple[Verdict, str]:
    design, seen = section.design_module or DesignModule(), section.oversight_module or OversightModule()
    places = (section.contacts_locations_module or ContactsLocationsModule()).locations or ()
    countries = [one.country for one in places]
    return applicable(
        design.study_type,
        design.phases,
        (design.design_info or DesignInfo()).primary_purpose,
        any_of((Verdict.of(seen.is_fda_regulated_drug), Verdict.of(seen.is_fda_regulated_device))),
        Verdict.of(any(one in IN_THE_US for one in countries) if countries else None),
        Verdict.of(seen.is_us_export),
    )
