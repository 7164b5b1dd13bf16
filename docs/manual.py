"""Writes docs/manual/<study>/: the worked patients with the clauses they prove, and statement -> module -> case.

Everything on the pages comes from the study's folder: its cases as they were judged, and statements.yaml where it has
one. A page is read by a nurse or a committee, so words come first and ids after. Run `make manual`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.cases import CaseResult, WorkedCase, coverage, load_cases, run_case
from trialwright.adapters.study.mutation.conditions import told
from trialwright.adapters.study.tracing import Traced, load_statements, traced
from trialwright.core.protocol import StudyProtocol, clauses

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = Path(__file__).resolve().parent / "manual"
WRITTEN = "<!-- written by make manual from the study's folder; change the folder, not this page -->"
ENOUGH = 4
"""So many cases stand in a row of the table; the others are counted."""
OF_PATIENTS = ("like", "each course")


def studies() -> list[Path]:
    """The studies that have worked patients."""
    return sorted(one.parent for one in PROJECT.glob("studies/*/cases"))


def pages(folder: Path) -> dict[str, str]:
    """Every page of a study's manual by its file's name."""
    study = load_study(folder)
    cases, findings = load_cases(study)
    trial = study.trial
    assert trial is not None and not findings, [one.says for one in findings]
    results = [run_case(trial, case) for case in cases]
    protocol = trial.versions[trial.latest]
    numbers = {one.case.name: number for number, one in enumerate(results, start=1)}
    written = {
        "cases.md": cases_page(study, protocol, results, numbers),
        "clauses.md": clauses_page(protocol, results, numbers),
    }
    statements, _ = load_statements(folder)
    if statements:
        written["statements.md"] = statements_page(protocol, traced(statements, protocol, results), numbers)
    return written


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", WRITTEN, "", *lines]) + "\n"


def _linked(names: Sequence[str], numbers: Mapping[str, int]) -> str:
    """The numbers of cases, each a link to the case."""
    return ", ".join(f"[{numbers[name]}](cases.md#{numbers[name]})" for name in names)


# --- the worked patients ---------------------------------------------------------------------------------------------


def cases_page(study: Study, protocol: StudyProtocol, results: Sequence[CaseResult], numbers: Mapping[str, int]) -> str:
    """All cases, file by file: the sentence, what is told and expected, and the clauses it proves."""
    return _page(f"{protocol.protocol}: worked patients", _cases(study, protocol, results, numbers))


def _cases(
    study: Study, protocol: StudyProtocol, results: Sequence[CaseResult], numbers: Mapping[str, int]
) -> Iterator[str]:
    proved = sum(bool(names) for names in coverage(protocol, results).values())
    yield f"{len(results)} patients, told and judged by `trialwright cases`; {proved} clauses are proved by them."
    for file in dict.fromkeys(one.case.file for one in results):
        yield from ("", f"## {file.removesuffix('.yaml').replace('_', ' ').capitalize()}", "")
        yield from _heading(study.folder / "cases" / file)
        for one in results:
            if one.case.file == file:
                yield from _case(one, numbers[one.case.name])


def _heading(file: Path) -> Iterator[str]:
    """The words at the head of a case file."""
    for line in file.read_text("utf-8").splitlines():
        if not line.startswith("# "):
            break
        yield line.removeprefix("# ")


def _case(one: CaseResult, number: int) -> Iterator[str]:
    version = f" (version {one.case.version})" if "version" in one.case.given else ""
    yield from ("", f'<a id="{number}"></a>', f"**{number}. {one.case.name}**{version}", "")
    yield f"- told: {_told(one.case)}"
    yield f"- expected: {'; '.join(f'{word}: {told(part.value)}' for word, part in one.case.expect.items())}"
    if one.proves:
        yield f"- proves: {', '.join(f'`{clause}`' for clause in one.proves)}"


def _told(case: WorkedCase) -> str:
    """What the case itself says, in the order of its file; what its patient says already is left to the patient."""
    own = {key: part for key, part in case.given.items() if part.path[0] != "patients" and key not in OF_PATIENTS}
    return "; ".join(f"{key}: {'–' if part.value is None else told(part.value)}" for key, part in own.items())


# --- clauses and statements ------------------------------------------------------------------------------------------


def clauses_page(protocol: StudyProtocol, results: Sequence[CaseResult], numbers: Mapping[str, int]) -> str:
    """Every clause that decides something, with the cases that prove it."""
    return _page(f"{protocol.protocol}: clause → cases", _clauses(protocol, results, numbers))


def _clauses(protocol: StudyProtocol, results: Sequence[CaseResult], numbers: Mapping[str, int]) -> Iterator[str]:
    words = {clause.id: clause.words for _, clause in clauses(protocol)}
    yield from ("| clause | its words | cases |", "| --- | --- | --- |")
    for clause, names in coverage(protocol, results).items():
        yield f"| `{clause}` | {_cell(words[clause])} | {_linked(names, numbers) or 'none'} |"


def statements_page(protocol: StudyProtocol, rows: Sequence[Traced], numbers: Mapping[str, int]) -> str:
    """Every numbered statement of the record with its clauses, what acts on them and what proves them."""
    return _page(f"{protocol.protocol}: statement → module → case", _statements(rows, numbers))


def _statements(rows: Sequence[Traced], numbers: Mapping[str, int]) -> Iterator[str]:
    yield f"Each statement is read from the record by `{rows[0].read_by}`; the cases named prove what it decides."
    yield from ("", "| no. | statement | in the record | clauses | modules | proved by |", "| --- " * 6 + "|")
    for row in rows:
        one = row.statement
        ids = ", ".join(f"`{clause}`" for clause in one.clauses) or one.no_clause
        modules = ", ".join(f"`{module}`" for module in row.modules)
        quote = f"“{_cell(one.quote)}”" if one.quote else ""
        yield f"| {one.number} | {_cell(one.says)} | {quote} | {ids} | {modules} | {_proof(row, numbers)} |"


def _proof(row: Traced, numbers: Mapping[str, int]) -> str:
    if not row.cases:
        return f"`test_statement[{row.statement.number}-…]`"
    more = len(row.cases) - ENOUGH
    return _linked(row.cases[:ENOUGH], numbers) + (f" and {more} more" if more > 0 else "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write every study's manual again."""
    for folder in studies():
        for name, text in pages(folder).items():
            page = FOLDER / folder.name / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
