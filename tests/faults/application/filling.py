"""A disk that fills up under the web application, accounts too: 507 and nothing half saved; with room it saves on.

The study's folder lies on a small file system in memory, which only root can mount. The control acknowledges before the
commit. (PostgreSQL ends itself when its own log cannot grow, which is `disks` with ENOSPC.)
"""

from __future__ import annotations

import shutil
from collections import Counter

from faults.application.disks import saved_by
from faults.application.ground import Ground, ground
from faults.application.people import DONE, FULL, Saved, compared, judge
from faults.diskfull import small_disk, unable
from faults.engines import SQLITE
from faults.evidence import Evidence

SAVES = {"quick": 40, "full": 200}
DISK, LEFT = "48m", 150_000


def prove(size: str, seed: int = 1) -> Evidence:
    """Saves while the disk fills up, then with room, then the control."""
    evidence = Evidence("application-disk-full", size, seed)
    if lacking := unable():
        evidence.not_run.append(f"application-disk-full: {lacking}")
        return evidence
    with ground(SQLITE) as made:
        full, after, found = filled(made, "none", SAVES[size])
        first, later = (Counter(one.status for one in some) for some in (full, after))
        judge(evidence, found)
        evidence.check("the disk was full for a while", first[FULL] > 0, answers=dict(first))
        evidence.check(
            "a full disk is told as 507, and nothing else is", set(first) <= {DONE, FULL}, answers=dict(first)
        )
        evidence.check("with room the same process saves on", set(later) == {DONE}, answers=dict(later))
        fault = "acknowledges before the commit"
        lost = filled(made, fault, SAVES[size])[2]["lost"]
        evidence.control(f"{fault}: lost", bool(lost), lost=len(lost))
    return evidence


def filled(on: Ground, fault: str, saves: int) -> tuple[list[Saved], list[Saved], dict[str, list[str]]]:
    """What was saved on a disk with little room, and then with room, and what the ledger holds of it."""
    with small_disk(DISK) as disk, on.application(fault, disk) as made:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(max(shutil.disk_usage(disk).free - LEFT, 0)))
        full = saved_by(made, 0, saves, patient=False)
        ballast.unlink()
        after = saved_by(made, saves, saves // 4, patient=False, done=full) if fault == "none" else []
        return full, after, compared(made.folder, made.study, [*full, *after])
