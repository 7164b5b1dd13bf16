"""What each page may write is declared here, and nothing of the web application writes past the ledger's one door.

A page that takes a form and is not in `MAKES` fails; so does one that is there and takes none. That a form makes
exactly what is declared is tried where the page is tested; that a form sent empty makes nothing, in `test_pages_open`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

EDC = Path(__file__).resolve().parents[4] / "src" / "trialwright" / "adapters" / "edc"
FORM = {"FormSubmitted", "FormCorrected", "QueryOpened", "QueryAnswered"}
NOTHING: set[str] = set()
MAKES: dict[str, set[str]] = {
    "form": FORM, "record": FORM, "correct": FORM,
    "form-check": NOTHING, "record-check": NOTHING, "correct-check": NOTHING,
    "decide-screen": {"SubjectScreened", "ConsentGiven", "FormSubmitted"}, "decide-consent": {"ConsentGiven"},
    "decide-withdraw-consent": {"ConsentWithdrawn"}, "decide-fail-screening": {"ScreeningFailed"},
    "decide-register": {"SubjectRegistered"}, "decide-allocate": {"ArmAllocated"}, "decide-join": {"SubstudyJoined"},
    "decide-start-course": {"CourseStarted"}, "decide-release": {"DoseReleased"},
    "decide-end-treatment": {"TreatmentEnded"}, "decide-leave": {"StudyLeft"}, "decide-found": {"SubjectFound"},
    "decide-move": {"SubjectMoved"}, "decide-transfer": {"SubjectTransferred"},
    "decide-void": {"EventVoided"}, "decide-void-study": {"EventVoided"}, "decide-activate": {"ProtocolActivated"},
    "decide-end-approval": {"ApprovalEnded"},
    "decide-suspend": {"AccrualSuspended"}, "decide-resume": {"AccrualResumed"},
    "decide-declare": {"StudyStatusDeclared"}, "ranges": {"ReferenceRangeSet"},
    "specimen-step": {"FormSubmitted"}, "capsules-of": {"FormSubmitted"},
    "calendar-feed": {"TokenIssued", "TokenEnded"},
    "queries": {"QueryOpened", "QueryAnswered", "QueryClosed"},
    "query": {"QueryOpened", "QueryAnswered", "QueryClosed"}, "verify-subject": {"SourceVerified"},
    "coding": {"TermCoded"}, "dictionaries": {"DictionaryLoaded"},
    "locks": {"Locked", "UnlockRequested", "Unlocked"}, "lock": {"Locked", "UnlockRequested", "Unlocked"},
    "sign": {"Signed"}, "audit": {"AuditReviewed"}, "audit-export": {"DataExported"}, "ledger": NOTHING,
    "import-upload": NOTHING, "import-review": {"FormSubmitted", "FormCorrected", "DataImported"},
    "subject-deviations": {"FormSubmitted", "FormCorrected"}, "serious-event": {"FormSubmitted", "FormCorrected"},
    "screening-file": {"DataExported"}, "casebook": {"DataExported"},
    "figures": {"DataExported"}, "files": {"DataExported"}, "invite": {"PersonNamed", "RoleGranted"},
    "delegation": {"TrainingRecorded"},
    "person": {"RoleGranted", "RoleEnded", "TrainingRecorded", "PersonDeactivated", "PersonReactivated",
               "AccessRestored", "TokenEnded"},
    "api-signatures": {"Signed"}, "api-exports": {"DataExported"},
    "api-dictionaries": {"DictionaryLoaded"},
    "api-check": NOTHING, "api-import-check": NOTHING, "api-verify": NOTHING,
    "api-import": {"FormSubmitted", "FormCorrected", "DataImported"},
}  # fmt: skip
"""The kinds of event that a form of each page may make."""
ANY_KIND = {"api-events"}
"""Pages through which any event is sent that the person may make."""
BANNED = {
    "trialwright.store.writer", "trialwright.store.rows", "trialwright.store.models", "trialwright.store.engines",
    "trialwright.store.keeping", "trialwright.store.moving", "trialwright.store.redaction", "sqlite3", "psycopg",
}  # fmt: skip
"""What would let a page write to the ledger past `desk.save`."""
PAST = ("bulk_create", "bulk_update", ".raw(", "ledger_event", "ledger_payload", "INSERT INTO", "UPDATE ")
ALLOWED = {
    "settings.py": {"trialwright.store.engines", "trialwright.store.engines.values"},
    "desk/opened.py": {"trialwright.store.writer"},
    "people/keeping.py": {"trialwright.store.keeping.accounts"},
}
"""What is told the database's settings, the one place that saves, and what knows the names of a backup's files."""
KEEPS_ACCOUNTS = ("people", "migrations", "models.py", "starting.py", "settings.py", "middleware.py")
"""Where the accounts are kept (secrets and sessions); no event is."""


def writing_pages() -> list[Any]:
    from trialwright.adapters.edc.access.matrix import pages

    return [page for page in pages() if page.write]


def test_every_page_that_takes_a_form_says_what_it_makes() -> None:
    declared, there = {*MAKES, *ANY_KIND}, {page.name for page in writing_pages()}
    assert there - declared == set(), "say in MAKES which events these make"
    assert declared - there == set(), "these take no form"


def test_what_is_declared_are_kinds_of_event() -> None:
    from trialwright.core.ledger import KINDS, SYSTEM_KINDS

    assert {kind for kinds in MAKES.values() for kind in kinds} <= {*KINDS, *SYSTEM_KINDS}


def test_every_kind_that_people_make_is_made_by_some_page() -> None:
    from trialwright.core.ledger import KINDS

    made = {kind for kinds in MAKES.values() for kind in kinds}
    elsewhere = {
        "PayloadRedacted",  # by the command line alone, since it erases
        "StudyOpened",  # by the link of the first administrator, who is nobody before
    }
    assert set(KINDS) - made == elsewhere


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def sources() -> list[Path]:
    return sorted(EDC.rglob("*.py"))


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(EDC)))
def test_nothing_writes_to_the_ledger_past_its_door(file: Path) -> None:
    named = set(imports(file))
    past = {name for name in named for banned in BANNED if name == banned or name.startswith(f"{banned}.")}
    assert past - ALLOWED.get(str(file.relative_to(EDC)), set()) == set()
    if file.relative_to(EDC).parts[0] not in KEEPS_ACCOUNTS:
        text = file.read_text("utf-8")
        for words in (
            "bulk_create",
            "bulk_update",
            ".raw(",
            "ledger_event",
            "ledger_payload",
            "INSERT INTO",
            "UPDATE ",
        ):
            assert words not in text, f"{words!r} writes past the ledger"
