"""The end of a chain while a transaction grows it, and how a chain is founded.

A study's chain opens with `StudyOpened`, handed in by whoever opens the study; the database's own chain with
`SystemOpened`, which the writer puts there itself before the first event of that chain. Either fixes, for the whole
database and for ever, whether its data are real or simulated. Read `open_tail`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import trialwright
from trialwright.core.ledger import StudyOpened, SystemOpened
from trialwright.core.terms import Finding
from trialwright.store import chain, rows
from trialwright.store.encoding import is_of_system, stream_of
from trialwright.store.engines import engine_of
from trialwright.store.entry import Place
from trialwright.store.errors import LedgerDamaged, Refused, WrongKind, WrongStudy
from trialwright.store.issuer import SIMULATED, Issuer
from trialwright.store.submission import Submission

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

NOT_OPENED = Finding(
    about="ledger",
    says="The first event of a ledger opens the study (StudyOpened), and this is not one.",
    matters="Until then it is not known whether the data are real or simulated, and the two are never mixed.",
    do="Submit a StudyOpened event first, in the same submission or before.",
)
SYSTEM_OPENED = "system-opened"
"""The key of the submission that opens the database's own chain."""


@dataclass
class Tail:
    """The end of the chain while a transaction grows it."""

    chain: str
    seq: int
    hash: bytes
    frontier: tuple[bytes, ...]
    app: str
    founded: bool = False
    touched: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)

    @property
    def is_of_system(self) -> bool:
        """Whether this is the database's own chain."""
        return self.chain == chain.SYSTEM_CHAIN

    def grow(self, stream: str, place: Place, digest: bytes) -> None:
        """One more event: the hash, the tree and the stream's version move on."""
        self.frontier = chain.grow(self.frontier, self.seq, digest)
        self.seq, self.hash = place.seq, digest
        self.touched[stream] = (place.stream_version, place.seq, digest)


def chain_for(cursor: Any, ledger: Ledger, issuer: Issuer, submission: Submission) -> str:
    """The chain a submission goes to: one save is of one chain."""
    ours = {is_of_system(event) for event in submission.events}
    if len(ours) > 1:
        raise ValueError(
            f"The submission {submission.submission_id} mixes events of the study with events of the database itself "
            f"({', '.join(sorted({type(event).__name__ for event in submission.events}))}): save them apart."
        )
    if True in ours:
        return chain.SYSTEM_CHAIN
    study = ledger.known_study or engine_of(ledger.alias).target(cursor, ledger.wanted_study)
    return chain.STUDY_CHAIN + (study or founding(submission, issuer, ledger.wanted_study).study)


def streams_of(submission: Submission) -> list[str]:
    """The streams that a submission writes to, or was based on."""
    return sorted({stream_of(event) for event in submission.events} | submission.base_versions.keys())


def open_tail(cursor: Any, ledger: Ledger, issuer: Issuer, chain_id: str, end: rows.End) -> Tail:
    """The end of the chain under the write lock, after checking that the head row is where the events end."""
    head = end.head
    for kind in (ledger.known_kind or rows.meta(cursor).get("kind"), ledger.wanted_kind):
        if kind not in (None, issuer.kind):
            raise WrongKind(f"This ledger is for {kind} data; {issuer.kind} data is refused, now and for ever.")
    if (head and head[:2]) != end.last:
        raise LedgerDamaged(
            f"The head row of {chain_id} is not at the last event. Nothing was saved. Run: trialwright ledger verify."
        )
    seq, digest, frontier = head or (0, b"", b"")
    app = trialwright.__version__ + (chain.SIMULATED if issuer.kind == SIMULATED else "")
    return Tail(chain_id, seq, digest, chain.unpack(frontier), app, texts=set(ledger.known_texts))


def founding(first: Submission, issuer: Issuer, wanted_study: str | None) -> StudyOpened:
    """The event that opens a study: it comes first, and says the kind of data that will ever be written."""
    opened = first.events[0] if first.events else None
    if not isinstance(opened, StudyOpened):
        raise Refused([NOT_OPENED])
    if opened.kind != issuer.kind:
        raise WrongKind(f"The study is opened for {opened.kind} data by a writer of {issuer.kind} data.")
    if wanted_study not in (None, opened.study):
        raise WrongStudy(f"The folder is for {wanted_study}; the event opens {opened.study}.")
    return opened


def system_opening(first: Submission, issuer: Issuer) -> Submission:
    """The save that opens the database's own chain, by whoever first has something to say in it."""
    said = first.events[0]
    opened = SystemOpened(actor=said.actor, role=said.role, site=None, occurred=said.occurred, kind=issuer.kind)
    return Submission(SYSTEM_OPENED, (opened,), recorded_at=first.recorded_at)
