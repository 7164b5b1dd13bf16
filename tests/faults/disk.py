"""What a disk may hold after the power failed: a folder replayed from the system calls of a program that wrote to it.

What was written to a file is durable once that file was synced, a name once its folder was. Until then each of the
pending writes may have reached the disk or not, in any subset, torn into sectors of 512 bytes; so may each creation
and removal of a name. A truncation counts as one write. A failed call did nothing; after a failed sync what was pending
never becomes durable, though programs still read it (a kernel may drop it). Assumed: the disk keeps what it says it
synced. Read `Disk.after_power_failure` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512
CALL = re.compile(r"^\d+\s+(\w+)\((.*)\)\s+= (-?\d+)")
CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,unlinkat,openat,rename"
Names = dict[str, "File"]


@dataclass(frozen=True)
class Call:
    """One system call: to which file of the folder ("" is the folder itself), with what; "lost" is a failed sync."""

    what: str
    name: str
    data: bytes = b""
    at: int = 0


@dataclass
class File:
    """One file, whatever it is called now: what is safe, and what was written since the last sync."""

    durable: bytes = b""
    content: bytes = b""
    pending: list[Call] = field(default_factory=list)

    def change(self, call: Call) -> None:
        """One more call on it."""
        if call.what in ("sync", "lost"):
            self.durable = written(self.durable, self.pending if call.what == "sync" else [])
            self.pending = []
        else:
            self.content = written(self.content, [call])
            self.pending.append(call)

    def some(self, chance: Random) -> bytes:
        """What a disk may hold: some sectors of some of the pending writes."""
        share = chance.choice((0.1, 0.5, 0.9))
        kept = [part for call in self.pending for part in sectors(call) if chance.random() < share]
        return written(self.durable, kept)


@dataclass
class Disk:
    """A folder while its program runs: its names as programs see them, and as they are safe."""

    live: Names
    durable: Names
    pending: list[tuple[str, File | None]] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """A folder at rest, everything in it safe."""
        files = {
            path.name: File(*[path.read_bytes()] * 2) for path in folder.iterdir() if not path.name.endswith("-shm")
        }
        return cls(dict(files), dict(files))

    def apply(self, call: Call) -> None:
        """One more system call."""
        if call.what == "sync" and not call.name:
            self.durable, self.pending = dict(self.live), []
        elif call.what in ("create", "unlink"):
            self._name(call)
        elif call.name in self.live:
            self.live[call.name].change(call)

    def _name(self, call: Call) -> None:
        if call.what == "create" and call.name not in self.live:
            self.live[call.name] = File()
        elif call.what == "unlink":
            self.live.pop(call.name, None)
        else:
            return
        self.pending.append((call.name, self.live.get(call.name)))

    def after_power_failure(self, how: str, chance: Random) -> dict[str, bytes]:
        """The folder as it may be found: with "nothing", "everything" or "some" of what was not synced."""
        if how == "everything":
            return {name: file.content for name, file in self.live.items()}
        if how == "nothing":
            return {name: file.durable for name, file in self.durable.items()}
        names: dict[str, File | None] = dict(self.durable)
        names.update({name: file for name, file in self.pending if chance.random() < 0.5})
        return {name: file.some(chance) for name, file in names.items() if file is not None}


def written(durable: bytes, calls: list[Call]) -> bytes:
    """A file's bytes after so many writes and truncations."""
    content = bytearray(durable)
    for call in calls:
        if call.what == "truncate":
            content = content[: call.at] + bytes(max(0, call.at - len(content)))
            continue
        content.extend(bytes(max(0, call.at - len(content))))
        content[call.at : call.at + len(call.data)] = call.data
    return bytes(content)


def sectors(call: Call) -> Iterator[Call]:
    """A write in the pieces that reach a disk whole."""
    if call.what == "truncate":
        yield call
    at, end = call.at, call.at + len(call.data)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        yield Call("write", call.name, call.data[at - call.at : until - call.at], at)
        at = until


# --- reading what strace wrote (-f -y -xx) --------------------------------------------------------------------------


def calls_of(trace: Path, folder: Path, acknowledged: Path) -> Iterator[Call]:
    """The calls that touched the folder, and each acknowledgement, in the order in which they were made."""
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            assert "unfinished" not in line, "two threads' calls are mixed in the trace"
            found = CALL.match(line)
            if found is None:
                continue
            call = _call(found[1], found[2], str(folder), str(acknowledged))
            if call is not None and int(found[3]) < 0:
                call = Call("lost", call.name) if call.what == "sync" and call.name else None
            if call is not None and not call.name.endswith("-shm"):  # rebuilt whenever a first reader comes
                yield call


def _call(name: str, arguments: str, folder: str, acknowledged: str) -> Call | None:
    path = _path(name, arguments)
    if name == "write":
        return Call("ack", "", _quoted(arguments)) if path == acknowledged else None
    if path != folder and not path.startswith(folder + "/"):
        return None
    file = path.removeprefix(folder).lstrip("/")
    numbers = [int(each) for each in re.findall(r", (\d+)", arguments)]
    match name:
        case "pwrite64":
            return Call("write", file, _quoted(arguments), numbers[-1])
        case "ftruncate":
            return Call("truncate", file, at=numbers[-1])
        case "fsync" | "fdatasync":
            return Call("sync", file)
        case "openat":
            return Call("create", file) if "O_CREAT" in arguments else None
        case "unlink" | "unlinkat":
            return Call("unlink", file)
    raise AssertionError(f"{name} is a call that this replay does not know")


def _path(name: str, arguments: str) -> str:
    if name in ("openat", "unlink", "unlinkat", "rename"):
        return _quoted(arguments).decode()
    opened = re.match(r"\d+<([^>]*)>", arguments)
    return "" if opened is None else _bytes(opened[1]).decode()


def _quoted(arguments: str) -> bytes:
    found = re.search(r'"([^"]*)"(\.\.\.)?', arguments)
    assert found is not None and found[2] is None, "a text was cut short in the trace"
    return _bytes(found[1])


def _bytes(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.replace("\\x", ""))
