"""Verdicts, severities and states as a word, a sign and a colour, never colour alone.

The words are the core's; here they get a tone and a sign, and their translation is asked of the catalogue.
Read `sign_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext

from trialwright.core.terms import Severity, Verdict


@dataclass(frozen=True)
class Sign:
    """What a person sees: the word, the sign before it and the tone that colours it."""

    word: str
    sign: str
    tone: str


GOOD, BAD, OPEN, CALM, PLAIN = "met", "not", "unk", "calm", "plain"
SIGNS: Mapping[str, str] = {GOOD: "✓", BAD: "✕", OPEN: "?", CALM: "·", PLAIN: ""}
TONES: Mapping[str, tuple[str, ...]] = {
    GOOD: (
        "met", "eligible", "holds", "signed", "verified", "answered", "closed", "done", "given", "give", "allowed",
        "received", "sent", "in time", "complete", "coded", "active", "approved", "yes",
    ),
    BAD: (
        "not met", "not eligible", "overdue", "missed", "broken", "refused", "stop", "hold", "error", "late",
        "deactivated", "withdrawn", "expired", "failed", "out of window", "redacted", "voided",
    ),
    OPEN: (
        "unknown", "undetermined", "due", "open", "missing", "warning", "reduce", "unsigned", "not verified", "uncoded",
        "reopened", "draft", "invited", "not coded", "changed since",
    ),
    CALM: (
        "coming", "note", "frozen", "locked", "not done", "not known", "not applicable", "does not apply", "ended",
        "screening", "registered", "on treatment", "follow-up", "off study", "no",
    ),
}  # fmt: skip
"""Every word that has a tone; another word is plain. The catalogue takes its words from here (`look.words`)."""
TONE_OF: Mapping[str, str] = {word: tone for tone, words in TONES.items() for word in words}
SEVERITY_TONE: Mapping[Severity, str] = {Severity.ERROR: BAD, Severity.WARNING: OPEN, Severity.NOTE: CALM}


def sign_of(said: object, word: str = "") -> Sign:
    """The sign of a verdict, of yes, no or unknown, or of a word such as overdue; `word` says it otherwise.

    A missing verdict reads as unknown, never as no.
    """
    told = _told(said)
    tone = TONE_OF.get(told, PLAIN)
    return Sign(gettext(word or told) if word or told else "", SIGNS[tone], tone)


def _told(said: object) -> str:
    if said is None:
        return Verdict.UNKNOWN.value
    if isinstance(said, bool):
        return "yes" if said else "no"
    return str(said.value) if isinstance(said, Enum) else str(said)
