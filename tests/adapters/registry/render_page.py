"""Page text as the registry's site laid it out about 2019 to 2021, from an API v2 record: the reader's opposite
number.

Written from knowledge of the layout; it shares no code and no table with the reader. `Layout` holds what a text
extraction may do to a page: headings lost, columns run together in one line, blank lines doubled. `shown` says which
leaf fields the page can show at all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from render_words import DISCLAIMER, ID_KINDS, MASKING, MATERIALS, PHASES, date_words, markup, words


@dataclass(frozen=True)
class Layout:
    """What happened to the page's text on its way: every choice comes from the seed."""

    seed: int = 0
    headings_lost: bool = False
    one_line_columns: bool = False
    sections_lost: tuple[str, ...] = ()

    def maybe(self, what: str, share: float) -> bool:
        return random.Random(f"{self.seed}/{what}").random() < share


def get(tree: dict[str, Any], path: str, default: Any = None) -> Any:
    for key in path.split("."):
        if not isinstance(tree, dict) or key not in tree:
            return default
        tree = tree[key]
    return tree


def render(record: dict[str, Any], layout: Layout = Layout()) -> str:
    """The whole page."""
    p, d = record["protocolSection"], record.get("derivedSection", {})
    parts = {
        "header": header(p, layout),
        "summary": ["Brief Summary:", "", markup(get(p, "descriptionModule.briefSummary", "")), ""],
        "conditions": conditions(p, layout),
        "detail": detail(p),
        "design": design(p, layout),
        "arms": arms(p, layout),
        "outcomes": outcomes(p, layout),
        "eligibility": eligibility(p, layout),
        "contacts": contacts(p, layout),
        "sponsors": sponsors(p, layout),
        "more": more(p),
        "keywords": keywords(p),
        "mesh": mesh(d),
    }
    lines = [line for name, part in parts.items() if name not in layout.sections_lost for line in part]
    return "\n".join(lines)


def heading(layout: Layout, *lines: str) -> list[str]:
    return [] if layout.headings_lost else list(lines)


def header(p: dict[str, Any], layout: Layout) -> list[str]:
    ident, status, sponsors_ = p["identificationModule"], p["statusModule"], p["sponsorCollaboratorsModule"]
    title = ident["briefTitle"] + (f" ({ident['acronym']})" if "acronym" in ident else "")
    prefix = "" if layout.headings_lost else "ClinicalTrials.gov "
    lines = [
        "COVID-19 is an emerging, rapidly evolving situation.",
        "Get the latest public health information from CDC:",
        "",
        "Menu",
        "",
        title,
        "",
    ]
    lines += [
        f"{DISCLAIMER} {prefix}Identifier: {ident['nctId']}",
        f"Recruitment Status : {words(status['overallStatus'])}",
    ]
    if "whyStopped" in status:
        lines[-1] += f" ({status['whyStopped']})"
    lines.append(f"First Posted : {date_words(status['studyFirstPostDateStruct']['date'])}")
    if "resultsFirstPostDateStruct" in status:
        lines.append(f"Results First Posted : {date_words(status['resultsFirstPostDateStruct']['date'])}")
    lines.append(f"Last Update Posted : {date_words(status['lastUpdatePostDateStruct']['date'])}")
    others = [c["name"] for c in sponsors_.get("collaborators", [])]
    if not layout.headings_lost:
        lines += ["Sponsor:", sponsors_["leadSponsor"]["name"]]
        lines += ["Collaborators:" if len(others) > 1 else "Collaborator:", *others] if others else []
    else:
        lines += others
    lines += ["Information provided by (Responsible Party):", responsible(sponsors_, title=False), ""]
    return lines + heading(layout, "Study Description", "Go to sections")


def responsible(module: dict[str, Any], title: bool) -> str:
    party = module.get("responsibleParty", {})
    if "investigatorFullName" in party:
        parts = [party["investigatorFullName"], party["investigatorTitle"], party["investigatorAffiliation"]]
        return ", ".join(parts if title else [parts[0], parts[2]])
    return str(party.get("oldOrganization") or module["leadSponsor"]["name"])


def conditions(p: dict[str, Any], layout: Layout) -> list[str]:
    names = get(p, "conditionsModule.conditions", [])
    given = [f"{words(i['type'])}: {i['name']}" for i in get(p, "armsInterventionsModule.interventions", [])]
    phases = [PHASES[x] for x in get(p, "designModule.phases", [])]
    joint = " " if layout.one_line_columns else "\n"
    return ["Condition or disease Intervention/treatment Phase", joint.join([*names, *given, *phases]), ""]


def detail(p: dict[str, Any]) -> list[str]:
    text = get(p, "descriptionModule.detailedDescription")
    return ["Detailed Description:", "", markup(text), ""] if text else []


def design(p: dict[str, Any], layout: Layout) -> list[str]:
    m, info = p["designModule"], get(p, "designModule.designInfo", {})
    kind = {
        "INTERVENTIONAL": "Interventional \xa0 (Clinical Trial)",
        "OBSERVATIONAL": "Observational",
        "EXPANDED_ACCESS": "Expanded Access",
    }
    lines = [*heading(layout, "Study Design", "Go to sections"), "Layout table for study information"]
    lines.append("Study Type : " + kind[m["studyType"]] + (" [Patient Registry]" if m.get("patientRegistry") else ""))
    count = m.get("enrollmentInfo", {})
    if "count" in count:
        lines.append(
            f"{(words(count['type']) + ' ') if 'type' in count else ''}Enrollment : {count['count']} participants"
        )
    labels = {
        "allocation": "Allocation",
        "interventionModel": "Intervention Model",
        "interventionModelDescription": "Intervention Model Description",
    }
    for key, label in labels.items():
        if key in info:
            tail = " Assignment" if key == "interventionModel" else ""
            value = (
                markup(info[key])
                if "Description" in key
                else words(info[key]) + (" Group" if info[key] == "SINGLE" else "")
            )
            lines.append(f"{label}: {value}{tail}")
    mask = info.get("maskingInfo", {})
    if "masking" in mask:
        who = ", ".join(words(w) for w in mask.get("whoMasked", []))
        lines.append(f"Masking: {MASKING[mask['masking']]}" + (f" ({who})" if who else ""))
    if "maskingDescription" in mask:
        lines.append(f"Masking Description: {markup(mask['maskingDescription'])}")
    for key, label in (
        ("primaryPurpose", "Primary Purpose"),
        ("observationalModel", "Observational Model"),
        ("timePerspective", "Time Perspective"),
    ):
        if key in info:
            lines.append(f"{label}: {words(info[key])}")
    return [*lines, *_follow_up(m), *_titles_and_dates(p), ""]


def _follow_up(m: dict[str, Any]) -> list[str]:
    lines = []
    if "targetDuration" in m:
        lines.append(f"Target Follow-Up Duration: {m['targetDuration']}")
    if "bioSpec" in m:
        lines += [f"Biospecimen Retention: {words(m['bioSpec']['retention'])}"] if "retention" in m["bioSpec"] else []
        lines += (
            [f"Biospecimen Description:\n{markup(m['bioSpec']['description'])}\n"]
            if "description" in m["bioSpec"]
            else []
        )
    return lines


def _titles_and_dates(p: dict[str, Any]) -> list[str]:
    lines = []
    if "officialTitle" in p["identificationModule"]:
        lines.append(f"Official Title: {p['identificationModule']['officialTitle']}")
    names = {
        "startDateStruct": "Study Start Date",
        "primaryCompletionDateStruct": "Primary Completion Date",
        "completionDateStruct": "Study Completion Date",
    }
    for key, label in names.items():
        one = p["statusModule"].get(key)
        if one:
            lines.append(f"{(words(one['type']) + ' ') if 'type' in one else ''}{label} : {date_words(one['date'])}")
    return lines


def arms(p: dict[str, Any], layout: Layout) -> list[str]:
    module = p.get("armsInterventionsModule", {})
    groups = module.get("armGroups", [])
    if not groups:
        return []
    by_name = {f"{words(i['type'])}: {i['name']}": i for i in module.get("interventions", [])}
    column = "Group/Cohort" if p["designModule"]["studyType"] == "OBSERVATIONAL" else "Arm"
    lines = [*heading(layout, "Arms and Interventions"), f"{column} Intervention/treatment"]
    for group in groups:
        first = f"{words(group['type'])}: {group['label']}" if "type" in group else group["label"]
        left = [first, *([markup(group["description"])] if "description" in group else [])]
        cells = [cell for name in group.get("interventionNames", []) for cell in given(name, by_name.get(name, {}))]
        if layout.one_line_columns and cells:
            lines += [*left[:-1], f"{left[-1]} {cells[0]}", *cells[1:], ""]
        else:
            lines += [*left, *cells, ""]
    return lines


def given(name: str, intervention: dict[str, Any]) -> list[str]:
    lines = [name]
    if "description" in intervention:
        lines.append(markup(intervention["description"]))
    if intervention.get("otherNames"):
        lines += ["Other Names:" if len(intervention["otherNames"]) > 1 else "Other Name:"]
        lines += [f"  • {other}" for other in intervention["otherNames"]]
    return lines


def outcomes(p: dict[str, Any], layout: Layout) -> list[str]:
    lines = heading(layout, "Outcome Measures", "Go to sections")
    for key, label in (("primaryOutcomes", "Primary"), ("secondaryOutcomes", "Secondary"), ("otherOutcomes", "Other")):
        items = get(p, f"outcomesModule.{key}", [])
        lines += [f"{label} Outcome Measures :"] if items else []
        for n, item in enumerate(items, 1):
            frame = f" [\xa0Time\xa0Frame:\xa0{item['timeFrame']}\xa0]" if "timeFrame" in item else ""
            lines.append(f"  {n}. {item['measure']}{frame}")
            lines += [markup(item["description"])] if "description" in item else []
        lines += [""] if items else []
    return lines


def ages(e: dict[str, Any]) -> str:
    groups = ", ".join(words(a) for a in e.get("stdAges", []))
    low, high = e.get("minimumAge"), e.get("maximumAge")
    if not low and not high:
        return groups
    span = f"{low} to {high}" if low and high else f"{low} and older" if low else f"up to {high}"
    return f"\xa0 {span} \xa0 ({groups})"


def eligibility(p: dict[str, Any], layout: Layout) -> list[str]:
    e = p["eligibilityModule"]
    lines = [
        *heading(layout, "Eligibility Criteria", "Go to sections"),
        "Information from the National Library of Medicine",
        "",
        "Choosing to participate in a study is an important personal decision. Talk with your doctor and family.",
        "",
        "Layout table for eligibility information",
        f"Ages Eligible for Study: {ages(e)}",
        f"Sexes Eligible for Study: \xa0 {words(e['sex'])}",
    ]
    if "genderBased" in e:
        lines.append(f"Gender Based Eligibility: {'Yes' if e['genderBased'] else 'No'}")
    if "genderDescription" in e:
        lines.append(f"Gender Eligibility Description: {markup(e['genderDescription'])}")
    if "healthyVolunteers" in e:
        lines.append(f"Accepts Healthy Volunteers: \xa0 {'Yes' if e['healthyVolunteers'] else 'No'}")
    if "samplingMethod" in e:
        lines.append(f"Sampling Method: {words(e['samplingMethod'])}")
    if "studyPopulation" in e:
        lines += ["Study Population", markup(e["studyPopulation"])]
    lines += ["Criteria", ""] if not layout.headings_lost or "studyPopulation" in e else [""]
    return [*lines, markup(e["eligibilityCriteria"]), ""]


def contacts(p: dict[str, Any], layout: Layout) -> list[str]:
    m = p.get("contactsLocationsModule", {})
    lines = [
        *heading(layout, "Contacts and Locations", "Go to sections"),
        "Information from the National Library of Medicine",
        "",
        "To learn more about this study, you or your doctor may contact the study research staff using the contact "
        "information provided by the sponsor.",
        "",
        f"Please refer to this study by its identifier (NCT number): {p['identificationModule']['nctId']}",
        "",
    ]
    if m.get("centralContacts"):
        lines += [
            *heading(layout, "Contacts"),
            "Layout table for location contacts",
            *(person(c) for c in m["centralContacts"] if "name" in c),
        ]
    if m.get("locations"):
        lines += [*heading(layout, "Locations"), "Layout table for location information"]
        previous = None
        for site in m["locations"]:
            region = ", ".join(x for x in (site["country"], site.get("state")) if x)
            lines += [region] if region != previous else []
            previous = region
            status = f" {words(site['status'])}" if "status" in site else ""
            lines += [site["facility"] + status] if "facility" in site else []
            lines.append(
                ", ".join(x for x in (site.get("city"), site.get("state"), site["country"], site.get("zip")) if x)
            )
            lines += [person(c) for c in site.get("contacts", []) if "name" in c]
    return lines


def person(c: dict[str, Any]) -> str:
    phone = f"\xa0\xa0 {c['phone']}" if "phone" in c else ""
    ext = f" ext {c['phoneExt']}" if "phoneExt" in c else ""
    mail = f"\xa0\xa0 {c['email']}" if "email" in c else ""
    return f"{words(c['role'])}: {c['name']}{phone}{ext}{mail}"


def sponsors(p: dict[str, Any], layout: Layout) -> list[str]:
    m = p["sponsorCollaboratorsModule"]
    lines = ["Sponsors and Collaborators", m["leadSponsor"]["name"], *(c["name"] for c in m.get("collaborators", []))]
    officials = get(p, "contactsLocationsModule.overallOfficials", [])
    if officials:
        lines += [*heading(layout, "Investigators"), "Layout table for investigator information"]
        gap = " " if layout.one_line_columns else "   "
        lines += [
            gap.join([f"{words(o['role'])}: {o['name']}", *([o["affiliation"]] if "affiliation" in o else [])])
            for o in officials
        ]
    return [*lines, *heading(layout, "More Information", "Go to sections")]


def more(p: dict[str, Any]) -> list[str]:
    ident, status = p["identificationModule"], p["statusModule"]
    lines = references(p)
    lines += ["Layout table for additonal information"]
    lines += [
        f"Responsible Party: {responsible(p['sponsorCollaboratorsModule'], title=True)}"
        f" Identifier: {ident['nctId']} \xa0  \xa0 "
    ]
    lines += [
        f"Other Study ID Numbers: {ident['orgStudyIdInfo']['id']}",
        *(secondary(one) for one in ident.get("secondaryIdInfos", [])),
    ]
    lines += [f"First Posted: {date_words(status['studyFirstPostDateStruct']['date'])} \xa0 \xa0 Key Record Dates"]
    lines += [
        f"Last Update Posted: {date_words(status['lastUpdatePostDateStruct']['date'])}",
        f"Last Verified: {date_words(status['statusVerifiedDate'])}",
    ]
    ipd = p.get("ipdSharingStatementModule", {})
    if "ipdSharing" in ipd:
        lines += [
            "Individual Participant Data (IPD) Sharing Statement:",
            f"Plan to Share IPD: {words(ipd['ipdSharing'])}",
        ]
        lines += [f"Plan Description: {markup(ipd['description'])}"] if "description" in ipd else []
        if "infoTypes" in ipd:
            lines += ["Supporting Materials:", *(MATERIALS[x] for x in ipd["infoTypes"])]
        for key, label in (("timeFrame", "Time Frame"), ("accessCriteria", "Access Criteria"), ("url", "URL")):
            lines += [f"{label}: {markup(ipd[key])}"] if key in ipd else []
    for key, label in (
        ("isFdaRegulatedDrug", "Studies a U.S. FDA-regulated Drug Product"),
        ("isFdaRegulatedDevice", "Studies a U.S. FDA-regulated Device Product"),
        ("isUnapprovedDevice", "Device Product Not Approved or Cleared by U.S. FDA"),
        ("isUsExport", "Product Manufactured in and Exported from the U.S."),
    ):
        value = get(p, f"oversightModule.{key}")
        lines += [f"{label}: {'Yes' if value else 'No'}"] if value is not None else []
    return lines


def secondary(one: dict[str, Any]) -> str:
    if "type" not in one:
        return str(one["id"])
    domain = f": {one['domain']}" if "domain" in one else ""
    return f"{one['id']} ( {ID_KINDS[one['type']]}{domain} )"


def references(p: dict[str, Any]) -> list[str]:
    module = p.get("referencesModule", {})
    lines = []
    if module.get("seeAlsoLinks"):
        lines += ["Additional Information:", *(link["label"] for link in module["seeAlsoLinks"])]
    for kind, label in (
        ("RESULT", "Publications of Results:"),
        ("BACKGROUND", "Other Publications:"),
        ("DERIVED", "Publications automatically indexed to this study by ClinicalTrials.gov Identifier (NCT Number):"),
    ):
        found = [r["citation"] for r in module.get("references", []) if r["type"] == kind]
        lines += [label, *found] if found else []
    return lines


def keywords(p: dict[str, Any]) -> list[str]:
    words_ = get(p, "conditionsModule.keywords", [])
    return (
        [f"Keywords provided by {responsible(p['sponsorCollaboratorsModule'], title=False)}:", *words_, ""]
        if words_
        else []
    )


def mesh(d: dict[str, Any]) -> list[str]:
    terms = []
    for module in ("conditionBrowseModule", "interventionBrowseModule"):
        for kind in ("meshes", "ancestors"):
            terms += [one["term"] for one in get(d, f"{module}.{kind}", [])]
    return ["Additional relevant MeSH terms:", "Layout table for MeSH terms", *terms] if terms else []
