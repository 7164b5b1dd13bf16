"""A sheet as tagged PDF (PDF/UA-1) by typst, with the fonts that come along and no other. Read `as_pdf`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop

from trialwright.adapters.edc.trial.sheets.sheet import Sheet
from trialwright.adapters.reports.document import SIMULATED, SIMULATED_MEANS
from trialwright.adapters.reports.pdf import LACKED, LACKING, breakable, shown_by_fonts

WORDS = {
    "page": gettext_noop("page"), "what": gettext_noop("What"), "recorded": gettext_noop("As recorded"),
    "contents": gettext_noop("Contents"), "item": gettext_noop("Item"), "fill": gettext_noop("To be filled in"),
    "name": gettext_noop("Name"), "signature": gettext_noop("Signature"), "date": gettext_noop("Date"),
}  # fmt: skip
"""What the template itself says."""
TEMPLATE = Path(__file__).with_name("sheet.typ")


def as_pdf(sheet: Sheet) -> bytes:
    """The sheet as a file to print and send; simulated data are marked on every page."""
    import matplotlib
    import typst

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    with TemporaryDirectory(prefix="sheet-") as place:
        work = Path(place)
        copyfile(TEMPLATE, work / TEMPLATE.name)
        (work / "sheet.json").write_text(json.dumps(as_data(sheet), ensure_ascii=False), "utf-8")
        pdf: bytes = typst.compile(
            str(work / TEMPLATE.name),
            root=str(work),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
        )
        return pdf


def as_data(sheet: Sheet) -> dict[str, Any]:
    """The sheet as the template reads it, in letters that the fonts have."""
    mark = {"mark": gettext(SIMULATED) if sheet.simulated else "", "means": gettext(SIMULATED_MEANS)}
    language = {
        "lang": (get_language() or "en").partition("-")[0],
        "words": {name: gettext(one) for name, one in WORDS.items()},
    }
    whole: dict[str, Any] = {**asdict(sheet), **mark, **language}
    for part, laid_out in zip(sheet.parts, whole["parts"], strict=True):
        if part.grid:
            laid_out["grid"]["widths"] = part.grid.widths
    shown = _shown(whole)
    lacking = json.dumps(shown).count(json.dumps(LACKING)[1:-1]) > json.dumps(whole).count(json.dumps(LACKING)[1:-1])
    return {**shown, "notices": [*shown["notices"], *([gettext(LACKED)] if lacking else [])]}


def _shown(data: Any) -> Any:
    if isinstance(data, str):
        return breakable(shown_by_fonts(data))
    if isinstance(data, dict):
        return {name: _shown(one) for name, one in data.items()}
    return [_shown(one) for one in data] if isinstance(data, list | tuple) else data
