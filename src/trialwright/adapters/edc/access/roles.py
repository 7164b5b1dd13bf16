"""The roles of a trial, and the sets of them that the declared pages name.

A role is granted per study, at a site or for all sites. Site roles see the data of their site; central roles see every
site and no direct identifier. What each may do is `access.matrix` alone.
"""

from __future__ import annotations

from enum import Enum

from django.utils.translation import gettext_noop


class Role(Enum):
    """A role that a person is granted in a study; the value is what events carry."""

    COORDINATOR = gettext_noop("coordinator")
    INVESTIGATOR = gettext_noop("investigator")
    PHARMACIST = gettext_noop("pharmacist")
    LABORATORY = gettext_noop("specimen laboratory")
    MONITOR = gettext_noop("monitor")
    DATA_MANAGER = gettext_noop("data manager")
    STATISTICIAN = gettext_noop("statistician")
    SPONSOR = gettext_noop("sponsor-investigator")
    AUDITOR = gettext_noop("auditor")
    ADMINISTRATOR = gettext_noop("administrator")


COORDINATOR, INVESTIGATOR, PHARMACIST, LABORATORY = (
    Role.COORDINATOR,
    Role.INVESTIGATOR,
    Role.PHARMACIST,
    Role.LABORATORY,
)
MONITOR, DATA_MANAGER, STATISTICIAN, SPONSOR = Role.MONITOR, Role.DATA_MANAGER, Role.STATISTICIAN, Role.SPONSOR
AUDITOR, ADMINISTRATOR = Role.AUDITOR, Role.ADMINISTRATOR

CLINICAL = (COORDINATOR, INVESTIGATOR)
"""Who enters what happened to a patient."""
SITE_ROLES = (*CLINICAL, PHARMACIST, LABORATORY)
"""Roles that are always of a site."""
CENTRAL_ROLES = (MONITOR, DATA_MANAGER, STATISTICIAN, SPONSOR, AUDITOR, ADMINISTRATOR)
"""Roles that are of all sites, where a grant names none."""
EVERYONE = (*SITE_ROLES, *CENTRAL_ROLES)
READ_SUBJECTS = (*SITE_ROLES, MONITOR, DATA_MANAGER, STATISTICIAN, SPONSOR, AUDITOR)
"""Who reads the data of subjects at all; an administrator keeps accounts and sees none."""
OVERSIGHT = (MONITOR, DATA_MANAGER, SPONSOR, AUDITOR)
"""Who looks after the conduct of the trial."""


def role_named(name: str) -> Role | None:
    """The role of this name; None where there is none."""
    return next((role for role in Role if role.value == name), None)
