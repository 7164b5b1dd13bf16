"""Making ready to serve: the accounts' tables, the studies looked at, and what to tell whoever starts it.

A study of real data that nobody has a role in yet gets a link by which its first administrator signs up; a rehearsal
gets its ready-made logins. A ledger that is damaged, or gone, is not taken for one that nothing was written in yet.
Read `prepare`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialwright.adapters.edc.desk.opened import OpenStudy

ALIAS = "default"


def set_up() -> None:
    """Django with the web application's settings; harmless when called again."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def prepare(folders: list[Path], address: str) -> list[str]:
    """Bring the accounts' tables up to date and say, for each study, where and how to open it."""
    set_up()
    prepare_accounts()
    from trialwright.adapters.edc.people.keeping import take_in

    restored = [line for folder in folders for line in take_in(folder)]
    return restored + [line for folder in folders for line in _of_study(folder, address)]


def prepare_accounts() -> None:
    """The accounts' tables and the cache that all workers share, up to date."""
    from django.core.management import call_command

    call_command("migrate", database=ALIAS, verbosity=0)
    call_command("createcachetable", database=ALIAS, verbosity=0)


def _of_study(folder: Path, address: str) -> Iterator[str]:
    from trialwright.adapters.edc.desk.opened import OpenStudy
    from trialwright.adapters.edc.people import demonstration, first

    opened = OpenStudy(folder)
    look_for_the_ledger(opened)
    opened.catch_up()
    yield f"{opened.study_id}: {address}{opened.id}/"
    if opened.simulated:
        yield "Everything in it is simulated. Sign in as one of"
        yield from demonstration.prepare(opened)
    else:
        yield from first.lines(opened, address)
    opened.close()


def look_for_the_ledger(opened: OpenStudy) -> None:
    """Raise LedgerError where the ledger cannot be read, or is gone: people can sign in whom no ledger knows.

    Otherwise whoever starts it would be offered to begin the study anew, over the data of patients. On a server the
    accounts are those of other studies too, and say nothing about this one.
    """
    from trialwright.adapters.edc.models import Account
    from trialwright.adapters.edc.people.first import EMAIL
    from trialwright.store.database import ledger_file, on_server
    from trialwright.store.errors import LedgerDamaged, NoLedger

    try:
        opened.reader()
    except NoLedger:
        people = Account.objects.filter(demonstration=False).exclude(email=EMAIL.format(study=opened.id)).count()
        if people and not on_server():
            known = "1 person" if people == 1 else f"{people} people"
            raise LedgerDamaged(
                f"{ledger_file(opened.folder)} is gone or empty, and {known} can sign in to this study: the ledger was "
                "there. Put it back (trialwright ledger restore), or, to begin anew, move the accounts away as well."
            ) from None
