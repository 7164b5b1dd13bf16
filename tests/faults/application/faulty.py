"""The web application with faults seeded, as `granian` loads it: for the negative controls of half an hour of use.

One save in four is acknowledged and not written, everybody is shown every site, and each request leaves a file open and
memory behind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from trialwright.adapters.edc.wsgi import application as honest

LEFT = 300_000
_saves, _left = count(1), list[Any]()


def application(environ: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
    """The application, and what it leaves behind."""
    _left.append((os.open(os.devnull, os.O_RDONLY), bytearray(os.urandom(LEFT))))
    return honest(environ, begin)


def _seed() -> None:
    from trialwright.adapters.edc.desk import desk, opened
    from trialwright.store import Receipt

    save = opened.OpenStudy.save

    def forgetful(self: Any, submission: Any, may: Any = None) -> Any:
        if next(_saves) % 4 == 0:
            return Receipt(submission.submission_id, (0,), ("",), "")
        return save(self, submission, may)

    opened.OpenStudy.save = forgetful  # type: ignore[method-assign]
    desk.Desk.central = True  # type: ignore[assignment]


_seed()
