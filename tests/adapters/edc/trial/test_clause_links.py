"""A clause is opened in the version that the patient is judged by, whatever is in force at the site since."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template

from adapters.edc.conftest import signed_in
from trialwright.core.protocol import clauses as walk

OLD, NEW = "1", "2"


def clauses(opened: Any, version: str) -> set[str]:
    return {one.id for _, one in walk(opened.trial.versions[version])}


def link(opened: Any, clause: str, patient_on: str = "", in_force: str = NEW) -> str:
    """Where a clause leads from a page, or from a page about a patient."""
    subject = "somebody" if patient_on else ""
    desk = SimpleNamespace(
        open=SimpleNamespace(id=opened.id, record=SimpleNamespace(subjects={"somebody": None})),
        trial=opened.trial,
        version_of=lambda subject="": patient_on if subject else in_force,
    )
    page = Template("{% load edc %}{% clause_link clause %}")
    drawn = page.render(Context({"desk": desk, "clause": clause, "subject": subject}))
    found = re.search(r'href="[^"]*/protocol/(?:\?version=)?([^#]*)#(?:clause|question)-([^"]*)"', drawn)
    if found is None:
        return f"no link: {drawn.count('<a')}"
    assert found[2] == clause
    return found[1]


@pytest.mark.parametrize(
    ("patient_on", "in_force", "named"),
    [(OLD, NEW, OLD), (NEW, NEW, ""), (NEW, OLD, NEW), (OLD, OLD, ""), ("", NEW, "")],
)
def test_a_clause_of_both_versions_is_opened_in_the_patients(
    running: Any, patient_on: str, in_force: str, named: str
) -> None:
    both = min(clauses(running, OLD) & clauses(running, NEW))
    assert link(running, both, patient_on, in_force) == named


def test_a_clause_that_one_version_alone_has_is_opened_there(running: Any) -> None:
    assert link(running, min(clauses(running, NEW) - clauses(running, OLD)), in_force=OLD) == NEW
    assert link(running, running.trial.versions[NEW].questions[0].id) == ""
    assert link(running, "no such clause") == "no link: 0"


def test_no_clause_of_the_amendments_leads_nowhere(running: Any) -> None:
    client = signed_in("sponsor-investigator")
    page = client.get(f"/{running.id}/trial/amendments/").content.decode()
    leading = set(re.findall(r'href="([^"#]*/protocol/[^"#]*)#(clause-[^"]+)"', page))
    leading |= set(re.findall(r'href="([^"#]*/protocol/[^"#]*)#(question-[^"]+)"', page))
    assert leading
    shown = {at: client.get(at.replace("&amp;", "&")).content.decode() for at, _ in leading}
    assert [(at, place) for at, place in sorted(leading) if f'id="{place}"' not in shown[at]] == []
