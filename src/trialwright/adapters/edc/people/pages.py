"""The pages of people inside a study."""

from __future__ import annotations

from trialwright.adapters.edc.access.matrix import Page

PAGES: tuple[Page, ...] = ()
