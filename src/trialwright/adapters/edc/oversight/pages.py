"""The pages of oversight: their paths, who may read and who may write them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import (
    ADMINISTRATOR,
    AUDITOR,
    CLINICAL,
    DATA_MANAGER,
    INVESTIGATOR,
    MONITOR,
    OVERSIGHT,
    READ_SUBJECTS,
    SITE_ROLES,
    SPONSOR,
    STATISTICIAN,
    Role,
)

HERE = "trialwright.adapters.edc.oversight"
SUBJECT = "subjects/<str:subject>/"
ASKING = (DATA_MANAGER, MONITOR, SPONSOR)
"""Who asks about data, closes a query and opens it again."""
ANSWERING = SITE_ROLES
"""Who answers a query: the site."""
FREEZING = (DATA_MANAGER, MONITOR, SPONSOR)
LOCKING = (DATA_MANAGER, SPONSOR)
SIGNING = (INVESTIGATOR, SPONSOR)
READ = (DATA_MANAGER, MONITOR, SPONSOR, AUDITOR)


def _of_study(
    name: str, path: str, view: str, label: str, read: tuple[Role, ...], write: tuple[Role, ...] = (), menu: str = ""
) -> Page:
    return Page(name=name, path=path, view=f"{HERE}.{view}", label=label, read=read, write=write, menu=menu)


def _of_subject(
    name: str, path: str, view: str, label: str, read: tuple[Role, ...], write: tuple[Role, ...] = ()
) -> Page:
    about, path = About.SUBJECT, f"{SUBJECT}{path}"
    return Page(name=name, path=path, view=f"{HERE}.{view}", label=label, read=read, write=write, about=about)


PAGES: tuple[Page, ...] = (
    _of_study("queries", "queries/", "queries:queries_page", gettext_noop("Queries"),
              (*READ, *SITE_ROLES), (*ASKING, *ANSWERING), "Data"),
    _of_subject("query", "queries/", "queries:subject_queries_page", gettext_noop("Queries"),
                (*READ, *SITE_ROLES, STATISTICIAN), (*ASKING, *ANSWERING)),
    _of_study("verification", "verification/", "verifying:verification_page", gettext_noop("Source verification"),
              (MONITOR, DATA_MANAGER, SPONSOR, AUDITOR), (), "Data"),
    _of_subject("verify-subject", "verification/", "verifying:subject_page", gettext_noop("Source verification"),
                (MONITOR, DATA_MANAGER, SPONSOR, AUDITOR, *CLINICAL), (MONITOR,)),
    _of_study("coding", "coding/", "coding:coding_page", gettext_noop("Coding"), READ, (DATA_MANAGER,), "Data"),
    _of_study("dictionaries", "dictionaries/", "coding:dictionaries_page", gettext_noop("Dictionaries"),
              READ, (DATA_MANAGER,), "Data"),
    _of_study("locks", "locks/", "locking:locks_page", gettext_noop("Frozen and locked data"),
              (*READ, *CLINICAL, STATISTICIAN), FREEZING, "Oversight"),
    _of_subject("lock", "lock/", "locking:subject_page", gettext_noop("Freeze and lock"), READ_SUBJECTS, FREEZING),
    _of_study("unsigned", "unsigned/", "signing:unsigned_page", gettext_noop("Signatures"),
              (*SIGNING, DATA_MANAGER, MONITOR, AUDITOR, CLINICAL[0]), (), "Oversight"),
    _of_subject("sign", "sign/", "signing:sign_page", gettext_noop("Sign"), READ_SUBJECTS, SIGNING),
    _of_study("audit", "audit/", "audit:audit_page", gettext_noop("Audit trail"),
              (*READ, *CLINICAL), ASKING, "Oversight"),
    _of_study("audit-export", "audit/export/", "audit:export_page", gettext_noop("Audit trail as a file"),
              (), (*READ, *CLINICAL)),
    _of_study("ledger", "ledger/", "ledger:ledger_page", gettext_noop("Ledger"),
              (*OVERSIGHT, ADMINISTRATOR, STATISTICIAN), (*READ, ADMINISTRATOR), "Oversight"),
)  # fmt: skip
"""Pharmacist and laboratory answer queries about what they handle; an auditor reads, and takes files out on record."""
