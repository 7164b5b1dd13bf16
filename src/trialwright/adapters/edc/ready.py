"""What the first who opens a page would otherwise wait for, done before the server says that it is ready.

Pages load their modules, and templates, words and addresses are read, when they are first asked for; where everybody
stands is worked out once, for the lists and for whose answers come first. Nothing here changes an answer, and where a
judgement fails the server is ready all the same: the page that asks for it says so. Read `make_ready`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

from trialwright.adapters.edc.access.matrix import pages
from trialwright.adapters.edc.desk import OpenStudy

TEMPLATES = Path(__file__).parent / "templates"


def make_ready(studies: Iterable[OpenStudy]) -> None:
    """Load every page, its templates, words and addresses, and work out where everybody stands today."""
    for page in pages():
        page.load()
    for template in sorted(TEMPLATES.rglob("*.html")):
        get_template(template.relative_to(TEMPLATES).as_posix())
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Today")
            assert get_resolver().reverse_dict is not None, "the addresses are read by asking for them"
    for opened in studies:
        with suppress(Exception):
            _judge(opened)


def _judge(opened: OpenStudy) -> None:
    """Where everybody stands, at each site's date; and all of one patient, by which the rules are read."""
    from trialwright.adapters.edc.work.board import board_of, todays

    board = board_of(opened)
    for on, subjects in todays(opened):
        board.listed(opened, opened.record.subjects, on)
        for kept in (board.waiting, board.watched):
            for one in subjects[:1]:
                kept.of(opened.trial, opened.record, one, on)
