"""Sheets of paper: a serious-event report, a casebook, blank or filled, as tagged PDF.

    sheet   what stands on it: parts of labelled rows, tables and lines to write on
    pdf     the sheet laid out by typst

Read `Sheet`, then `as_pdf`.
"""

from __future__ import annotations

from trialwright.adapters.edc.trial.sheets.pdf import as_pdf
from trialwright.adapters.edc.trial.sheets.sheet import NOT_KNOWN, Grid, Part, Row, Sheet

__all__ = ["NOT_KNOWN", "Grid", "Part", "Row", "Sheet", "as_pdf"]
