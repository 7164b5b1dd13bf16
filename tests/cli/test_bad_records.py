"""`trialwright read` given what is no record, or half of one."""

from __future__ import annotations

import pytest

EMPTY, BINARY = b"", bytes(range(256)) * 8
WEB_PAGE = b"<!DOCTYPE html><html><head><title>Weather</title></head><body><h1>Sunny</h1></body></html>"
PLAIN_TEXT = b"Dear colleague,\nthe weather is fine and I have no trial for you.\n" * 20


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (EMPTY, "The file is empty."),
        (b" \n\t\n", "empty"),
        (BINARY, "not UTF-8 text"),
        (b"\x00\x01" * 600, "not text"),
        (WEB_PAGE, "This is HTML"),
        (PLAIN_TEXT, "not a study page"),
        (b'{"hello": [1, 2', "JSON"),
        (b'{"hello": [1, 2]}', "JSON"),
        (b"[" * 100_000, "JSON"),
    ],
    ids="empty blank binary zeros html letter cut-json other-json deep-json".split(),
)
def test_what_is_no_record_is_named_and_read_as_nothing(run, clear, tmp_path, content, says) -> None:
    file = tmp_path / "page.txt"
    file.write_bytes(content)
    answer = run("read", file)
    clear(answer, says)
    assert answer.out == ""
    document = run("read", file, "--json")
    assert document.code == 1 and document.document["protocolSection"] == {}
    assert bytes(file.read_bytes()) == content


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.6, 0.7])
def test_a_page_cut_in_the_middle_says_what_is_missing(run, clear, tmp_path, every_study, share) -> None:
    whole = (every_study / "record.txt").read_bytes()
    file = tmp_path / "page.txt"
    file.write_bytes(whole[: int(len(whole) * share)].decode("utf-8", "ignore").encode())
    answer = run("read", file)
    if whole.lstrip()[:1] == b"{":
        clear(answer, "JSON")
    else:
        clear(answer, "are missing" if "seems cut" in answer.err else "not a study page")


def test_a_whole_page_is_read(run, every_study) -> None:
    answer = run("read", every_study / "record.txt")
    assert answer.code == 0 and "error" not in answer.err


def test_a_file_that_is_not_there_and_a_folder_are_wrong_use(run, tmp_path) -> None:
    for named, says in ((tmp_path / "gone.txt", "does not exist"), (tmp_path, "is a directory")):
        answer = run("read", named)
        assert answer.code == 2 and says in answer.err


def test_marks_that_drive_a_terminal_are_made_visible(run, tmp_path, every_study) -> None:
    text = (every_study / "record.txt").read_text("utf-8")
    title = text.split("\n", 1)[0]
    file = tmp_path / "page.txt"
    file.write_text(text.replace(title, f"{title}\x1b[2J\u202eevil\u2066", 1), "utf-8")
    answer = run("read", file)
    assert not set(answer.out + answer.err) & {"\x1b", "\u202e", "\u2066"}
