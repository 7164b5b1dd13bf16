"""Events like ones that were found sound before, told to be sound in one step: for verification of millions of events.

Most headers differ from an earlier one only in what the columns, the place and the chain say. Such a header is spelt
anew from these and from parts of earlier headers; where the spelling is the stored text, byte for byte, the header is
canonical and every column repeats it. Sequence, chain, stream, hashes and payload are asked of each event as `checks`
asks them. Nothing is found wrong here: an event of which one step does not hold, the first of a chain, one that the
walk takes notes of, goes the long way through `checks`, which decides and says why. Read `Alike.pass_over`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from trialwright.core.ledger import KINDS, SYSTEM_KINDS, PayloadRedacted
from trialwright.store import chain, glance, shapes
from trialwright.store.checks import NOTED, End, Stored, Walk

MOST_KNOWN = 2**14
LARGEST_PART = 10**6
INSTANT = 27
"""The letters of an instant: to the microsecond, in UTC, as the ledger writes it."""
IN_ONE_STEP = (KINDS.keys() | SYSTEM_KINDS.keys()) - NOTED - {PayloadRedacted.__name__}
read_instant = datetime.fromisoformat  # as `entry` reads it, without a call of our own
PLAIN = re.compile(shapes.PLAIN).fullmatch
NOWHERE = (0, 0, b"")
NEXT, ITEM, CLOSED = shapes.NEXT, shapes.NEXT.encode(), ord("]")
Parts = tuple[str, str, str, str]
Row = tuple[Any, ...]


class Alike:
    """The parts of the headers of one chain that were found sound; what stands between them is spelt anew."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.bodies = glance.Bodies()
        self.begin(None)

    def begin(self, name: Any) -> None:
        """Another chain begins, where other kinds of event belong; or more is known than is of use.

        `asked` are the places whose root the walk notes.
        """
        self.chain = name
        self.asked = {size for of, size in (*self.walk.checkpoints, *self.walk.wanted) if of == name}
        self.last: Parts = ("", "", "", "")
        self.known: tuple[set[str], set[str], set[str], dict[str, str]] = (set(), set(), set(), {})

    def learn(self, stored: Stored) -> None:
        """Keep the parts of the header of an event that the long way has just found sound."""
        if stored.chain_id != self.chain or len(self.known[2]) > MOST_KNOWN:
            self.begin(stored.chain_id)
        header = glance.header_of(stored.header)
        if header is not None and header["type"] in IN_ONE_STEP:
            self.last = parts = parts_of(header)
            before, middle, site, kinds = self.known
            before.add(parts[0])
            middle.add(parts[1])
            site.add(parts[2])
            kinds[parts[3]] = header["type"]

    def find(self, header: str, one: str, two: str, three: str) -> Parts:
        """The parts of a header between what was spelt anew, if all were found sound before; else the last that were.

        The instant stands at the end of the first, and is another for each event.
        """
        a, _, rest = header.partition(one)
        b, _, rest = rest.partition(two)
        c, _, d = rest.partition(three)
        parts = a[: -INSTANT - 2], b, c, d
        if all(part in known for part, known in zip(parts, self.known, strict=True)):
            self.last = parts
        return self.last

    def pass_over(self, batch: Sequence[Row], begin: int) -> int:
        """The first row of a batch, from `begin` on, that must go the long way; those before it are sound."""
        walk = self.walk
        if walk.seq == 0 or walk.chain != self.chain or not self.known[3]:
            return begin
        leaves: list[bytes] = []
        self._pass_over(batch, begin, leaves)
        if leaves:
            walk.frontier = chain.grow_by(walk.frontier, walk.seq, leaves)
            walk.seq, walk.hash = walk.seq + len(leaves), leaves[-1]
            walk.ends[walk.chain] = End(walk.seq, walk.hash, walk.frontier, walk.opened)
        return begin + len(leaves)

    def _pass_over(self, batch: Sequence[Row], begin: int, leaves: list[bytes]) -> None:
        """The hashes of the events found sound; one function, as a call for each check costs more than the check."""
        walk, name, streams, kinds = self.walk, self.chain, self.walk.streams, self.known[3]
        asked = self.asked
        ends, heads, items, alike = self.bodies.ends, self.bodies.heads, self.bodies.items, self.bodies.ALIKE
        last, place, prev, expected = walk.hash, walk.seq + 1, walk.hash.hex(), walk.expected_hash
        a, b, c, d = self.last
        first, after = len(a) + 1, len(a) + 1 + INSTANT
        try:
            for row in batch[begin:] if begin else batch:
                of, seq, event, sub, part, stream, version, header, pc, before, digest, of_event, salt, body = row
                one = f',"chain":"{of}","id":"{event}","part":{part},"pc":"{pc.hex()}","prev":"{prev}","proto-hash":'
                two = f',"seq":{seq},"session-hash":'
                three = f',"stream":"{stream}","sub":"{sub}","sv":{version},"type":'
                instant = header[first:after]
                if header != f'{a}"{instant}"{one}{b}{two}{c}{three}{d}':
                    a, b, c, d = self.find(header, one, two, three)
                    first, after = len(a) + 1, len(a) + 1 + INSTANT
                    instant = header[first:after]
                    if header != f'{a}"{instant}"{one}{b}{two}{c}{three}{d}':
                        return
                said, kind = body.encode(), kinds[d]
                own = body.find(end := ends.get(kind, NEXT)) + len(end)
                if not (
                    type(seq) is type(part) is type(version) is int
                    and of == name
                    and seq == place
                    and 0 <= part < LARGEST_PART
                    and before == last
                    and digest == (last := sha256(b"\x00" + header.encode()).digest())
                    and pc == sha256(b"\x02" + salt + said).digest()
                    and version == streams.get((name, stream), NOWHERE)[0] + 1
                    and PLAIN(event + stream + sub + instant)
                    and of_event is not None
                    and (
                        ((kind, body[:own]) in heads and items.issuperset(said[own:-1].translate(alike).split(ITEM))
                         and said[-1] == CLOSED)
                        or self.bodies.can_be_read(kind, body)
                    )
                    and read_instant(instant)
                    and seq not in asked
                    and (prev := last.hex()) != expected
                ):  # fmt: skip
                    return
                place += 1
                streams[name, stream] = version, seq, last
                leaves.append(last)
        except (
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ):  # a value of another type, a text that cannot be encoded
            return


def parts_of(header: dict[str, Any]) -> Parts:
    """A header's parts: to the instant, from the protocol to the role, session and site, from the kind to the end."""
    said = {key: "null" if value is None else f'"{value}"' for key, value in header.items()}
    return (
        f'{{"actor":{said["actor"]},"app":{said["app"]},"at":',
        f'{said["proto-hash"]},"reason":{said["reason"]},"role":{said["role"]}',
        f'{said["session-hash"]},"site":{said["site"]}',
        f'{said["type"]},"tz":{said["tz"]},"v":{chain.HEADER_VERSION}}}',
    )
