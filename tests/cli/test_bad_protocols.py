"""A study folder with one thing wrong: every verb says where, why it matters and what to do, and writes nothing."""

from __future__ import annotations

import shutil

import pytest

# What is changed in the invented protocol, where the finding points, and what it says.
FAULTS = {
    "a misspelt key at the top": ("eligibility:", "eligibilty:", "1.yaml:15:1", "Is 'eligibility' meant?"),
    "a misspelt key in a clause": ("    drug: ex", "    durg: ex", "1.yaml:22:5", "Is 'drug' meant?"),
    "a misspelt key in a condition": ("measure: anc", "mesure: anc", "1.yaml:18:", "is 'measure' meant?"),
    "a quote that is not in the record": ("at two hospitals", "at ten hospitals", "1.yaml:9:", "does not say"),
    "an empty quote": ('["Visit on day 15"]', '[""]', "1.yaml:27:", "The quote is empty"),
    "no quote, source or question": (
        '    quotes: ["ANC at least 1,500"]\n',
        "",
        "1.yaml:16:",
        "neither quotes, nor a source, nor a question",
    ),
    "a source that is not listed": (
        '    quotes: ["ANC at least 1,500"]\n',
        "    source: nowhere\n",
        "1.yaml:17:",
        "nowhere",
    ),
    "a unit of another dimension": ('">= 1500 /mm3"', '">= 1500 mg/dL"', "1.yaml:18:", "measures something else"),
    "a unit nobody knows": ('">= 1500 /mm3"', '">= 1500 /mm3x"', "1.yaml:18:", "/mm3x"),
    "a dose in another dimension": ("step: 5 mg", "step: 5 mL", "1.yaml:25:", "mL"),
    "an unknown standard version": ("ctcae/3.0", "ctcae/3.1", "1.yaml:5:", "did you mean 'ctcae/3.0'"),
    "a version that is not the file's": ('version: "1"', 'version: "7"', "1.yaml:2:", "version '7'"),
    "a concept nobody knows": ("measure: anc", "measure: ank", "1.yaml:18:", "'anc'"),
    "a tag that runs code": ("sources: {}", "sources: !!python/object/apply:os.system [id]", "1.yaml:6:", "A tag"),
    "an alias that multiplies": ("sources: {}", "sources: &a {}\nsources2: [*a, *a]", "1.yaml:6:", "An anchor"),
    "a key that stands twice": ("sources: {}", "sources: {}\nsources: {}", "1.yaml:7:1", "sources"),
    "a control character": ("title: An example", "title: An\x07example", "1.yaml:3:10", "U+0007"),
    "a mark that turns the text": ("title: An", "title: \u202eAn", "1.yaml:3:8", "U+202E"),
    "a quote without its end": ("title: An example", 'title: "An example', "1.yaml:", ""),
}


@pytest.mark.parametrize(("old", "new", "where", "says"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_protocol_is_found_by_every_verb_and_nothing_is_written(
    run, clear, invented, contents, tmp_path, lines_of, old, new, where, says
) -> None:
    file = invented / "protocol" / "1.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    before, out = contents(invented), tmp_path / "out"
    calls = [("check", invented), ("rehearse", invented), ("status", invented), ("report", invented, "--out", out)]
    for arguments in calls:
        answer = run(*arguments)
        clear(answer, where, says)
        assert answer.out == ""
    assert contents(invented) == before and not out.exists()


def test_the_invented_study_without_a_fault_loads(run, invented) -> None:
    answer = run("check", invented)
    assert ".yaml:" not in answer.err and answer.out.startswith("EXAMPLE-1, protocol version 1")


def put(name: str, content: bytes | None):
    def change(folder) -> None:
        file = folder / name
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)

    return change


def without_folder(folder) -> None:
    shutil.rmtree(folder / "protocol")


def file_for_folder(folder) -> None:
    shutil.rmtree(folder / "protocol")
    (folder / "protocol").write_text("protocol")


def folder_for_file(folder) -> None:
    (folder / "protocol" / "1.yaml").unlink()
    (folder / "protocol" / "1.yaml").mkdir()


def one_version_twice(folder) -> None:
    shutil.copy(folder / "protocol" / "1.yaml", folder / "protocol" / "one.yaml")


def cut_in_the_middle(folder) -> None:
    file = folder / "protocol" / "1.yaml"
    file.write_bytes(file.read_bytes()[:400])


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
FOLDERS = {
    "no protocol folder": (without_folder, "no file that ends in .yaml"),
    "a file for the protocol folder": (file_for_folder, "no file that ends in .yaml"),
    "a folder for the protocol": (folder_for_file, "cannot be read"),
    "two files of one version": (one_version_twice, "one.yaml"),
    "a protocol cut in the middle": (cut_in_the_middle, "error 1.yaml:"),
    "an empty protocol": (put("protocol/1.yaml", b""), "The file is empty"),
    "a binary protocol": (put("protocol/1.yaml", bytes(range(256)) * 4), "binary"),
    "a list for a protocol": (put("protocol/1.yaml", b"- a\n- b\n"), "1.yaml:1:1"),
    "a bomb": (put("protocol/1.yaml", BOMB.encode()), "An alias"),
    "a very deep protocol": (put("protocol/1.yaml", b"[" * 50_000), "1.yaml"),
    "no record": (put("record.txt", None), "record.txt"),
    "an empty record": (put("record.txt", b""), "record.txt: The record is empty"),
    "a binary record": (put("record.txt", bytes(range(256)) * 4), "not UTF-8 text"),
}


@pytest.mark.parametrize(("change", "says"), FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_is_no_whole_study_is_refused_in_one_screen(run, clear, invented, contents, change, says) -> None:
    change(invented)
    before = contents(invented)
    for verb in ("check", "status", "rehearse"):
        answer = run(verb, invented)
        clear(answer, says)
        assert len(answer.err.splitlines()) < 100
    assert contents(invented) == before


@pytest.mark.parametrize("verb", [["check"], ["status"], ["rehearse"], ["report", "--out", "o"], ["ledger", "verify"]])
def test_a_folder_that_is_not_there_is_wrong_use_and_none_is_made(run, tmp_path, verb) -> None:
    answer = run(*verb, tmp_path / "gone")
    assert answer.code == 2 and "does not exist" in answer.err and not (tmp_path / "gone").exists()


@pytest.mark.parametrize("verb", ["check", "status", "rehearse"])
def test_an_empty_folder_is_no_study(run, clear, tmp_path, contents, verb) -> None:
    (tmp_path / "empty").mkdir()
    clear(run(verb, tmp_path / "empty"), "no file that ends in .yaml", "record.txt")
    assert contents(tmp_path) == {}
