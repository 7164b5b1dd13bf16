"""A card of a page or two as PDF, in the look of the reports: a checklist, a dose, a list of a shipment.

The same document, tables and fonts as the reports have; simulated data say so on each page. Read `card` and `as_card`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.leaving import note
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import writing
from trialwright.adapters.reports.document import Block, Chapter, Document, Section, Signature
from trialwright.adapters.reports.pdf import as_data, shown_by_fonts

TEMPLATE = Path(__file__).with_name("card.typ")


def card(
    desk: Desk,
    title: str,
    subtitle: str,
    facts: Sequence[tuple[str, str]],
    blocks: Sequence[Block],
    notices: Sequence[str] = (),
    signatures: Sequence[Signature] = (),
) -> Document:
    """A card of the study: where it stands in the ledger and when it was made is said at its foot."""
    head = desk.open.record.last_seq
    made = _("Made on %(day)s by %(who)s, known up to entry %(seq)s. %(program)s") % {
        "day": writing.day(desk.today),
        "who": desk.person.name,
        "seq": head,
        "program": f"Trialwright {desk.trial.program}".strip(),
    }
    return Document(
        title=title,
        subtitle=subtitle,
        simulated=desk.open.kind == "simulated",
        facts=tuple(facts),
        notices=tuple(notices),
        chapters=(Chapter("", title, (Section("card", title, tuple(blocks)),)),),
        footer=made,
        running=f"{desk.open.study_id} · {title}",
        signatures=tuple(signatures),
    )


def as_card(document: Document, dated: date) -> bytes:
    """The card as PDF/UA-1."""
    import matplotlib
    import typst

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    with TemporaryDirectory() as folder:
        work = Path(folder)
        copyfile(TEMPLATE, work / TEMPLATE.name)
        (work / "card.json").write_text(json.dumps(_shown(_data(document, dated)), ensure_ascii=False), "utf-8")
        pdf: bytes = typst.compile(
            str(work / TEMPLATE.name),
            root=folder,
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
        )
    return pdf


def pdf_answer(desk: Desk, document: Document, name: str) -> HttpResponse:
    """The card as an answer that is shown or kept under a name without anybody's data."""
    marked = f"simulated-{name}" if document.simulated else name
    made = as_card(document, desk.today)
    note(desk, made)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{marked}.pdf"'
    return answer


def _data(document: Document, dated: date) -> dict[str, Any]:
    lines = (_("Name"), _("Signature"), _("Date"))
    marked = {"mark": _("Simulated data"), "means": _(SIMULATED)} if document.simulated else {"mark": "", "means": ""}
    return {**as_data(document, dated), "lines": lines, "lang": (get_language() or "en")[:2], **marked}


SIMULATED = "Simulated data: virtual patients made by this program. No person was treated."


def _shown(data: Any) -> Any:
    """Every text as the fonts can show it."""
    if isinstance(data, str):
        return shown_by_fonts(data)
    if isinstance(data, dict):
        return {name: _shown(one) for name, one in data.items()}
    return [_shown(one) for one in data] if isinstance(data, list | tuple) else data
