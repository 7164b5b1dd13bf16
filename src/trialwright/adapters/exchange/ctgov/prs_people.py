"""People and places of a record for the upload: a name stands undivided, since no rule parts every name rightly.

Degrees follow a comma, as the registry writes them. Read `location`.
"""

from __future__ import annotations

from trialwright.adapters.exchange.ctgov import prs
from trialwright.adapters.exchange.ctgov import prs_words as words
from trialwright.adapters.exchange.ctgov.protocol_places import Contact, Location, Official


def name_and_degrees(name: str | None) -> tuple[str, str | None]:
    """
    >>> name_and_degrees("Ana de la Cruz, MD, PhD")
    ('Ana de la Cruz', 'MD, PhD')
    """
    whole, _, degrees = (name or "").strip().rstrip(",").partition(",")
    return whole.strip(), degrees.strip() or None


def official(one: Official) -> prs.Person:
    """A person who answers for the study as a whole."""
    name, degrees = name_and_degrees(one.name)
    return prs.Person(last_name=name, degrees=degrees, role=words.ROLE.get(one.role or ""), affiliation=one.affiliation)


def contact(one: Contact) -> prs.Person:
    """A person to ask."""
    name, degrees = name_and_degrees(one.name)
    return prs.Person(last_name=name, degrees=degrees, phone=one.phone, phone_ext=one.phone_ext, email=one.email)


def location(one: Location) -> prs.Location:
    """A place, with two people to ask and its investigators."""
    people = one.contacts or ()
    asked = [each for each in people if each.role in (None, "CONTACT")][:2]
    place = prs.Facility(one.facility or "", prs.Address(one.city, one.state, one.country, one.zip))
    return prs.Location(
        facility=place,
        status=words.STATUS.get(one.status or ""),
        contact=contact(asked[0]) if asked else None,
        contact_backup=contact(asked[1]) if len(asked) > 1 else None,
        investigator=tuple(_investigator(each) for each in people if each.role not in (None, "CONTACT")),
    )


def _investigator(one: Contact) -> prs.Person:
    name, degrees = name_and_degrees(one.name)
    return prs.Person(last_name=name, degrees=degrees, role=words.ROLE.get(one.role or ""))
