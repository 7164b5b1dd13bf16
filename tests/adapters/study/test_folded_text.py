"""A text that the file folds over lines is read as one line of words and nothing else."""

from trialwright.adapters.study import read_yaml


def test_a_folded_text_holds_only_its_words() -> None:
    document, findings = read_yaml(b"note: >-\n  one line\n  and its end\nplain: more\n  of it\n", "protocol.yaml")
    assert not findings
    assert document is not None
    assert document.data == {"note": "one line and its end", "plain": "more of it"}
