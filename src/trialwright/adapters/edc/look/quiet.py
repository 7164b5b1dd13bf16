"""What a server's log says of a request: which page, who, which status, which mistake; never an address or a value.

An address that is typed, and the words of an exception, may hold anything: a name in place of an id, a number that
could not be read. A line of the log holds the page's name from the table and, of a mistake of the program, its kind and
where in the program it is. Read `Quiet`.
"""

from __future__ import annotations

import logging
import time
import traceback
from types import TracebackType

from django.utils.functional import SimpleLazyObject

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Quiet(logging.Formatter):
    """A line of the log without what somebody typed, at an instant in UTC."""

    default_time_format, default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        """An instant in UTC."""
        return time.gmtime(seconds)

    def format(self, record: logging.LogRecord) -> str:
        """The line; one about a request says the page and the status in place of the address."""
        told = logging.makeLogRecord(vars(record))
        told.msg, told.args, told.exc_text = " ".join(_words(record).split()), (), None
        return super().format(told)

    def formatException(self, ei: Raised) -> str:  # noqa: N802 — the name it has in the standard library
        """The kind of mistake and its place, without its words."""
        kind, _wrong, where = ei
        frames = (f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(where))
        return "\n".join([f"{kind.__name__ if kind else 'mistake'}, at", *frames])


def _words(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    if request is None:
        return record.getMessage()
    match = getattr(request, "resolver_match", None)
    page = match.view_name if match is not None and match.view_name else "no page"
    known = vars(request).get("_cached_user") or vars(request).get("user")
    who = "-" if isinstance(known, SimpleLazyObject) else getattr(known, "person", "-")  # no question for a log
    return f"{getattr(record, 'status_code', '')} {request.method} {page} person={who}"
