"""Files read in by the browser: looked at, mapped, previewed, and saved in one piece or not at all, in every study."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from adapters.edc.conftest import FIRST, SECOND, signed_in
from trialwright.core.ledger import CourseStarted, TreatmentEnded

MANAGER = "data manager"
DAY = "2005-11-14"
HEAD = "subject,date,test,result,unit\n"


def subject_at(opened: Any, site: str | None = None) -> str:
    """A registered subject, of a site where one is named."""
    held = opened.record.subjects.items()
    return next(name for name, one in held if one.registered and site in (None, one.site))


def upload(client: Any, opened: Any, source: str = "laboratory", **files: str | bytes) -> Any:
    """The answer to an upload."""
    told = {
        name: SimpleUploadedFile("../../evil.csv", content.encode() if isinstance(content, str) else content)
        for name, content in files.items()
    }
    return client.post(f"/{opened.id}/imports/{source}/", told)


def table(opened: Any, *rows: tuple[str, str, str, str], subject: str = "") -> str:
    """A long table: day, test, result, unit."""
    who = subject or subject_at(opened)
    return HEAD + "".join(f"{who},{','.join(row)}\n" for row in rows)


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def map_of(page: Any, **more: str) -> dict[str, str]:
    """The map as proposed, with the choices a person makes."""
    text = page.content.decode()
    chosen = dict(re.findall(r'<select [^>]*name="([\w-]+)".*?<option value="([^"]*)" selected', text, re.S))
    typed = dict(re.findall(r'<input type="text"[^>]*name="([\w-]+)" value="([^"]*)"', text))
    return {**typed, **chosen, "step": "map", **more}


def reviewed(client: Any, opened: Any, content: str, **more: str) -> tuple[str, Any]:
    """Upload, say that the proposed map is right, and see the preview."""
    answer = upload(client, opened, file=content)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    at = answer["Location"]
    page = client.get(at)
    assert client.post(at, map_of(page, decimal=".", **more))["Location"] == at
    return at, client.get(at)


def test_a_table_is_mapped_previewed_and_saved_in_one_piece(running) -> None:
    client, subject = signed_in(MANAGER), subject_at(running)
    before = running.reader().head().seq
    content = table(running, (DAY, "ANC", "1.7", "10*9/L"), (DAY, "PLT", "150", "10*9/L"))
    at, page = reviewed(client, running, content, name="Central laboratory")
    assert "2 new, 0 changed, 0 the same" in page.content.decode()
    assert running.reader().head().seq == before
    answer = client.post(at, {"step": "confirm", "mark": hidden(page, "mark")})
    assert (answer.status_code, answer["Location"]) == (303, at)
    running.catch_up()
    held = running.record.subjects[subject].items
    found = [one for name in ("anc", "platelets") for one in held[name].observed if str(one.on) == DAY]
    values = {one.concept: str(one.values["value"]) for one in found}
    assert values == {"anc": "1.7 10*9/L", "platelets": "150 10*9/L"}
    last = list(running.reader().events(after_seq=before))
    assert [type(one).__name__ for one in last] == ["FormSubmitted", "DataImported"]
    assert (
        last[0].actor == last[1].actor
        and last[0].role == MANAGER
        and last[0].site == running.record.subjects[subject].site
    )


def test_reading_the_file_again_by_the_saved_map_finds_everything_the_same(running) -> None:
    client = signed_in(MANAGER)
    content = table(running, (DAY, "ANC", "1.7", "10*9/L"))
    at, page = reviewed(client, running, content, name="Central laboratory")
    client.post(at, {"step": "confirm", "mark": hidden(page, "mark")})
    told = {"file": SimpleUploadedFile("x", content.encode()), "map": "Central laboratory"}
    again = client.post(f"/{running.id}/imports/laboratory/", told)["Location"]
    assert "Nothing to save" in client.get(again).content.decode()


WIDE = "subject,date,ANC (10*9/L),PLT (10*9/L)\n"


@pytest.mark.parametrize(
    ("head", "row", "says", "saves"),
    [
        ("date,PLT (10*9/L),subject,ANC (10*9/L)", "2005-11-15,150,{who},1.7", "2 new, 0 changed", True),
        ("subject,date,PLT (10*9/L)", "{who},2005-11-15,150", "no column 'ANC", False),
        ("subject,date,Neutrophils (10*9/L),PLT (10*9/L)", "{who},2005-11-15,1.7,150", "no column 'ANC", False),
        ("subject,date,ANC (/uL),PLT (10*9/L)", "{who},2005-11-15,1700,150", "no column 'ANC", False),
        ("subject,date,ANC (10*9/L),PLT (10*9/L),Creatinine (mg/dL)", "{who},2005-11-15,1.7,150,0.9",
         "The column 'Creatinine (mg/dL)' is not in the map; 1 cell was left out", True),
        ("subject;date;ANC (10*9/L);PLT (10*9/L)", "{who};2005-11-15;1,7;150", "parted by semicolon", False),
        ("subject;date;ANC (10*9/L);PLT (10*9/L)", "{who};2005-11-15;17;150", "parted by semicolon", False),
    ],
    ids=["in another order", "one gone", "one renamed", "another unit", "one more", "semicolons and commas",
         "semicolons"],
)  # fmt: skip
def test_a_saved_map_reads_a_table_whose_columns_changed_only_where_it_fits(running, head, row, says, saves) -> None:
    client, who = signed_in(MANAGER), subject_at(running)
    at, page = reviewed(client, running, f"{WIDE}{who},{DAY},1.7,150\n", name="Wide")
    client.post(at, {"step": "confirm", "mark": hidden(page, "mark")})
    before = running.reader().head().seq
    content = f"{head}\n{row.format(who=who)}\n"
    told = {"file": SimpleUploadedFile("x", content.encode()), "map": "Wide"}
    answer = client.post(f"/{running.id}/imports/laboratory/", told)
    assert answer.status_code == 303, answer.content.decode()
    shown = unescape(client.get(answer["Location"]).content.decode()).replace("×10⁹/L", "10*9/L")
    assert says in shown and ('value="confirm"' in shown) is saves
    assert running.reader().head().seq == before


@pytest.mark.parametrize(("result", "unit", "asked"), [
    ("1500", "/mm3", ""), ("1499", "/mm3", "below"), ("3000000", "/mm3", ""), ("3000.001", "10*9/L", "above"),
])  # fmt: skip
def test_a_value_that_is_not_expected_is_told_before_it_is_saved(running, result, unit, asked) -> None:
    _, page = reviewed(signed_in(MANAGER), running, table(running, (DAY, "PLT", result, unit)))
    text = " ".join(page.content.decode().split())
    assert (f"is {asked} what is expected, 1500 to 3000000" in text) is bool(asked)
    assert 'name="mark"' in text, "it can be confirmed all the same"


def test_what_comes_after_a_lock_is_told_before_it_is_saved(running) -> None:
    client, subject = signed_in(MANAGER), subject_at(running)
    content = table(running, (DAY, "PLT", "150", "10*9/L"))
    assert "comes after that" not in reviewed(client, running, content)[1].content.decode()
    address = f"/{running.id}/subjects/{subject}/lock/"
    page = client.get(address)
    told = {"key": hidden(page, "key"), "version": hidden(page, "version"), "what": "subject", "action": "lock"}
    assert client.post(address, {**told, "although": "the data are clean"}).status_code == 303
    running.catch_up()
    text = " ".join(reviewed(client, running, content)[1].content.decode().split())
    assert "comes after that" in text and "locked by Data manager" in text


def test_a_changed_value_needs_a_reason_and_keeps_the_old_one(running) -> None:
    client, subject = signed_in(MANAGER), subject_at(running)
    at, page = reviewed(client, running, table(running, (DAY, "ANC", "1.7", "10*9/L")))
    client.post(at, {"step": "confirm", "mark": hidden(page, "mark")})
    at, page = reviewed(client, running, table(running, (DAY, "ANC", "0.4", "10*9/L")))
    assert "0 new, 1 changed" in page.content.decode()
    before = running.reader().head().seq
    refused = client.post(at, {"step": "confirm", "mark": hidden(page, "mark"), "why": " "})
    assert refused.status_code == 422 and "say why" in refused.content.decode()
    assert running.reader().head().seq == before
    client.post(at, {"step": "confirm", "mark": hidden(page, "mark"), "why": "The laboratory corrected its report."})
    corrected = next(one for one in running.reader().events(subject=subject) if one.seq == before + 1)
    assert (type(corrected).__name__, corrected.why) == ("FormCorrected", "The laboratory corrected its report.")
    assert [(str(item.old), str(item.new)) for item in corrected.items] == [("1.7 10*9/L", "0.4 10*9/L")]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ((DAY, "ANC", "1.7", "furlong"), "is not known"),
        (("2006-02-30", "ANC", "1.7", "10*9/L"), "calendar"),
        (("2031-02-01", "ANC", "1.7", "10*9/L"), "lies after today"),
        ((DAY, "ANC", "=cmd()", "10*9/L"), "is no number"),
        ((DAY, "ANC", "-1.7", "10*9/L"), "less than nothing"),
    ],
)
def test_one_bad_line_stops_the_whole_file(running, row, says) -> None:
    client, before = signed_in(MANAGER), running.reader().head().seq
    content = table(running, (DAY, "PLT", "150", "10*9/L"), row)
    at, page = reviewed(client, running, content, dates="YYYY-MM-DD")
    assert says in page.content.decode() and 'value="confirm"' not in page.content.decode()
    answer = client.post(at, {"step": "confirm", "mark": hidden(page, "mark") or "x"})
    assert answer.status_code in (409, 422)
    assert running.reader().head().seq == before


def test_a_site_reads_in_its_own_patients_alone(running) -> None:
    first, second = running.site_ids[:2]
    client, other = signed_in("coordinator", first), subject_at(running, second)
    _, page = reviewed(client, running, table(running, (DAY, "ANC", "1.7", "10*9/L"), subject=other))
    assert "is no subject that you see" in page.content.decode()


def test_an_upload_is_nobody_elses_and_its_record_may_not_move_unseen(running) -> None:
    client = signed_in(MANAGER)
    at, _ = reviewed(client, running, table(running, (DAY, "ANC", "1.7", "10*9/L")))
    assert signed_in("coordinator", running.site_ids[0]).get(at).status_code == 404
    assert signed_in("monitor").get(at).status_code == 403
    assert client.post(at, {"step": "confirm", "mark": "0" * 32}).status_code == 409
    assert client.post(at, {"step": "drop"}).status_code == 303
    assert client.get(at).status_code == 404


def test_a_confirmation_sent_twice_is_one_save(running) -> None:
    client = signed_in(MANAGER)
    at, page = reviewed(client, running, table(running, (DAY, "ANC", "1.7", "10*9/L")))
    mark = hidden(page, "mark")
    client.post(at, {"step": "confirm", "mark": mark})
    head = running.reader().head().seq
    assert client.post(at, {"step": "confirm", "mark": mark}).status_code == 303
    assert running.reader().head().seq == head
    assert "All of the file is in the ledger" in client.get(at).content.decode()


def test_the_report_lists_every_line_and_no_cell_is_a_formula(running) -> None:
    client = signed_in(MANAGER)
    content = table(running, (DAY, "ANC", "1.7", "10*9/L"), subject="=HYPERLINK(1)")
    at, _ = reviewed(client, running, content)
    answer = client.get(at + "report.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == f'attachment; filename="{running.id}-import-laboratory.csv"'
    assert [row["state"] for row in rows if row["why refused"]] == ["refused"]
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    assert {row["simulated"] for row in rows} == {"yes"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04", "packed file"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "XML"),
        (b"", "empty"),
        (b"a,b\n1\x00,2\n", "NUL"),
        (b"a," * 1000 + b"\n", "columns"),
        (b"<script>alert(1)</script>,b\n1\n", "XML"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_is_not_kept(running, content, says) -> None:
    answer = upload(signed_in(MANAGER), running, file=content)
    assert answer.status_code == 422
    assert says in answer.content.decode() and "<script>alert" not in answer.content.decode()


def test_a_file_beyond_the_limit_is_refused(running) -> None:
    answer = upload(signed_in(MANAGER), running, file=b"a,b\n" + b"1,2\n" * 2_200_000)
    assert answer.status_code == 422 and "at most 8,388,608" in answer.content.decode()


def test_a_bundle_is_read_without_a_map(running) -> None:
    client, subject = signed_in(MANAGER), subject_at(running)
    entry = {
        "resourceType": "Observation", "status": "final", "subject": {"identifier": {"value": subject}},
        "code": {"coding": [{"system": "http://loinc.org", "code": "751-8"}]}, "effectiveDateTime": DAY,
        "valueQuantity": {"value": 1.70, "system": "http://unitsofmeasure.org", "code": "10*9/L"},
    }  # fmt: skip
    content = json.dumps({"resourceType": "Bundle", "entry": [{"resource": entry}]})
    at = upload(client, running, "fhir", file=content)["Location"]
    page = client.get(at)
    assert "1 new, 0 changed" in page.content.decode()
    assert client.post(at, {"step": "confirm", "mark": hidden(page, "mark")}).status_code == 303


@pytest.mark.parametrize("study", [FIRST, SECOND])
def test_a_redcap_project_is_read_by_a_reviewed_map(serve: Callable[[str], Any], study: str) -> None:
    opened = serve(study)
    client, subject = signed_in(MANAGER), subject_at(opened)
    dictionary = (
        "field_name,form_name,field_type,field_label,text_validation_type_or_show_slider_number,identifier\n"
        "record_id,labs,text,Record,,\nname,labs,text,Name,,y\nday,labs,text,Date,date_ymd,\n"
        "hgb,labs,text,Hemoglobin (g/dL),number,\n"
    )
    records = f"record_id,name,day,hgb\n{subject},Somebody Secret,{DAY},11.5\n"
    at = upload(client, opened, "redcap", dictionary=dictionary, records=records)["Location"]
    page = client.get(at)
    drafted = client.get(at + "concepts.yaml").content.decode()
    assert '"id": "day"' in drafted and '"id": "name"' not in drafted
    answer = client.post(at, map_of(page, subject="record_id", dates="labs = day"))
    assert answer.status_code == 303
    page = client.get(at)
    assert "1 new, 0 changed" in page.content.decode() and "Somebody Secret" not in page.content.decode()
    assert client.post(at, {"step": "confirm", "mark": hidden(page, "mark")}).status_code == 303
    opened.catch_up()
    found = [one for one in opened.record.subjects[subject].items["hemoglobin"].observed if str(one.on) == DAY]
    assert [str(one.values["value"]) for one in found] == ["11.5 g/dL"]


def test_what_would_follow_is_told_before_anything_is_saved(running) -> None:
    """A count of 0.4 10*9/L is grade 4 in every version of CTCAE (below 0.5)."""
    client, today = signed_in(MANAGER), running.today.isoformat()
    held = running.record.subjects.items()
    treated = next(name for name, one in held if one.of_kind(CourseStarted) and not one.of_kind(TreatmentEnded))
    _, page = reviewed(client, running, table(running, (today, "ANC", "0.4", "10*9/L"), subject=treated))
    assert "→ grade 4" in page.content.decode()


def test_what_identifies_a_patient_is_read_in_at_the_site_alone(running) -> None:
    subject = subject_at(running)
    site = running.record.subjects[subject].site
    head = "field_name,form_name,field_type,field_label,text_validation_type_or_show_slider_number,identifier\n"
    dictionary = (
        head + "record_id,a,text,Record,,\nday,a,text,Day,date_ymd,\nbirth_date,a,text,Date of birth,date_ymd,\n"
    )
    records = f"record_id,day,birth_date\n{subject},{DAY},1944-07-31\n"
    for client, taken in ((signed_in(MANAGER), False), (signed_in("coordinator", site), True)):
        at = upload(client, running, "redcap", dictionary=dictionary, records=records)["Location"]
        asked = map_of(client.get(at), subject="record_id", dates="a = day")
        client.post(at, asked)
        page = client.get(at).content.decode()
        assert ('value="confirm"' in page) is taken
        assert ("entered at the site alone" in page) is not taken


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${7*7}"])
def test_markup_in_a_file_is_shown_as_text(running, text) -> None:
    client = signed_in(MANAGER)
    quoted = '"' + text.replace('"', '""') + '"'
    content = f"subject,date,test,result,unit,{quoted}\n{quoted},{DAY},{quoted},{quoted},{quoted},1\n"
    at = upload(client, running, file=content)["Location"]
    for page in (client.get(at), client.post(at, map_of(client.get(at), decimal=".", name=text), follow=True)):
        shown = page.content.decode()
        assert text not in shown or text in ("{{7*7}}", "${7*7}")
        assert ">49<" not in shown


def test_a_result_of_the_day_of_a_visit_belongs_to_the_visit(running) -> None:
    from trialwright.adapters.edc.imports.preview import _at_visits
    from trialwright.adapters.exchange.incoming import Given
    from trialwright.core.conduct import case_of
    from trialwright.core.schedule import visits

    class Seen:
        today = running.today

        def sees(self, subject: str) -> bool:
            return True

        def case(self, subject: str) -> Any:
            return case_of(running.trial, running.record, subject, running.today)

    subject, seen = subject_at(running), Seen()
    done = [one for one in visits(seen.case(subject), running.today) if one.done_on and one.encounter.collect]
    days = [one.done_on for one in done]
    visit = next(one for one in done if days.count(one.done_on) == 1)
    concept = visit.encounter.collect[0]
    told = [Given(subject=subject, concept=name, values={}, on=visit.done_on, where="line 2")
            for name in (concept, "nothing_collected")]  # fmt: skip
    assert [one.encounter for one in _at_visits(seen, told)] == [visit.key, ""]


def test_what_came_of_the_files_patients_stands_beside_what_the_file_would_save(running) -> None:
    client, subject = signed_in(MANAGER), subject_at(running)
    at, page = reviewed(client, running, table(running, (DAY, "ANC", "1.7", "10*9/L")))
    first = {name: hidden(page, name) for name in ("mark", "seen")}
    enter_anc(running, subject, "1.9 10*9/L")
    before = running.reader().head().seq
    answer = client.post(at, {"step": "confirm", "why": "read <again>", **first})
    text = answer.content.decode()
    assert (answer.status_code, running.reader().head().seq) == (409, before)
    theirs, mine = re.search(r'class="card wide meanwhile".*?</section>', text, re.S)[0].split("What you wanted to do")
    assert "1.9" in theirs and "(coordinator)" in theirs and "UTC" in theirs
    assert subject in mine and "read &lt;again&gt;" in mine and 'href="#mine"' in mine and 'id="mine"' in text
    again = {name: hidden(answer, name) for name in ("mark", "seen")}
    assert client.post(at, {"step": "confirm", "why": "the laboratory is right", **again}).status_code == 303


def enter_anc(running, subject: str, count: str) -> None:
    """A count of the same day, entered at the site."""
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.desk.desk import unscoped
    from trialwright.adapters.edc.people.demonstration import account_of
    from trialwright.core.ledger import Change, FormSubmitted
    from trialwright.core.terms import Quantity

    person = account_of("coordinator", running.record.subjects[subject].site).person
    desk = unscoped(running, person, running.roster.grants(person), Role.COORDINATOR)
    said = {"value": Quantity.parse(count), "on": DAY}
    items = tuple(Change(f"anc/{DAY}/{name}", None, one) for name, one in said.items())
    desk.save([desk.event(FormSubmitted, subject=subject, form="counts", items=items)], desk.new_key())


def test_a_page_shows_as_many_lines_as_it_can_hold_and_saves_every_one(running) -> None:
    from trialwright.adapters.edc.imports.preview import SHOWN

    client, who = signed_in(MANAGER), subject_at(running)
    rows = [(f"{DAY} {n // 60:02}:{n % 60:02}", "PLT", str(150 + n % 7), "10*9/L") for n in range(SHOWN + 2)]
    at, page = reviewed(client, running, table(running, *rows))
    text = page.content.decode()
    assert f"{SHOWN + 2} new, 0 changed" in text and "+ 2 new:" in text
    assert text.count("<td>new</td>") == SHOWN
    listed = client.get(f"{at}report.csv").content.decode("utf-8-sig")
    assert len({row["place in the file"] for row in csv.DictReader(io.StringIO(listed))}) == SHOWN + 2
    assert client.post(at, {"step": "confirm", "mark": hidden(page, "mark")}).status_code == 303
    running.catch_up()
    found = [one for one in running.record.subjects[who].items["platelets"].observed if str(one.on) == DAY]
    assert len(found) == SHOWN + 2
