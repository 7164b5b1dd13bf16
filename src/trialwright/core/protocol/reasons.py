"""Why treatment or study ended: one closed list, so that the same reason in other words is counted as the same.

The list is that of CDISC (completion and reason for non-completion, C66727) in words of the clinic. Words are taken
for a reason only where they stand in `WORDS` or the protocol says so; anything else is other, with its words kept.
Nothing is guessed. Read `EndReason`, then `StudyProtocol.end_reason`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class EndReason(Enum):
    """Why somebody is off treatment or off study, as it is counted."""

    COMPLETED = "completed"
    PROGRESSIVE_DISEASE = "progressive disease"
    ADVERSE_EVENT = "adverse event"
    DEATH = "death"
    LOST_TO_FOLLOW_UP = "lost to follow-up"
    PHYSICIAN_DECISION = "physician decision"
    WITHDRAWAL_BY_SUBJECT = "withdrawal by subject"
    WITHDRAWAL_OF_CONSENT = "withdrawal of consent"
    PREGNANCY = "pregnancy"
    PROTOCOL_DEVIATION = "protocol deviation"
    STUDY_TERMINATED = "study terminated by sponsor"
    SITE_TERMINATED = "site terminated by sponsor"
    OTHER = "other"


@dataclass(frozen=True)
class Reason:
    """A reason as it was written, and the one it counts as; `known` is whether anybody said which one that is."""

    words: str
    category: EndReason
    known: bool = True

    @property
    def counted(self) -> str:
        """What it is counted under; what is other keeps its words.

        >>> Reason("moved abroad", EndReason.OTHER).counted
        'other: moved abroad'
        """
        return f"other: {self.words}" if self.category is EndReason.OTHER and self.words else self.category.value


_SAID: Mapping[EndReason, tuple[str, ...]] = {
    EndReason.COMPLETED: ("treatment completed", "completion", "follow-up complete", "follow-up completed"),
    EndReason.PROGRESSIVE_DISEASE: ("progression", "disease progression", "progression of disease"),
    EndReason.ADVERSE_EVENT: ("adverse events", "toxicity", "unacceptable toxicity", "adverse event or toxicity"),
    EndReason.DEATH: ("died", "dead"),
    EndReason.LOST_TO_FOLLOW_UP: ("lost",),
    EndReason.PHYSICIAN_DECISION: (
        "physician's decision",
        "investigator decision",
        "investigator's decision",
        "decision of the investigator",
    ),
    EndReason.WITHDRAWAL_BY_SUBJECT: (
        "withdrawal by patient",
        "patient decision",
        "patient's decision",
        "by the patient's decision",
        "the patient did not wish to continue",
        "patient did not wish to continue",
        "withdrew before treatment",
    ),
    EndReason.WITHDRAWAL_OF_CONSENT: ("consent withdrawn", "withdrew consent", "withdrawal of informed consent"),
    EndReason.PREGNANCY: ("pregnant",),
    EndReason.PROTOCOL_DEVIATION: ("protocol violation",),
    EndReason.STUDY_TERMINATED: ("study terminated", "study closed by sponsor"),
    EndReason.SITE_TERMINATED: ("site terminated", "site closed by sponsor"),
}
"""Other words that mean a reason of the list, exactly."""


def plain(words: str) -> str:
    """Words as they are compared: without capitals, doubled blanks, underscores and a stop at the end.

    >>> plain("Lost to  follow-up.")
    'lost to follow-up'
    """
    return " ".join(words.replace("_", " ").casefold().split()).rstrip(".")


WORDS: Mapping[str, EndReason] = {
    plain(words): reason for reason in EndReason for words in (reason.value, *_SAID.get(reason, ()))
}
"""The words known for each reason."""
