"""The page about a study that anybody may read, in the order of the registry's page, for patients.

It says what the record says, in plain words beside the record's own, where the study is done and whether people can
join there now. It holds nothing of any participant, and no count of them. Read `about`, then `told_to_the_public`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from trialwright.adapters.edc import clock
from trialwright.adapters.edc.desk.opened import OpenStudy, open_study_of
from trialwright.adapters.edc.trial.plain import Named, explained, in_plain_words, named_in, spaced
from trialwright.adapters.edc.trial.seeing import MANY
from trialwright.adapters.edc.trial.telling import code_words, registry_date, treatment_words, visit_words
from trialwright.adapters.registry import read
from trialwright.core.protocol import Criterion, StudyProtocol
from trialwright.core.registration import RecordLife, record_life

TEN_MINUTES = 600
"""How old the status on the page may be, in seconds: a page that anybody may ask for is not made anew each time."""
NOT_HERE = "There is nothing here that you may see."


@dataclass(frozen=True)
class Condition:
    """What somebody must or must not be: the record's sentences, in plain words, and what words of them mean."""

    quotes: tuple[str, ...]
    plain: str
    means: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Place:
    """Where the study is done, and how it stands there."""

    name: str
    where: str
    status: str


@dataclass(frozen=True)
class Told:
    """Everything the page says; a part that the record does not have is empty."""

    id: str
    title: str
    official: str
    status: str
    sponsor: str
    collaborators: tuple[str, ...]
    summary: tuple[str, ...]
    description: tuple[str, ...]
    conditions: tuple[str, ...]
    design: tuple[tuple[str, str], ...]
    dates: tuple[tuple[str, str], ...]
    arms: tuple[tuple[str, str], ...]
    treatment: tuple[str, ...]
    visits: tuple[tuple[str, str, tuple[str, ...]], ...]
    outcomes: tuple[tuple[str, str, str], ...]
    who: tuple[tuple[str, str], ...]
    criteria: tuple[Condition, ...]
    places: tuple[Place, ...]
    contacts: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...]
    means: tuple[tuple[str, str], ...]


@require_safe
def about(request: HttpRequest, study: str) -> HttpResponse:
    """The public page of a study that is served here."""
    from trialwright.adapters.edc.look.page import render

    opened = open_study_of(study)
    if opened is None:
        raise Http404(NOT_HERE)
    opened.catch_up()
    told = told_by(opened)
    return render(
        request, None, "edc/trial/about.html", {"told": told, "simulated": opened.simulated, "study_id": study}
    )


ADDRESSES = [path("about/<slug:study>/", about, name="about")]
"""The address that is open to all."""


def told_by(opened: OpenStudy) -> Told:
    """The page of a study as it stands, at most ten minutes old."""
    now = clock.instant(opened.kind, opened.last_recorded)
    protocol = opened.trial.versions[opened.trial.latest]
    lead = next((site for site in protocol.design.sites if site.lead), None)
    today = clock.today(now, lead.time_zone if lead else "")

    def made() -> Told:
        few = len(opened.record.subjects) <= MANY
        life = record_life(opened.trial, opened.record, today) if few else None
        named = named_in(protocol, opened.trial.standards[opened.trial.latest].concepts)
        return told_to_the_public(section_of(opened.loaded.record_text), protocol, named, life)

    return opened.answer("about", (today, int(now.timestamp()) // TEN_MINUTES, life_begun(opened)), made)


def life_begun(opened: OpenStudy) -> bool:
    """Whether anything is recorded: the first event is seen at once."""
    return opened.record.last_seq > 0


@lru_cache(maxsize=16)
def section_of(record: str) -> Mapping[str, Any]:
    """The record's fields."""
    section: Mapping[str, Any] = read(record).protocolSection
    return section


def told_to_the_public(
    section: Mapping[str, Any], protocol: StudyProtocol, named: Named, life: RecordLife | None
) -> Told:
    """What the page says, from the record, the protocol in force and how the study stands.

    Without its life, as for a trial too large to be asked at once, the status is the one that is posted.
    """
    about, told = _module(section, "identification"), _module(section, "description")
    sponsor = _module(section, "sponsorCollaborators")
    summary, description = _paragraphs(told.get("briefSummary")), _paragraphs(told.get("detailedDescription"))
    return Told(
        id=protocol.protocol,
        title=str(about.get("briefTitle") or protocol.title),
        official=str(about.get("officialTitle", "")),
        status=life.status.status.value if life else posted_status(section),
        sponsor=str(_at(sponsor, "leadSponsor", "name") or ""),
        collaborators=tuple(str(one.get("name", "")) for one in sponsor.get("collaborators", ())),
        summary=summary,
        description=description,
        conditions=tuple(map(str, _module(section, "conditions").get("conditions", ()))),
        design=tuple(_design(_module(section, "design"), protocol)),
        dates=tuple(_dates(_module(section, "status"))),
        arms=tuple(_arms(_module(section, "armsInterventions"))),
        treatment=tuple(treatment_words(one) for one in protocol.regimen),
        visits=tuple(_visits(protocol, named)),
        outcomes=tuple(_outcomes(_module(section, "outcomes"))),
        who=tuple(_who(_module(section, "eligibility"))),
        criteria=tuple(_criterion(one, named) for one in protocol.eligibility if one.must or one.must_not),
        places=tuple(_places(section, protocol, life)),
        contacts=tuple(_contacts(_module(section, "contactsLocations"))),
        numbers=tuple(_numbers(about)),
        means=tuple(dict(_lower(explained(" ".join((*summary, *description))))).items()),
    )


def _lower(found: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((words.lower() if not words.isupper() else words, means) for words, means in found)


def _module(section: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = section.get(f"{name}Module")
    return found if isinstance(found, Mapping) else {}


def _at(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _paragraphs(text: object) -> tuple[str, ...]:
    lines = [" ".join(one.split()).lstrip("• ") for one in str(text or "").splitlines()]
    return tuple(one for one in lines if one)


def posted_status(section: Mapping[str, Any]) -> str:
    """The status in the record as posted."""
    told = str(_module(section, "status").get("overallStatus", ""))
    return told.replace("_", " ").lower().replace("active not", "active, not") or "not known"


# --- the design -------------------------------------------------------------------------------------------------------


def _design(design: Mapping[str, Any], protocol: StudyProtocol) -> Iterator[tuple[str, str]]:
    info = design.get("designInfo", {})
    rows = (
        (gettext("Study type"), design.get("studyType")),
        (gettext("Phase"), ", ".join(code_words(one) for one in design.get("phases", ()))),
        (gettext("People to take part"), str(protocol.design.accrual.planned)),
        (gettext("Allocation"), _at(info, "allocation")),
        (gettext("Intervention model"), _at(info, "interventionModel")),
        (gettext("Masking"), _at(info, "maskingInfo", "masking")),
        (gettext("Primary purpose"), _at(info, "primaryPurpose")),
    )
    return ((name, code_words(told)) for name, told in rows if told)


def _dates(status: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    named = (
        ("startDateStruct", gettext("Study start")),
        ("primaryCompletionDateStruct", gettext("Primary completion")),
        ("completionDateStruct", gettext("Study completion")),
        ("studyFirstPostDateStruct", gettext("First posted in the registry")),
        ("lastUpdatePostDateStruct", gettext("Last update posted in the registry")),
    )
    for key, name in named:
        told = status.get(key, {})
        if told.get("date"):
            kind = f" ({code_words(told['type'])})" if told.get("type") else ""
            yield name, f"{registry_date(told['date'])}{kind}"


def _arms(arms: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in arms.get("armGroups", ()):
        yield f"{code_words(one.get('type', ''))}: {one.get('label', '')}".lstrip(": "), str(one.get("description", ""))
    for one in arms.get("interventions", ()):
        yield f"{code_words(one.get('type', ''))}: {one.get('name', '')}", str(one.get("description", ""))


def _visits(protocol: StudyProtocol, named: Named) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each planned visit: its name, when it is, and what is done or asked there."""
    for one in protocol.encounters:
        done = dict.fromkeys(_done(name, named) for name in one.collect)
        yield one.label, visit_words(one), tuple(name for name in done if name)


def _done(name: str, named: Named) -> str:
    if name in named.asks:
        return ""
    return named.concept(name) if name in named.concepts else spaced(name)


def _outcomes(outcomes: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, name in (("primaryOutcomes", gettext("Primary")), ("secondaryOutcomes", gettext("Secondary"))):
        for one in outcomes.get(key, ()):
            yield name, str(one.get("measure", "")), str(one.get("timeFrame", ""))


# --- who and where ----------------------------------------------------------------------------------------------------


def _who(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ages = [str(told[key]) for key in ("minimumAge", "maximumAge") if told.get(key)]
    if ages:
        yield gettext("Ages"), " – ".join(ages)
    if told.get("sex"):
        yield gettext("Sexes"), code_words(told["sex"]).capitalize()
    if told.get("healthyVolunteers") is not None:
        yield gettext("Healthy volunteers"), gettext("yes") if told["healthyVolunteers"] else gettext("no")


def _criterion(one: Criterion, named: Named) -> Condition:
    means: dict[str, str] = {}
    for quote in one.quotes:
        for words, meaning in explained(quote):
            if meaning not in means.values():
                means[words] = meaning
    quotes = tuple(quote for quote in one.quotes if not quote.rstrip().endswith("Criteria:"))
    return Condition(quotes or one.quotes, in_plain_words(one, named), tuple(means.items()))


def _places(section: Mapping[str, Any], protocol: StudyProtocol, life: RecordLife | None) -> Iterator[Place]:
    """Every site of the protocol, with the place the record gives for it."""
    given = {str(one.get("facility", "")): one for one in _module(section, "contactsLocations").get("locations", ())}
    for site in protocol.design.sites:
        there = given.get(site.name, {})
        parts = (there.get("city"), there.get("state"), there.get("zip"), there.get("country"))
        stands = life.sites.get(site.id) if life else None
        status = stands.status.value if stands else life.status.status.value if life else posted_status(section)
        yield Place(site.name, ", ".join(str(one) for one in parts if one), status)


def _contacts(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The contacts and officials that the record itself makes public."""
    for one in told.get("centralContacts", ()):
        reached = (one.get("phone"), one.get("email"))
        yield str(one.get("name", "")), ", ".join(str(each) for each in reached if each)
    for one in told.get("overallOfficials", ()):
        yield (
            str(one.get("name", "")).rstrip(", "),
            _joined((code_words(one.get("role", "")), one.get("affiliation", ""))),
        )


def _joined(words: Sequence[object]) -> str:
    return ", ".join(str(one) for one in words if one)


def _numbers(told: Mapping[str, Any]) -> Iterator[str]:
    own = _at(told, "orgStudyIdInfo", "id")
    if own:
        yield str(own)
    yield from (str(one.get("id", "")) for one in told.get("secondaryIdInfos", ()))
