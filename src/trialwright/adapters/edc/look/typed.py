"""Words and keys as a form sent them, in the one spelling that the ledger keeps; and what to say of those it cannot.

The same letter typed on two machines may come as one sign or as two (é); the ledger keeps one of them, so words are
brought into it here. A sign that no keyboard types is not taken out in silence: it is said. Read `words`.
"""

from __future__ import annotations

import re
import unicodedata

from django.http import HttpRequest
from django.utils.translation import gettext as _

from trialwright.core.terms import Finding
from trialwright.store.canonical import NotCanonical, refuse_unsound

KEY = re.compile(r"[!-~]{1,100}", re.ASCII)
"""The key of a save: letters that can be printed, and no more of them than anybody mints."""
LONGEST = 2000


def words(request: HttpRequest, name: str, most: int = LONGEST) -> str:
    """What was typed in a field: in the form of Unicode that is kept, without blanks around it, no longer than allowed.

    >>> from types import SimpleNamespace
    >>> words(SimpleNamespace(POST={"why": " re\\u0301sume\\u0301 "}), "why")
    'résumé'
    """
    return unicodedata.normalize("NFC", request.POST.get(name, "")).strip()[:most]


def keepable(text: str) -> bool:
    """Whether a text can be kept as it is.

    >>> keepable("Dr. Who"), keepable("Dr.\\0Who")
    (True, False)
    """
    try:
        refuse_unsound(text)
    except NotCanonical:
        return False
    return True


def sent_key(request: HttpRequest) -> str:
    """The key that a form was rendered with; empty where what came is none."""
    key = request.POST.get("key", "")
    return key if KEY.fullmatch(key) else ""


def cannot_be_kept(about: str = "form") -> Finding:
    """That something typed has no spelling in the ledger: a sign that nobody sees and no keyboard types."""
    says = _("A character that cannot be printed is in what was typed, so that it cannot be kept.")
    do = _("Type it again instead of pasting it, and send the form again.")
    return Finding(about, says, _("Nothing was saved."), do)
