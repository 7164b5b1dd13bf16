"""Published results from a file: what can be used, and every mistake with its line and column."""

from pathlib import Path

import pytest
import small_trial as t

from trialwright.adapters.reports.published import read_published

GOOD = """\
sources: {paper: "Authors, journal, year"}
results:
  - {id: rate, label: Response, published: 1 of 3, source: paper, measure: response rate, population: treated}
  - {id: pfs, published: 8 months, source: "A paper, 2014", measure: median time, of: pfs, how: follows}
"""


def read(tmp_path: Path, text: str) -> tuple[list[str], list[str]]:
    """The ids of the rows that can be used, and the findings as place and words."""
    file = tmp_path / "published.yaml"
    file.write_text(text, "utf-8")
    rows, findings = read_published(file, t.protocol())
    return [row["id"] for row in rows], [f"{one.where} {one.says} {one.do}" for one in findings]


def test_a_good_file_is_read_whole(tmp_path) -> None:
    assert read(tmp_path, GOOD) == (["rate", "pfs"], [])


def test_the_name_of_a_source_is_written_out(tmp_path) -> None:
    (tmp_path / "p.yaml").write_text(GOOD, "utf-8")
    rows, _ = read_published(tmp_path / "p.yaml", t.protocol())
    assert [row["source"] for row in rows] == ["Authors, journal, year", "A paper, 2014"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{id: x, published: 1, measure: ^median tim}", "Did you mean 'median time'?"),
        ("{id: x, published: 1, measure: ^median time}", "asks of what"),
        ("{id: x, published: 1, measure: median time, of: ^psf}", "Did you mean 'pfs'?"),
        ("{id: x, published: 1, measure: best response, of: ^XR}", "nothing this trial has"),
        ("{id: x, published: 1, population: ^everyone}", "No population is called 'everyone'"),
        ("{id: x, published: 1, grade: ^6}", "6 is no grade"),
        ("{id: x, published: 1, how: ^guessed}", "Ours cannot come by 'guessed'"),
        ("{id: x, published: 1, ^sauce: paper}", "Did you mean 'source'?"),
        ("{id: x, published: 1, source: ^papre}", "Did you mean 'paper'?"),
        ("^{published: 1}", "The row has no 'id'"),
        ("^{id: x}", "The row has no 'published'"),
        ("^7", "7 is no row"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_place(tmp_path, row, says) -> None:
    """The place is marked by ^."""
    told, column = row.replace("^", ""), len("  - ") + row.index("^") + 1
    rows, findings = read(tmp_path, f"sources: {{paper: P}}\nresults:\n  - {told}\n  - {{id: good, published: 2}}\n")
    assert rows == ["good"]
    assert len(findings) == 1
    assert findings[0].startswith(f"published.yaml:3:{column} ")
    assert says in findings[0]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("results: [", "published.yaml:1:"),
        ("- a\n", "published.yaml:1:"),
        ("result: []\nresults: []\n", "published.yaml:1:1"),
        ("results: 5\n", "published.yaml:1:10"),
        ("", "published.yaml:1:1"),
        ("results:\n  - &a {id: x, published: 1}\n", "published.yaml:2:5"),
    ],
)
def test_a_file_that_is_none_is_told_with_its_place(tmp_path, text, place) -> None:
    rows, findings = read(tmp_path, text)
    assert rows == []
    assert findings[0].startswith(place)


def test_two_rows_of_one_id_are_warned_of(tmp_path) -> None:
    rows, findings = read(tmp_path, "results:\n  - {id: x, published: 1}\n  - {id: x, published: 2}\n")
    assert rows == ["x", "x"]
    assert findings == ["published.yaml:3:10 Two rows have the id 'x'. Give each its own."]


def test_a_file_that_is_not_there_is_a_finding(tmp_path) -> None:
    rows, findings = read_published(tmp_path / "none.yaml", t.protocol())
    assert rows == []
    assert "cannot be read" in findings[0].says
