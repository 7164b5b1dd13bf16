"""Page text as a crawler keeps it that writes every cell of the page on a line of its own, with the site's furniture.

The second opposite number of the reader: the layout of 2019 to 2021 with its menus, tabs and banners, labels apart
from their values, and by a seed the line ends, spaces, bullets and blank lines that crawlers differ in. It shares no
code with the reader, and with the first renderer only the words of codes.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from render_furniture import BANNERS, BOTTOM, CHOOSING, LEARN, NOTICES, TOP
from render_words import ID_KINDS, MASKING, MATERIALS, PHASES, date_words, words

BULLETS = ("-", "*", "•", "·", "1.")


@dataclass(frozen=True)
class Crawl:
    """What one crawler did to the page, all of it from the seed."""

    seed: int = 0

    def pick(self, what: str, choices: Any) -> Any:
        return random.Random(f"{self.seed}/{what}").choice(choices)


def render(record: dict[str, Any], crawl: Crawl = Crawl()) -> str:
    """The whole page as one crawler keeps it."""
    p, d = record["protocolSection"], record.get("derivedSection", {})
    with_results = "resultsFirstPostDateStruct" in p["statusModule"]
    cells = [*crawl.pick("banner", BANNERS), *TOP]
    cells += _head(p, crawl)
    cells += [
        "Study Details",
        "Tabular View",
        "Study Results" if with_results else crawl.pick("tab", ("No Results Posted", "No Study Results Posted")),
        "Disclaimer",
        "How to Read a Study Record",
        *crawl.pick("print", ([], ["Print", "Download"])),
    ]
    for part in (_description, _design, _arms, _outcomes, _eligibility, _places, _more):
        cells += part(p, crawl)
    cells += _mesh(d)
    return _typed(_spaced([*cells, *BOTTOM], crawl), crawl)


def _spaced(cells: list[str], crawl: Crawl) -> str:
    """Cells on lines of their own, blank lines dropped, kept or doubled."""
    how = crawl.pick("blank lines", ("dropped", "kept", "doubled"))
    text = "\n".join(cells)
    if how == "dropped":
        return re.sub(r"\n\s*\n+", "\n", text)
    return re.sub(r"\n[^\S\n]*\n+", "\n\n\n", text) if how == "doubled" else text


def _typed(text: str, crawl: Crawl) -> str:
    """Line ends and spaces."""
    text = text if crawl.pick("spaces", (True, False)) else text.replace("\xa0", " ")
    return text.replace("\n", crawl.pick("line ends", ("\n", "\n", "\r\n")))


def _text(value: str, crawl: Crawl) -> str:
    """Running text of the record: its escapes taken away, its list marks as this crawler writes them."""
    value = re.sub(r"\\([<>\[\]*_~#^`.&+()-])", r"\1", value)
    mark = crawl.pick("bullet", BULLETS)
    count = iter(range(1, 1_000_000))
    return re.sub(r"(?m)^( *)\* ", lambda m: f"{m[1]}  {f'{next(count)}.' if mark == '1.' else mark} ", value)


def _go(crawl: Crawl, heading: str) -> list[str]:
    return ["", heading, "Go to", *crawl.pick("top of page", ([], ["Top of Page"]))]


def _labelled(label: str, value: str, crawl: Crawl) -> list[str]:
    """A label and its value: on one line, or in cells of their own; the colon sometimes apart."""
    how = crawl.pick("labels", ("line", "cells", "colon"))
    if how == "line":
        return [f"{label}: {value}"]
    return [f"{label}:", value] if how == "cells" else [label, " :", value]


def _head(p: dict[str, Any], crawl: Crawl) -> list[str]:
    ident, status, who = p["identificationModule"], p["statusModule"], p["sponsorCollaboratorsModule"]
    title = ident["briefTitle"] + (f" ({ident['acronym']})" if "acronym" in ident else "")
    cells = [title, *crawl.pick("notice", NOTICES), *_labelled("ClinicalTrials.gov Identifier", ident["nctId"], crawl)]
    why = f" ({status['whyStopped']})" if "whyStopped" in status else ""
    cells += _labelled("Recruitment Status", words(status["overallStatus"]) + why, crawl)
    for key, label in (
        ("studyFirstPostDateStruct", "First Posted"),
        ("resultsFirstPostDateStruct", "Results First Posted"),
        ("lastUpdatePostDateStruct", "Last Update Posted"),
    ):
        cells += _labelled(label, date_words(status[key]["date"]), crawl) if key in status else []
    cells += ["Sponsor:", who["leadSponsor"]["name"]]
    others = [one["name"] for one in who.get("collaborators", [])]
    cells += ["Collaborators:" if len(others) > 1 else "Collaborator:", *others] if others else []
    return [*cells, "Information provided by (Responsible Party):", _party(who, False)]


def _party(who: dict[str, Any], title: bool) -> str:
    one = who.get("responsibleParty", {})
    if "investigatorFullName" not in one:
        return str(one.get("oldOrganization") or who["leadSponsor"]["name"])
    middle = [one["investigatorTitle"]] if title else []
    return ", ".join([one["investigatorFullName"], *middle, one["investigatorAffiliation"]])


def _description(p: dict[str, Any], crawl: Crawl) -> list[str]:
    module = p["descriptionModule"]
    cells = [*_go(crawl, "Study Description"), "Brief Summary:", _text(module.get("briefSummary", ""), crawl), ""]
    given = [f"{words(i['type'])}: {i['name']}" for i in p.get("armsInterventionsModule", {}).get("interventions", [])]
    phases = " ".join(PHASES[one] for one in p["designModule"].get("phases", []))
    columns = ["Condition or disease", "Intervention/treatment", "Phase"]
    cells += columns if crawl.pick("columns", (True, False)) else [" ".join(columns)]
    cells += [*p["conditionsModule"].get("conditions", []), *given, *([phases] if phases else []), ""]
    if "detailedDescription" in module:
        cells += ["Detailed Description:", _text(module["detailedDescription"], crawl), ""]
        cells += crawl.pick("show", ([], ["Show Detailed Description"]))
    return cells


def _design(p: dict[str, Any], crawl: Crawl) -> list[str]:
    m, status = p["designModule"], p["statusModule"]
    info, cells = m.get("designInfo", {}), [*_go(crawl, "Study Design"), "Layout table for study information"]
    tail = {"INTERVENTIONAL": " (Clinical Trial)"}.get(m["studyType"], "")
    registry = " [Patient Registry]" if m.get("patientRegistry") else ""
    cells += _labelled("Study Type", words(m["studyType"]) + tail + registry, crawl)
    count = m.get("enrollmentInfo", {})
    kind = f"{words(count['type'])} " if "type" in count else ""
    cells += _labelled(f"{kind}Enrollment", f"{count['count']} participants", crawl) if "count" in count else []
    for label, value in _design_words(m, info, crawl):
        cells += _labelled(label, value, crawl)
    if "officialTitle" in p["identificationModule"]:
        cells += _labelled("Official Title", p["identificationModule"]["officialTitle"], crawl)
    for key, label in (
        ("startDateStruct", "Study Start Date"),
        ("primaryCompletionDateStruct", "Primary Completion Date"),
        ("completionDateStruct", "Study Completion Date"),
    ):
        one = status.get(key, {})
        kind = f"{words(one['type'])} " if "type" in one else ""
        cells += _labelled(kind + label, date_words(one["date"]), crawl) if one else []
    return cells


def _design_words(m: dict[str, Any], info: dict[str, Any], crawl: Crawl) -> list[tuple[str, str]]:
    mask, specimens = info.get("maskingInfo", {}), m.get("bioSpec", {})
    model = info.get("interventionModel", "")
    model_words = words(model) + (" Group" if model == "SINGLE" else "") + " Assignment"
    who = ", ".join(words(one) for one in mask.get("whoMasked", []))
    masking = MASKING.get(mask.get("masking", ""), "") + (f" ({who})" if who else "")
    found = (
        ("Allocation", words(info.get("allocation", ""))),
        ("Intervention Model", model_words if model else ""),
        ("Intervention Model Description", _text(info.get("interventionModelDescription", ""), crawl)),
        ("Masking", masking),
        ("Masking Description", _text(mask.get("maskingDescription", ""), crawl)),
        ("Primary Purpose", words(info.get("primaryPurpose", ""))),
        ("Observational Model", words(info.get("observationalModel", ""))),
        ("Time Perspective", words(info.get("timePerspective", ""))),
        ("Target Follow-Up Duration", m.get("targetDuration", "")),
        ("Biospecimen Retention", words(specimens.get("retention", ""))),
        ("Biospecimen Description", _text(specimens.get("description", ""), crawl)),
    )
    return [(label, value) for label, value in found if value]


def _arms(p: dict[str, Any], crawl: Crawl) -> list[str]:
    module = p.get("armsInterventionsModule", {})
    if not module.get("armGroups"):
        return []
    groups = p["designModule"]["studyType"] == "OBSERVATIONAL"
    cells = _go(crawl, "Groups and Cohorts" if groups else "Arms and Interventions")
    columns = ["Group/Cohort" if groups else "Arm", "Intervention/treatment"]
    cells += columns if crawl.pick("columns", (True, False)) else [" ".join(columns)]
    for arm in module["armGroups"]:
        cells.append((f"{words(arm['type'])}: " if "type" in arm else "") + arm["label"])
        cells += [_text(arm["description"], crawl)] if "description" in arm else []
        for name in arm.get("interventionNames", []):
            one = _given(module, arm, name)
            cells += [name, *([_text(one["description"], crawl)] if "description" in one else [])]
            others = one.get("otherNames", [])
            cells += [f"Other Name: {others[0]}"] if len(others) == 1 else []
            cells += ["Other Names:", *others] if len(others) > 1 else []
        cells.append("")
    return cells


def _given(module: dict[str, Any], arm: dict[str, Any], name: str) -> dict[str, Any]:
    """The intervention of this name that names the arm; two may have one name."""
    alike = [one for one in module.get("interventions", []) if f"{words(one['type'])}: {one['name']}" == name]
    own = [one for one in alike if arm["label"] in one.get("armGroupLabels", [])]
    return next(iter([*own, *alike]), {})


def _outcomes(p: dict[str, Any], crawl: Crawl) -> list[str]:
    cells, numbered = _go(crawl, "Outcome Measures"), crawl.pick("numbers", (True, True, False))
    for key, label in (
        ("primaryOutcomes", "Primary Outcome Measures"),
        ("secondaryOutcomes", "Secondary Outcome Measures"),
        ("otherOutcomes", "Other Outcome Measures"),
    ):
        items = p.get("outcomesModule", {}).get(key, [])
        cells += [f"{label} :"] if items else []
        for n, one in enumerate(items, 1):
            frame = f" [ Time Frame: {one['timeFrame']} ]" if "timeFrame" in one else ""
            number = f"{n}. " if numbered or not frame else ""
            cells.append(f"{number}{one['measure']}{frame}")
            cells += [_text(one["description"], crawl)] if "description" in one else []
        cells.append("")
    return cells


def _eligibility(p: dict[str, Any], crawl: Crawl) -> list[str]:
    e = p["eligibilityModule"]
    cells = [*_go(crawl, "Eligibility Criteria"), *CHOOSING, "Layout table for eligibility information"]
    cells += _labelled("Ages Eligible for Study", _ages(e), crawl)
    cells += _labelled(crawl.pick("sexes", ("Sexes", "Genders")) + " Eligible for Study", words(e["sex"]), crawl)
    if "genderBased" in e:
        cells += _labelled("Gender Based Eligibility", "Yes" if e["genderBased"] else "No", crawl)
    if "genderDescription" in e:
        cells += _labelled("Gender Eligibility Description", _text(e["genderDescription"], crawl), crawl)
    if "healthyVolunteers" in e:
        cells += _labelled("Accepts Healthy Volunteers", "Yes" if e["healthyVolunteers"] else "No", crawl)
    if "samplingMethod" in e:
        cells += _labelled("Sampling Method", words(e["samplingMethod"]), crawl)
    if "studyPopulation" in e:
        cells += ["Study Population", _text(e["studyPopulation"], crawl)]
    return [*cells, "Criteria", _text(e["eligibilityCriteria"], crawl), ""]


def _ages(e: dict[str, Any]) -> str:
    low, high = e.get("minimumAge"), e.get("maximumAge")
    groups = ", ".join(words(one) for one in e.get("stdAges", []))
    if low and high:
        return f"{low} to {high} \xa0 ({groups})"
    return f"{low} and older \xa0 ({groups})" if low else f"up to {high} \xa0 ({groups})" if high else groups


def _places(p: dict[str, Any], crawl: Crawl) -> list[str]:
    m, who = p.get("contactsLocationsModule", {}), p["sponsorCollaboratorsModule"]
    cells = [*_go(crawl, "Contacts and Locations"), *LEARN]
    cells += [
        "Please refer to this study by its ClinicalTrials.gov identifier (NCT number):",
        p["identificationModule"]["nctId"],
    ]
    if m.get("centralContacts"):
        cells += ["Contacts", "Layout table for location contacts"]
        cells += [cell for one in m["centralContacts"] if "name" in one for cell in _person(one, crawl)]
    if m.get("locations"):
        cells += ["Locations", *crawl.pick("more sites", ([], [f"Show {len(m['locations'])} study locations"]))]
        cells += ["Layout table for location information", *_sites(m["locations"], crawl)]
    cells += ["Sponsors and Collaborators", who["leadSponsor"]["name"]]
    cells += [one["name"] for one in who.get("collaborators", [])]
    if m.get("overallOfficials"):
        cells += ["Investigators", "Layout table for investigator information"]
        for one in m["overallOfficials"]:
            name = _labelled(words(one["role"]), one["name"], crawl)
            cells += [*name, *([one["affiliation"]] if "affiliation" in one else [])]
    return cells


def _person(one: dict[str, Any], crawl: Crawl) -> list[str]:
    cells = [f"{words(one['role'])}: {one['name']}", one.get("phone", "")]
    if "phoneExt" in one:
        cells[-1] += f" ext {one['phoneExt']}"
    return [cell for cell in [*cells, one.get("email", "")] if cell]


def _sites(locations: list[dict[str, Any]], crawl: Crawl) -> list[str]:
    cells, previous = [], ""
    for site in locations:
        region = ", ".join(one for one in (site["country"], site.get("state")) if one)
        cells += [region] if region != previous else []
        previous = region
        cells += [site["facility"]] if "facility" in site else []
        cells += [words(site["status"])] if "status" in site else []
        cells.append(
            ", ".join(one for one in (site.get("city"), site.get("state"), site["country"], site.get("zip")) if one)
        )
        cells += [cell for one in site.get("contacts", []) if "name" in one for cell in _person(one, crawl)]
    return cells


def _more(p: dict[str, Any], crawl: Crawl) -> list[str]:
    ident, status, who = p["identificationModule"], p["statusModule"], p["sponsorCollaboratorsModule"]
    cells = [*_go(crawl, "More Information"), *_references(p), "Layout table for additonal information"]
    cells += _labelled("Responsible Party", _party(who, True), crawl)
    cells += _labelled("ClinicalTrials.gov Identifier", ident["nctId"], crawl)
    cells += crawl.pick("history", ([], ["History of Changes"]))
    cells += [
        "Other Study ID Numbers:",
        ident["orgStudyIdInfo"]["id"],
        *map(_number, ident.get("secondaryIdInfos", [])),
    ]
    cells += [*_labelled("First Posted", date_words(status["studyFirstPostDateStruct"]["date"]), crawl)]
    cells += crawl.pick("key dates", ([], ["Key Record Dates"]))
    if "resultsFirstPostDateStruct" in status:
        cells += _labelled("Results First Posted", date_words(status["resultsFirstPostDateStruct"]["date"]), crawl)
    cells += _labelled("Last Update Posted", date_words(status["lastUpdatePostDateStruct"]["date"]), crawl)
    cells += _labelled("Last Verified", date_words(status["statusVerifiedDate"]), crawl)
    cells += [*_sharing(p.get("ipdSharingStatementModule", {}), crawl), *_oversight(p, crawl)]
    keywords = p["conditionsModule"].get("keywords", [])
    return [*cells, "", *([f"Keywords provided by {_party(who, False)}:", *keywords, ""] if keywords else [])]


def _number(one: dict[str, Any]) -> str:
    domain = f": {one['domain']}" if "domain" in one else ""
    return f"{one['id']} ( {ID_KINDS[one['type']]}{domain} )" if "type" in one else str(one["id"])


def _references(p: dict[str, Any]) -> list[str]:
    module, cells = p.get("referencesModule", {}), []
    if module.get("seeAlsoLinks"):
        cells += ["Additional Information:", *(one["label"] for one in module["seeAlsoLinks"])]
    for kind, label in (
        ("RESULT", "Publications of Results:"),
        ("BACKGROUND", "Other Publications:"),
        ("DERIVED", "Publications automatically indexed to this study by ClinicalTrials.gov Identifier (NCT Number):"),
    ):
        found = [one["citation"] for one in module.get("references", []) if one["type"] == kind]
        cells += [label, *found] if found else []
    return cells


def _sharing(ipd: dict[str, Any], crawl: Crawl) -> list[str]:
    if "ipdSharing" not in ipd:
        return []
    cells = ["Individual Participant Data (IPD) Sharing Statement:"]
    cells += _labelled("Plan to Share IPD", words(ipd["ipdSharing"]), crawl)
    if "description" in ipd:
        cells += _labelled("Plan Description", _text(ipd["description"], crawl), crawl)
    if "infoTypes" in ipd:
        cells += ["Supporting Materials:", *(MATERIALS[one] for one in ipd["infoTypes"])]
    for key, label in (("timeFrame", "Time Frame"), ("accessCriteria", "Access Criteria"), ("url", "URL")):
        cells += _labelled(label, _text(ipd[key], crawl), crawl) if key in ipd else []
    return cells


def _oversight(p: dict[str, Any], crawl: Crawl) -> list[str]:
    module, cells = p.get("oversightModule", {}), []
    for key, label in (
        ("isFdaRegulatedDrug", "Studies a U.S. FDA-regulated Drug Product"),
        ("isFdaRegulatedDevice", "Studies a U.S. FDA-regulated Device Product"),
        ("isUnapprovedDevice", "Device Product Not Approved or Cleared by U.S. FDA"),
        ("isUsExport", "Product Manufactured in and Exported from the U.S."),
    ):
        cells += _labelled(label, "Yes" if module[key] else "No", crawl) if key in module else []
    return cells


def _mesh(d: dict[str, Any]) -> list[str]:
    terms = [
        one["term"]
        for module in ("conditionBrowseModule", "interventionBrowseModule")
        for kind in ("meshes", "ancestors")
        for one in d.get(module, {}).get(kind, [])
    ]
    return ["Additional relevant MeSH terms:", "Layout table for MeSH terms", *terms, ""] if terms else []
