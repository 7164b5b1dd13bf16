"""What the public registry is to be told: the record as it stands, what differs from the ledger, by when it is due.

What is due is decided in `core.registration` under the law in `standards.registration`. The record is also handed out
as the registry takes it. Read `told_of_registry`, then `registry`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.casebook_sheets import file_name
from trialwright.adapters.edc.trial.seeing import crowded, stands
from trialwright.adapters.exchange.ctgov.posted import expected_in, posted_of
from trialwright.adapters.exchange.ctgov.protocol import ProtocolSection, read_protocol_section, write_protocol_section
from trialwright.adapters.exchange.ctgov.protocol_of_study import approval_of, section_of_study
from trialwright.adapters.exchange.ctgov.prs_of_protocol import prs_study
from trialwright.adapters.exchange.ctgov.prs_xml import write_prs
from trialwright.adapters.exchange.ctgov.record_updates import due_words, updates_words
from trialwright.adapters.exchange.ctgov.said import read_said_of_record, with_said, with_uploaded
from trialwright.adapters.registry import read
from trialwright.core.registration import Posted, RecordLife, Update, record_life, updates_due
from trialwright.core.terms import Finding
from trialwright.standards.registration import FDAAA_801

FORMS = {
    "protocol-section": ("application/json", "json"),
    "updates": ("text/plain; charset=utf-8", "txt"),
    "upload": ("application/xml", "xml"),
}
"""The files there are: the section of the registry's API, what it is to be told, the upload of the same."""


@dataclass(frozen=True)
class ToldRegistry:
    """The posted record, the life that the ledger tells, what follows, and what was found on the way."""

    section: ProtocolSection
    posted: Posted | None
    life: RecordLife
    updates: tuple[Update, ...]
    findings: tuple[Finding, ...]


def registry(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page."""
    if crowded(desk):
        return render(request, desk, "edc/trial/crowded.html", {"title": gettext("Registry record")})
    told = told_of_registry(desk)
    context = {
        "told": told,
        "updates": [(one, due_words(one, told.life.on)) for one in told.updates],
        "late": sum(one.days_late(told.life.on) > 0 for one in told.updates),
        "sites": [(told.life.names.get(name, name), one) for name, one in told.life.sites.items()],
    }
    return render(request, desk, "edc/trial/registry.html", context)


def told_of_registry(desk: Desk) -> ToldRegistry:
    """The study's record, as received, against what is derived today."""
    return desk.open.answer("registry", stands(desk), lambda: _told(desk))


def _told(desk: Desk) -> ToldRegistry:
    record = desk.open.loaded.record_text
    tree: object = read(record).protocolSection if record else {}
    section = read_protocol_section(tree).value
    said = read_said_of_record(desk.open.folder)
    posted, expected = posted_of(section), expected_in(with_said(section, said.section))
    life = record_life(desk.trial, desk.open.record, desk.today)
    updates = updates_due(life, posted, FDAAA_801, expected)
    return ToldRegistry(section, posted, life, updates, (*said.findings, *life.findings))


def registry_file(request: HttpRequest, desk: Desk, form: str) -> HttpResponse:
    """The record as a file: the protocol section of the registry's API, or what it is to be told, in words."""
    if form not in FORMS or crowded(desk):
        raise Http404
    told = told_of_registry(desk)
    kind, ending = FORMS[form]
    made = MAKERS[form](desk, told)
    content = made.encode() if isinstance(made, str) else made
    note(desk, content)
    answer = HttpResponse(content, content_type=kind)
    name = file_name(desk.open.id, form, simulated=desk.open.simulated)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer


def _section(desk: Desk, told: ToldRegistry) -> str | bytes:
    protocol = desk.trial.versions[desk.trial.latest]
    said = read_said_of_record(desk.open.folder)
    section, _ = section_of_study(protocol, told.section, told.life, said)
    stands: dict[str, Any] = {
        "on": told.life.on.isoformat(), "position": told.life.known_to, "simulated": told.life.simulated,
    }  # fmt: skip
    document = {"trialwright": stands, "protocolSection": write_protocol_section(section)}
    return json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n"


def _words(desk: Desk, told: ToldRegistry) -> str | bytes:
    mark = "SIMULATED DATA. " if told.life.simulated else ""
    title = f"{mark}What the registry is to be told of {desk.open.study_id} as of {told.life.on}"
    return "\n".join([title, "", *updates_words(told.posted, told.updates, told.life.on)]) + "\n"


def _upload(desk: Desk, told: ToldRegistry) -> str | bytes:
    protocol = desk.trial.versions[desk.trial.latest]
    said = read_said_of_record(desk.open.folder)
    section, _ = section_of_study(protocol, told.section, told.life, said)
    study = with_uploaded(prs_study(section, approval_of(desk.open.record, told.life)), said.upload)
    mark = "SIMULATED DATA, NOT FOR UPLOAD. " if told.life.simulated else ""
    return write_prs((study,), f"{mark}{protocol.protocol} as of {told.life.on}, position {told.life.known_to}")


MAKERS: Mapping[str, Callable[[Desk, ToldRegistry], str | bytes]] = {
    "protocol-section": _section,
    "updates": _words,
    "upload": _upload,
}
"""What writes each file."""
