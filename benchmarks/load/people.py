"""People for the load of `benchmarks.web`: signed in, each with a patient and a form of so many items to save.

    python -m benchmarks.load.people FOLDER CLIENTS ITEMS

Prints one JSON line: for each client the cookies, the CSRF token, the patient with its version, the form's
address and what is typed into it; "#" stands for the number of the visit.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any


def main(folder: str, clients: int, items: int) -> None:
    """Sign people in and say what they will send."""
    with closing(demonstrated(folder)) as opened:
        subjects = sorted(opened.record.subjects, key=lambda name: -opened.record.subjects[name].events)
        print(json.dumps([person(opened, subjects[number % len(subjects)], items) for number in range(clients)]))


def demonstrated(folder: str) -> Any:
    """A rehearsed study of a folder, opened in this process, with its ready-made people."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "trialwright.adapters.edc.settings"
    os.environ["TRIALWRIGHT_STUDIES"] = folder
    from trialwright.adapters.edc.starting import prepare_accounts, set_up

    set_up()
    prepare_accounts()
    from trialwright.adapters.edc.desk import serve_study
    from trialwright.adapters.edc.people import demonstration

    opened = serve_study(Path(folder))
    opened.catch_up()
    demonstration.prepare(opened)
    return opened


def person(opened: Any, subject: str, items: int, account: Any = None) -> dict[str, Any]:
    """Who has this account, else the ready-made coordinator of the patient's site, and what they type."""
    from trialwright.adapters.edc.people import demonstration
    from trialwright.store.encoding import SUBJECT_STREAM

    account = account or demonstration.account_of("coordinator", opened.record.subjects[subject].site)
    concepts = opened.trial.standards[opened.trial.latest].concepts.values()
    asked = [one for one in concepts if one.reference_range and one.value.plausible][:items]
    here = f"/{opened.id}/subjects/{subject}/"
    return {
        **signed_in(account),
        "subject": subject,
        "version": opened.reader().version(SUBJECT_STREAM + subject),
        "path": f"{here}forms/unscheduled.#/?{'&'.join(f'ask={one.id}' for one in asked)}",
        "typed": {
            "v:visit/unscheduled.#/on": opened.today.isoformat(),
            **{name: text for one in asked for name, text in typed(one).items()},
        },
        "subject_page": here,
        "list_page": f"/{opened.id}/subjects/",
        "today_page": f"/{opened.id}/today/",
    }


def signed_in(account: Any) -> dict[str, str]:
    """The cookies of a new session of an account, the CSRF token that goes with them, and the id that events carry."""
    from django.middleware.csrf import get_token
    from django.test import Client, RequestFactory

    from trialwright.adapters.edc.people import demonstration

    client = Client()
    demonstration.enter(client, account)
    token = get_token(request := RequestFactory().get("/"))
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    return {"person": account.person, "cookies": f"{cookies}; csrf={request.META['CSRF_COOKIE']}", "csrf": token}


def typed(concept: Any) -> dict[str, str]:
    """A value in the middle of what is plausible, with its unit."""
    low, high = map(Decimal, concept.value.plausible)
    path = f"{concept.id}/unscheduled.#/value"
    return {f"v:{path}": f"{(low + high) / 2:.1f}", f"u:{path}": concept.value.unit}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
