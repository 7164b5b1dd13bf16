"""The doctor's table: what is checked, why it matters, what to do; each check is a function of what was seen.

A check answers with what is wrong, with "" where all is well, or with None where it does not apply. Numbers that decide
are constants here, with their grounds. Read `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from trialwright.core.terms import Finding, Severity
from trialwright.store.checkpoints.emitting import Standing
from trialwright.store.checkpoints.sinks import ENOUGH
from trialwright.store.doctor.seen import Seen
from trialwright.store.entry import read_instant
from trialwright.store.issuer import SIMULATED
from trialwright.store.sqlite import SAFE_WAL, SYNCHRONOUS, durability

MEBIBYTE = 1 << 20
LEAST_FREE = 256 * MEBIBYTE
STEP = 1.0
"""Seconds by which two clocks of one machine never part within a moment unless one was set."""
SLACK = timedelta(seconds=5)
"""How far the last event may lie ahead of the clock: time servers correct that much."""
ANCHOR_AGE = timedelta(hours=24)
NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs",
    "lustre", "beegfs", "9p", "drvfs", "vboxsf", "prl_fs", "vmhgfs", "fuse.vmhgfs-fuse", "fuse.sshfs", "fuse.s3fs",
    "fuse.rclone", "fuse.davfs", "davfs", "gfs2", "ocfs2", "fuse.gcsfuse", "fuse.onedrive",
}  # fmt: skip
"""File systems that lie on another machine, or whose locks and syncs are another system's."""
IN_MEMORY = {"tmpfs", "ramfs", "devtmpfs", "hugetlbfs"}
SERVER_MUST = {"fsync": ("on",), "full_page_writes": ("on",), "data_checksums": ("on",), "zero_damaged_pages": ("off",)}
COMMIT = ("on", "remote_write", "remote_apply")


class State(Enum):
    """What a check comes to."""

    SAFE = "ok"
    UNSAFE = "unsafe"
    WARNING = "warning"
    NOT_ASKED = "does not apply"


@dataclass(frozen=True)
class Check:
    """One row of the table."""

    name: str
    tells: str
    ask: Callable[[Seen], str | None]
    matters: str
    do: str
    refuses: bool = True


@dataclass(frozen=True)
class Result:
    """What one check found."""

    check: Check
    state: State
    says: str

    def finding(self) -> Finding:
        """The same as a finding."""
        severity = Severity.ERROR if self.state is State.UNSAFE else Severity.WARNING
        return Finding(
            about=self.check.name, says=self.says, matters=self.check.matters, do=self.check.do, severity=severity
        )


def examine(seen: Seen) -> tuple[Result, ...]:
    """Every check, in the order of the table."""
    return tuple(_result(check, check.ask(seen)) for check in CHECKS)


def _result(check: Check, said: str | None) -> Result:
    if said is None:
        return Result(check, State.NOT_ASKED, "")
    if not said:
        return Result(check, State.SAFE, "")
    return Result(check, State.UNSAFE if check.refuses else State.WARNING, said)


# --- SQLite ----------------------------------------------------------------------------------------------------------


def sqlite_version(seen: Seen) -> str | None:
    """A library whose write-ahead log cannot be reset wrongly; an older one is used with a rollback journal."""
    if seen.sqlite is None:
        return None
    found, safe = ".".join(map(str, seen.sqlite)), ".".join(map(str, SAFE_WAL))
    told = f"SQLite {found} is in use, and {safe} is the first without the reset bug."
    return "" if seen.sqlite >= SAFE_WAL else told


def journal(seen: Seen) -> str | None:
    """The journal that is safe with this library."""
    if seen.sqlite is None:
        return None
    if seen.pragmas is None:
        return f"It could not be tried there: {seen.no_pragmas or 'no connection came up'}."
    wanted, found = durability(seen.sqlite).journal, str(seen.pragmas["journal_mode"]).upper()
    if found != wanted:
        return f"A connection comes up with journal mode {found}; {wanted} is the safe one here."
    if seen.written_ahead and wanted != "WAL":
        return "The ledger is written with a write-ahead log, which this library may reset wrongly."
    return ""


def synchronous(seen: Seen) -> str | None:
    """Each save waits for the disk."""
    if seen.sqlite is None or seen.pragmas is None:
        return None
    wanted, found = durability(seen.sqlite).synchronous, seen.pragmas["synchronous"]
    return "" if found >= SYNCHRONOUS[wanted] else f"A connection comes up with synchronous={found}, not {wanted}."


def memory_mapped(seen: Seen) -> str | None:
    """The file is read, not mapped into memory."""
    if seen.pragmas is None:
        return None
    size = seen.pragmas["mmap_size"]
    return f"Memory-mapped reading is on (mmap_size={size})." if size else ""


def erasing(seen: Seen) -> str | None:
    """What is erased is overwritten."""
    if seen.pragmas is None:
        return None
    return "" if seen.pragmas["secure_delete"] else "A connection comes up with secure_delete off."


def local_disk(seen: Seen) -> str | None:
    """The folder lies on a disk of this machine."""
    if seen.folder is None or seen.engine != "SQLite":
        return None
    if seen.file_system in NETWORK:
        return f"{seen.folder} lies on a network file system ({seen.file_system})."
    if seen.file_system in IN_MEMORY:
        return "" if seen.kind == SIMULATED else f"{seen.folder} lies in memory ({seen.file_system})."
    return ""


def known_disk(seen: Seen) -> str | None:
    """The kernel says what the folder lies on, and it stays."""
    if seen.folder is None or seen.engine != "SQLite":
        return None
    if seen.file_system is None:
        return f"What file system {seen.folder} lies on could not be told."
    layered = seen.file_system == "overlay" and seen.kind != SIMULATED
    return f"{seen.folder} lies in a container's own layer (overlay)." if layered else ""


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def reachable(seen: Seen) -> str | None:
    """The server answers."""
    if seen.engine != "PostgreSQL":
        return None
    return f"The server does not answer: {seen.no_server}" if seen.no_server else ""


def server_settings(seen: Seen) -> str | None:
    """The server writes what it says it wrote, and notices when the disk gives back something else."""
    if seen.server is None:
        return None
    wrong = [f"{name}={seen.server.get(name, 'not told')}" for name, safe in SERVER_MUST.items()
             if seen.server.get(name, "off" if name == "zero_damaged_pages" else "") not in safe]  # fmt: skip
    return f"The server runs with {', '.join(wrong)}." if wrong else ""


def server_commit(seen: Seen) -> str | None:
    """A commit waits for the disk."""
    if seen.server is None:
        return None
    found = seen.server.get("synchronous_commit", "not told")
    return "" if found in COMMIT else f"The server runs with synchronous_commit={found}."


def role_rights(seen: Seen) -> str | None:
    """Who saves cannot take a lock off."""
    if seen.rights is None:
        return None
    return f"The role that saves has {', '.join(seen.rights)}." if seen.rights else ""


# --- the ledger ------------------------------------------------------------------------------------------------------


def readable(seen: Seen) -> str | None:
    """The ledger opens."""
    return None if seen.folder is None else seen.unreadable


def locks(seen: Seen) -> str | None:
    """The database's own locks are on."""
    return None if seen.folder is None or not seen.events else "; ".join(seen.lost_locks)


def others_write(seen: Seen) -> str | None:
    """Nobody but its owner writes to the ledger's file."""
    if seen.file_mode is None or seen.engine != "SQLite":
        return None
    told = f"Others than its owner may write to the ledger's file (mode {seen.file_mode:04o})."
    return told if seen.file_mode & 0o022 else ""


def clock_behind(seen: Seen) -> str | None:
    """The clock is not behind what was recorded."""
    if seen.last_recorded is None or seen.kind == SIMULATED:
        return None
    ahead = seen.last_recorded - seen.now
    return f"The last event was recorded {ahead} from now: the clock was set back." if ahead > SLACK else ""


def clock_steady(seen: Seen) -> str | None:
    """The clock runs as steadily as the machine's own."""
    step = seen.wall_against_steady
    return f"The clock jumped by {step:+.1f} s while it was looked at." if abs(step) > STEP else ""


def went_back(seen: Seen) -> str | None:
    """Each of the last events was recorded after the one before it."""
    if not seen.events or seen.kind == SIMULATED:
        return None
    places = ", ".join(map(str, seen.went_back[:5]))
    return f"The clock went back before event {places}." if seen.went_back else ""


def sinks_enough(seen: Seen) -> str | None:
    """Checkpoints go to two places outside the database."""
    if seen.kind == SIMULATED:
        return None
    if seen.no_sinks:
        return seen.no_sinks
    return "" if seen.sinks >= ENOUGH else f"{seen.sinks} of at least {ENOUGH} places for checkpoints are set up."


def anchored(seen: Seen) -> str | None:
    """A checkpoint of not long ago is kept elsewhere."""
    if seen.standings is None or seen.kind == SIMULATED or not seen.events:
        return None
    return "; ".join(said for one in seen.standings if (said := _not_anchored(one, seen.now)))


def _not_anchored(one: Standing, now: datetime) -> str:
    if one.last_note is None or not one.sent_to:
        return f"No checkpoint of {one.chain_id} was ever sent anywhere"
    at = read_instant(one.last_note.checkpoint.at)
    if one.open_events and now - at > ANCHOR_AGE:
        return f"{one.open_events} events of {one.chain_id} came after its last checkpoint, of {at:%Y-%m-%d %H:%M} UTC"
    return ""


def key_safe(seen: Seen) -> str | None:
    """The key of the checkpoints is out of others' reach."""
    return seen.key


def debug_off(seen: Seen) -> str | None:
    """Nothing shows more than it should when something goes wrong."""
    return f"{' and '.join(seen.debug)} is on." if seen.debug else ""


def free_space(seen: Seen) -> str | None:
    """There is room to save, and to copy the ledger once."""
    if seen.free is None:
        return None
    needed = max(LEAST_FREE, seen.size)
    told = f"{seen.free // MEBIBYTE} MiB are free in {seen.folder}, and {needed // MEBIBYTE} MiB are asked for."
    return told if seen.free < needed else ""


LOST = "An acknowledged save could be lost in a power failure, or the file be corrupted."
CHECKS: tuple[Check, ...] = (
    Check("SQLite version", "the library that Django's backend loaded", sqlite_version,
          "Before 3.51.3 a write-ahead log can be reset wrongly and corrupt the file; such a library runs with a "
          "rollback journal, which is safe and slower.", "Install the package pysqlite3 of this program's lock file.",
          refuses=False),
    Check("journal mode", "a connection of this program to a new file beside the ledger", journal, LOST,
          "Move the study folder to a local disk that the program may write to."),
    Check("synchronous", "the same connection", synchronous, LOST, "Take out whatever sets PRAGMA synchronous."),
    Check("memory-mapped reading", "the same connection", memory_mapped,
          "A fault of the disk or a stray pointer could change the file through memory.",
          "Take out whatever sets PRAGMA mmap_size."),
    Check("erasing", "the same connection", erasing, "What is redacted could still be read in the file's free pages.",
          "Take out whatever sets PRAGMA secure_delete."),
    Check("local disk", "the mount the folder lies on, by the kernel's table", local_disk,
          "Locks and syncs of a network file system do not hold what SQLite needs of them; memory forgets.",
          "Move the study folder to a local disk, or keep the ledger on PostgreSQL."),
    Check("known disk", "the same table", known_disk,
          "On a network file system saves can be lost; a container's layer goes with the container.",
          "Find out what the folder lies on; mount a disk or a volume for it.", refuses=False),
    Check("server", "a connection with the address in TRIALWRIGHT_DATABASE_URL", reachable,
          "Nothing can be saved or read.", "Start the server, or correct the address."),
    Check("server settings", "pg_settings", server_settings,
          f"{LOST} A damaged page could be read as if it were whole.",
          "Set fsync=on, full_page_writes=on, zero_damaged_pages=off; turn checksums on with pg_checksums --enable."),
    Check("commit", "pg_settings", server_commit, LOST, "Set synchronous_commit=on."),
    Check("rights of the role", "pg_roles and has_table_privilege", role_rights,
          "Who saves could also take off the locks of the ledger and rewrite it.",
          "Save as the application's role: trialwright database init makes it."),
    Check("ledger", "opening it for reading", readable, "Nothing is answered from a ledger that does not open.",
          "Run: trialwright ledger verify."),
    Check("locks", "the triggers in the database against those the program put there", locks,
          "The database no longer refuses every change of what was recorded; somebody took that off.",
          "Run: trialwright ledger verify --anchors, and find out who did it before anything is written."),
    Check("file mode", "the permissions of the ledger's file", others_write,
          "Any user of the machine could rewrite the trial.", "Run: chmod go-w on the file and on its folder."),
    Check("clock behind", "now against the last event", clock_behind,
          "When an entry was made is part of the record; a clock that was set back dates new entries before old ones.",
          "Set the clock, by a time server, before anything is saved."),
    Check("clock steady", "the clock against the steady one, twice", clock_steady,
          "When an entry was made is part of the record.", "Let one time server correct the clock slowly (slew)."),
    Check("clock went back", "the instants of the last 1,000 events", went_back,
          "Entries are dated before earlier ones; their order is still that of the ledger.",
          "Find out why the clock was set back, and keep a note of it.", refuses=False),
    Check("places for checkpoints", "TRIALWRIGHT_ANCHORS or the file of anchors", sinks_enough,
          "Whoever owns the database could rewrite all of it unseen; one place alone can be lost or be rewritten too.",
          "Name two places elsewhere in TRIALWRIGHT_ANCHORS, such as a folder on another machine and a mail address."),
    Check("checkpoint kept elsewhere", "the checkpoints in the ledger and where they were sent", anchored,
          "What was recorded since could be rewritten by whoever owns the database, and nobody would see it.",
          "Run: trialwright ledger checkpoint; and look why it does not happen by itself."),
    Check("checkpoint key", "its file's place and permissions", key_safe,
          "Whoever has the key can sign checkpoints of a ledger they rewrote.",
          "Keep the key in a folder of its own, outside the study folder, readable by its owner alone (chmod 600)."),
    Check("debugging", "TRIALWRIGHT_DEBUG and the settings", debug_off,
          "Error pages and logs would show subjects' data.", "Unset it."),
    Check("free space", "the disk the folder lies on", free_space,
          "On a full disk nothing more is saved, and no backup or redaction can be made.",
          "Make room, or move the folder."),
)  # fmt: skip
"""What is checked, how it is told, why it matters, what to do."""
