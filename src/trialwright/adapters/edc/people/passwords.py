"""Passwords that somebody who knows the trial would try first: its name, its drug, its sites, what programs are called.

Read `ObviousHere`; length, common passwords and likeness to the e-mail are Django's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from trialwright.adapters.edc.desk import SERVED

OBVIOUS = ("trialwright", "password", "passphrase", "clinical", "hospital", "oncology", "patient", "study", "trial")
SHORTEST_WORD, FEWEST_LEFT = 4, 8
"""A word is looked for from so many letters on; so many letters of a password have to be something else."""


class ObviousHere:
    """Refuses a password that is made of the words of this place."""

    def validate(self, password: str, user: object = None) -> None:
        """What is left without those words is long enough."""
        left = password.casefold()
        for word in sorted({*OBVIOUS, *words_here()}, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < FEWEST_LEFT:
            raise ValidationError(self.get_help_text(), code="password_obvious_here")

    def get_help_text(self) -> str:
        """What to do instead."""
        return gettext("It is made of words that everybody here would try first. Put other words in it.")


def words_here() -> Iterator[str]:
    """The words of the studies that are served: names, drugs, sites."""
    for opened in SERVED.values():
        names = [opened.study_id, opened.id, *opened.site_ids]
        for version in opened.trial.versions.values():
            names += [one.drug for one in version.regimen]
        yield from (name.casefold() for name in names if len(name) >= SHORTEST_WORD)
