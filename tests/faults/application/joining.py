"""Who uses the web application for half an hour, signed in: python -m faults.application.joining FOLDER.

Prints one JSON document: the study's id and, for each person of three sites and two of the centre, the role, the site,
the session, the patients, the addresses that the table of pages lets this role read, and a form with what may be typed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

AT_SITES = ("coordinator", "investigator", "pharmacist")
CENTRAL = ("monitor", "data manager")
FILES = re.compile(r"\.(pdf|csv|ics)$")
IDS = re.compile(r"<[a-z]+:([a-z]+)>")
ITEMS = 4


def main(folder: str) -> None:
    """Sign everybody in and say what each has."""
    from benchmarks.load.people import demonstrated

    with closing(demonstrated(folder)) as opened:
        there = {site: found for site in opened.site_ids if (found := _there(opened, site))}
        sites = list(there)[:3]
        places = [(role, site) for site in sites for role in AT_SITES] + [(role, None) for role in CENTRAL]
        people = [_joined(opened, role, site) for role, site in places]
        print(json.dumps({"study": opened.study_id, "people": people, "subjects": {s: there[s] for s in sites}}))


def _there(opened: Any, site: str) -> list[str]:
    return sorted(name for name, record in opened.record.subjects.items() if record.site == site)


def _joined(opened: Any, role: str, site: str | None) -> dict[str, Any]:
    from benchmarks.load.people import person, signed_in

    from trialwright.adapters.edc.people import demonstration

    account = demonstration.account_of(role, site)
    subjects = _there(opened, site) if site else sorted(opened.record.subjects)
    form = person(opened, subjects[0], ITEMS)
    return {
        **signed_in(account),
        "role": role,
        "site": site,
        "home": f"/{opened.id}/",
        "subjects": subjects,
        "read": sorted(_addresses(opened, role, site, files=False)),
        "files": sorted(_addresses(opened, role, site, files=True)),
        "form": {"path": form["path"].replace(f"/{subjects[0]}/", "/*/"), "typed": form["typed"]},
    }


def _addresses(opened: Any, role: str, site: str | None, *, files: bool) -> Iterator[str]:
    """Every address of the table of pages that this role may read, with "*" for the patient."""
    from trialwright.adapters.edc.access.matrix import pages

    for page in pages():
        asked = set(IDS.findall(page.path))
        mine = any(one.value == role for one in page.read)
        if mine and not page.api and asked <= {"subject", "site"} and bool(FILES.search(page.path)) is files:
            told = page.path.replace("<str:subject>", "*").replace("<str:site>", site or opened.lead)
            yield f"/{opened.id}/{told}"


if __name__ == "__main__":
    main(sys.argv[1])
