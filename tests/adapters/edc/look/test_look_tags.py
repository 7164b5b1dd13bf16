"""The tags of the pages: a verdict is a word, a sign and a colour; what people typed is only ever text."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import engines
from django.utils import translation

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.look import words
from trialwright.adapters.edc.look.controls import Control
from trialwright.adapters.edc.look.signs import sign_of
from trialwright.core.terms import Because, Finding, Severity, Verdict

BAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def drawn(template: str, **context: object) -> str:
    """A template with the tags, in English."""
    with translation.override("en"):
        return engines["django"].from_string("{% load i18n edc %}" + template).render(context)


@pytest.mark.parametrize(
    ("said", "word", "sign", "tone"),
    [
        (Verdict.MET, "met", "✓", "met"),
        (Verdict.NOT_MET, "not met", "✕", "not"),
        (Verdict.UNKNOWN, "unknown", "?", "unk"),
        (None, "unknown", "?", "unk"),
        (True, "yes", "✓", "met"),
        (False, "no", "·", "calm"),
        ("overdue", "overdue", "✕", "not"),
        ("a word of a study", "a word of a study", "", "plain"),
    ],
)
def test_a_verdict_or_a_state_has_a_word_a_sign_and_a_tone(said, word, sign, tone) -> None:
    with translation.override("en"):
        told = sign_of(said)
    assert (told.word, told.sign, told.tone) == (word, sign, tone)


def test_a_missing_verdict_never_reads_as_no() -> None:
    assert "unknown" in drawn("{% verdict v %}", v=None)
    assert 'class="v unk"' in drawn("{% verdict v %}", v=None)


def test_a_reason_shows_the_quote_the_clause_and_what_was_seen_in_the_language_they_are_in() -> None:
    page = drawn("{% because b %}", b=[Because("anc", "count ≥ 1,500", "1400 on 2 May")])
    assert '<q lang="en">count ≥ 1,500</q>' in page
    assert ">anc<" in page
    assert '<span class="saw" lang="en">1400 on 2 May</span>' in page


def test_more_reasons_than_asked_for_are_folded_away_and_not_left_out() -> None:
    page = drawn("{% because b limit=1 %}", b=[Because("a", "one"), Because("b", "two"), Because("c", "three")])
    head, _, folded = page.partition("<details>")
    assert "one" in head and "two" not in head
    assert "2 more reasons" in folded and "two" in folded and "three" in folded


def test_a_finding_says_its_severity_in_a_word_and_what_to_do() -> None:
    found = [Finding("x", "What.", "Why.", "Do this.", "clause", severity) for severity in Severity]
    page = drawn("{% findings f %}", f=found)
    assert [page.count(word) for word in ("</span> error", "</span> warning", "</span> note", "Do this.")] == [
        1,
        1,
        1,
        3,
    ]


@pytest.mark.parametrize("kind", ["text", "number", "date", "textarea", "password", "select", "file", "search"])
def test_a_control_is_bound_to_its_label_its_hint_and_its_error(kind) -> None:
    page = drawn("{% field c %}", c=Control(name="x", label="Count", kind=kind, hint="as printed", errors=("Wrong.",)))
    assert '<label for="f-x">Count' in page
    assert 'aria-describedby="f-x-hint f-x-error"' in page
    assert 'id="f-x-hint"' in page and 'id="f-x-error"' in page
    assert 'aria-invalid="true"' in page


def test_what_was_typed_is_kept_and_a_password_is_not() -> None:
    assert 'value="1,5"' in drawn("{% field name='x' label='X' kind='number' value='1,5' %}")
    assert "secret" not in drawn("{% field name='x' label='X' kind='password' value='secret' %}")


def test_radio_buttons_are_one_question() -> None:
    page = drawn(
        "{% field c %}", c=Control(name="x", label="Sex", kind="radio", value="m", options=(("f", "F"), ("m", "M")))
    )
    assert "<fieldset" in page and "<legend>Sex" in page
    assert page.count("checked") == 1 and 'value="m" checked' in page


def test_a_control_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="slider"):
        Control(name="x", label="X", kind="slider")


@pytest.mark.parametrize(
    "template",
    [
        "{% verdict t %}", "{% verdict v t %}", "{% status_word t %}", "{% because b %}", "{% findings f %}",
        "{% quote t %}", "{% empty t t %}", "{% card title=t id=t class=t %}{{ t }}{% endcard %}",
        "{% scroll label=t %}{{ t }}{% endscroll %}", "{% table h r %}", "{% submission t t %}", "{{ t|value }}",
        "{{ t|day }}", "{{ t|unit }}", "{{ t|told }}", "{{ t|code }}", "{% grade 3 t %}", "{% clause_link t %}",
        "{% field c %}", "{% field a %}", "{% field s %}", "{% field r %}", "{% field k %}",
    ],
)  # fmt: skip
def test_what_people_typed_is_only_ever_text(template) -> None:
    control = {"name": BAD, "label": BAD, "value": BAD, "hint": BAD, "errors": (BAD,), "notes": (BAD,), "unit": BAD}
    options = ((BAD, BAD),)
    page = (
        drawn(
            template,
            t=BAD,
            v=Verdict.MET,
            b=[Because(BAD, BAD, BAD)],
            f=[Finding(BAD, BAD, BAD, BAD, BAD)],
            h=[BAD],
            r=[[BAD, BAD]],
            c=Control(kind="text", attributes={"data-x": BAD}, **control),
            a=Control(kind="textarea", **control),
            s=Control(kind="select", options=options, **control),
            r_=None,
            k=Control(kind="checkbox", **control),
        )
        if template != "{% field r %}"
        else drawn(template, r=Control(kind="radio", options=options, **control))
    )
    assert "<script" not in page
    assert "<img" not in page
    assert "\"'>" not in page


def test_a_wide_table_scrolls_inside_its_card_and_from_the_keyboard() -> None:
    page = drawn("{% scroll label='Visits' %}<table></table>{% endscroll %}")
    assert 'class="scroll" role="group" tabindex="0" aria-label="Visits"' in page


def test_a_save_carries_its_key_and_the_version_that_was_seen() -> None:
    page = drawn("{% submission 'k-1' 3 %}")
    assert '<input type="hidden" name="key" value="k-1">' in page
    assert '<input type="hidden" name="version" value="3">' in page


@pytest.mark.parametrize(("page", "address"), [("audit", ""), ("specimens", "/s/specimens/"), ("healthz", "/healthz")])
def test_an_address_that_would_answer_no_is_not_given(page: str, address: str) -> None:
    desk = SimpleNamespace(
        open=SimpleNamespace(id="s"), may=lambda one, write=False: Role.LABORATORY in (one.write if write else one.read)
    )
    assert drawn("{% where page %}", desk=desk, page=page).strip() == address


@pytest.mark.parametrize(("left", "denied"), [("", True), (0, True), (1, False), (24, False)])
def test_nothing_is_denied_while_somebody_is_still_to_be_judged(left: object, denied: bool) -> None:
    page = drawn("{% empty 'No serious event is recorded.' 'Look elsewhere.' left=told.left %}", told={"left": left})
    assert ("No serious event" in page) is denied
    assert ("so far" in page) is not denied
    assert "No serious event" in drawn("{% empty 'No serious event is recorded.' left=told.left %}")


def test_a_visit_of_a_course_is_told_in_the_readers_language() -> None:
    with translation.override("es"):
        assert words.said("Day 1 of a course, course 2") == "Day 1 of a course, ciclo 2"
        assert words.said("Weekly test, course 2 (1)") == "Weekly test, ciclo 2 (1)"
    assert words.said("Day 1 of a course, course 2") == "Day 1 of a course, course 2"
