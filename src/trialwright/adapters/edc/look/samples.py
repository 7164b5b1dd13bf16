"""Every part of a page in one page, to look at while the stylesheet is worked on; reached in development alone.

The values are invented. `urls.py` has its address where DEBUG is on, which no served study is.
"""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.look.controls import Control
from trialwright.adapters.edc.look.menu import Entry, Heading
from trialwright.adapters.edc.look.page import render
from trialwright.core.terms import Because, Finding, Quantity, Severity, Verdict

WHY = (
    Because("rule-low-count", "count below the limit for 7 days: hold", "0.82 ×10⁹/L on 10 Jun"),
    Because("start", "one step up every course"),
    Because("floor", "never below the least dose"),
)
FOUND = tuple(
    Finding("item", f"A {one.value}: what is wrong.", "Why it matters.", "What to do.", "clause", one)
    for one in Severity
)
CONTROLS = (
    Control(
        name="count", label="Count", kind="number", value="0.82", unit="10*9/L", hint="normal here 1.8–7.7 · last 1.94"
    ),
    Control(
        name="wrong",
        label="Other count",
        kind="number",
        value="1,5",
        errors=("A comma can mean two things; write a point.",),
    ),
    Control(name="on", label="Date", kind="date", required=True),
    Control(
        name="why", label="Reason", kind="select", options=(("", ""), ("a", "typed wrong"), ("b", "source corrected"))
    ),
    Control(name="who", label="Sex", kind="radio", options=(("f", "female"), ("m", "male"))),
    Control(name="sure", label="I have seen the source", kind="checkbox"),
    Control(name="words", label="Comment", kind="textarea"),
)


def samples(request: HttpRequest) -> HttpResponse:
    """The parts of a page, each once."""
    menu = (
        Heading("Work", (Entry("Today", "/today/", here=True),)),
        Heading("Data", (Entry("Queries", "/queries/"), Entry("Coding", "/coding/"))),
    )
    context = {
        "because": WHY, "found": FOUND, "controls": CONTROLS, "verdicts": tuple(Verdict), "grades": range(6),
        "states": "overdue due open signed locked coming draft".split(), "on": date(2006, 7, 5),
        "dose": Quantity.parse("15 mg"), "menu": menu, "study": {"id": "SAMPLE", "title": "Parts of a page"},
        "today": date(2006, 7, 5), "simulated": True,
        "rows": [[str(n), f"row {n}", str(n * n)] for n in range(1, 6)], "headings": ["No.", "What", "Number"],
        "page": Paginator(range(400), 25).page(5),
    }  # fmt: skip
    return render(request, None, "edc/look/samples.html", context)
