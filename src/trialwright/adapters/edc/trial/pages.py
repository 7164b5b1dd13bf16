"""The pages of the trial as a whole: their paths and who may read and write them."""

from __future__ import annotations

from trialwright.adapters.edc.access.matrix import Page

PAGES: tuple[Page, ...] = ()
