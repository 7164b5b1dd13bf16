"""The process that verifies a ledger: `python -m trialwright.adapters.edc.oversight.checker FOLDER STATE`.

It recomputes every hash, looks at the installation, and writes how far it is into STATE, whole each time. What is
checked is `store.verification` and `store.doctor`; a page reads STATE. Read `main`.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EVERY = 500
"""After so many events it says how far it is."""


def main(folder: Path, state: Path) -> int:
    """Verify and look; 0 where both were done, whatever they found."""
    told: dict[str, Any] = json.loads(state.read_text("utf-8"))
    told |= {"state": "working", "pid": os.getpid()}
    try:
        told["verification"] = _verified(folder, state, told)
        told["doctor"] = _looked_at(folder)
        told |= {"state": "done", "damaged": not told["verification"]["ok"]}
    except Exception as wrong:
        told |= {"state": "failed", "why": type(wrong).__name__}
    write(state, {**told, "finished": datetime.now(UTC).isoformat()})
    return 0


def _verified(folder: Path, state: Path, told: dict[str, Any]) -> dict[str, Any]:
    from trialwright.store.verification import verify

    def tap(_stored: object) -> None:
        told["checked"] = told.get("checked", 0) + 1
        if told["checked"] % EVERY == 0:
            write(state, told)

    found = verify(folder, tap=tap)
    said = [
        {"says": one.says, "matters": one.matters, "do": one.do, "wrong": one.matters != ""} for one in found.findings()
    ]
    return {**found.as_json(), "code": found.code, "findings": said}


def _looked_at(folder: Path) -> list[dict[str, str]]:
    from trialwright.store.doctor import examine, look

    return [
        {"check": one.check.name, "state": one.state.value, "says": one.says, "matters": one.check.matters,
         "do": one.check.do}
        for one in examine(look(folder))
    ]  # fmt: skip


def write(file: Path, told: Mapping[str, Any]) -> None:
    """Write a file so that nobody ever reads half of it."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    draft.replace(file)


if __name__ == "__main__":
    os.nice(10)
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))
