"""The known labels of the registry's study page (the layout of about 2017 to 2021), block by block and in page order.

Decided here: which words open which block, and which labels stand in each. A page's own words never stand here. How a
block is chosen when its opening words also occur in running text: `blocks`. Lines of the site itself: `furniture`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.adapters.registry.slots import Label
from trialwright.adapters.registry.vocabulary import (
    ALLOCATION,
    INTERVENTION_MODEL,
    MASKING,
    OBSERVATIONAL_MODEL,
    PURPOSE,
    RETENTION,
    SAMPLING,
    SEX,
    STUDY_TYPE,
    TIME_PERSPECTIVE,
    YES_NO,
    word_pattern,
)

SITE = r"(?:ClinicalTrials\.gov\s+)?"
KIND = r"(?:(?P<{}>Actual|Estimated|Anticipated)\s+)?"

_DATE = r"[A-Z][a-z]+ (?:\d+, )?\d{4}"


def _one_of(table: Mapping[str, object]) -> str:
    return word_pattern(table).pattern


@dataclass(frozen=True)
class Block:
    """A block of the page: the line that opens it, words that show it is really this block, and whether every page
    has it."""

    name: str
    title: str
    opens: str
    shows: str = r"(?!)"
    always: bool = False


BLOCKS = (
    Block(
        "header",
        "title, identifier and status",
        rf"{SITE}Identifier\s*:|Recruitment Status\s*:|The safety and scientific validity of this study",
        r"Recruitment Status|First Posted|Last Update Posted|Identifier",
        always=True,
    ),
    Block("summary", "Brief Summary", r"Brief Summary\s*:", always=True),
    Block(
        "conditions",
        "the table of condition, intervention and phase",
        r"Condition or disease\b.*|Condition\s+Intervention\b.*",
        r"Phase|Intervention",
        always=True,
    ),
    Block("detail", "Detailed Description", r"Detailed Description\s*:"),
    Block(
        "design",
        "Study Design",
        r"Layout table for study information|Study Type\s*:|(?:Estimated |Actual )?Enrollment\s*:|Allocation\s*:",
        r"Layout table for study|Study Type|Enrollment|Allocation|Intervention Model|Masking|Primary Purpose"
        r"|Official Title|.*(?:Start|Completion) Date|Observational Model|Time Perspective",
        always=True,
    ),
    Block("links", "links to other resources", r"Resource links provided by the National Library of Medicine"),
    Block(
        "arms",
        "arms or groups",
        r"(?:Arm|Group/Cohort)\s+Intervention/treatment|Arms and Interventions|Groups and Cohorts",
    ),
    Block(
        "outcomes",
        "Outcome Measures",
        r"(?:Primary|Secondary|Other(?: Pre-specified)?) Outcome Measures\s*:|Outcome Measures",
    ),
    Block(
        "eligibility",
        "eligibility",
        r"Layout table for eligibility information|Ages Eligible for Study\s*:|Eligibility Criteria",
        r"Ages Eligible|Sexes Eligible|Accepts Healthy|Layout table for eligibility",
        always=True,
    ),
    Block(
        "contacts",
        "contacts",
        r"To learn more about this study, you or your doctor may contact the study research staff using the contact"
        r" information.*|Contacts and Locations|Layout table for location contacts",
        r"Please refer to this study|Layout table for loc|Contact\s*:",
    ),
    Block(
        "locations", "locations", r"Layout table for location information|Locations", r"Layout table for location info"
    ),
    Block("sponsors", "Sponsors and Collaborators", r"Sponsors and Collaborators", always=True),
    Block(
        "officials",
        "investigators",
        r"Layout table for investigator information|Investigators",
        r"Study Chair|Study Director|Principal Investigator|Layout table for investigator",
    ),
    Block(
        "more",
        "more information",
        r"More Information|(?:Additional Information|(?:Other )?Publications(?: of Results)?)\s*:"
        r"|Publications automatically indexed.*|Layout table for addit?i?onal information|Responsible Party\s*:",
        always=True,
    ),
    Block("keywords", "keywords", r"Keywords provided by .*"),
    Block(
        "mesh",
        "MeSH terms",
        r"Additional relevant MeSH terms\s*:|Layout table for MeSH terms",
        r"Layout table for MeSH",
    ),
)

HEADER = (
    Label("identifier", rf"{SITE}Identifier\s*:"),
    Label("status", r"Recruitment Status\s*:"),
    Label("why_stopped", r"(?:Why Study Stopped|Reason)\s*:", "text"),
    Label("first_posted", r"First Posted\s*:"),
    Label("results_posted", r"Results First Posted\s*:"),
    Label("disposition_posted", r"Certification/Extension First Posted\s*:"),
    Label("update_posted", r"Last Update Posted\s*:"),
    Label("verified", r"(?:Last Verified|Verified)\s*:"),
    Label("sponsor", r"(?:Lead )?Sponsor\s*:"),
    Label("collaborators", r"Collaborators?\s*:|Collaborator\(s\)\s*:", "text"),
    Label("responsible", r"Information provided by\s*(?:\(Responsible Party\))?\s*:"),
    Label("key_dates", r"Key Record Dates", "mark"),
)
DESIGN = (
    Label("study_type", r"Study Type\s*:", expects=_one_of(STUDY_TYPE)),
    Label("enrollment", rf"{KIND.format('kind_enrollment')}Enrollment\s*:", expects=r"\d"),
    Label("allocation", r"Allocation\s*:", expects=_one_of(ALLOCATION)),
    Label("model", r"Intervention(?:al)?(?: Study)? Model\s*:", expects=_one_of(INTERVENTION_MODEL)),
    Label("model_text", r"Intervention(?:al)? Model Description\s*:", "text"),
    Label("masking", r"Masking\s*:", expects=_one_of(MASKING)),
    Label("masking_text", r"Masking Description\s*:", "text"),
    Label("purpose", r"Primary Purpose\s*:", expects=_one_of(PURPOSE)),
    Label("observational", r"Observational Model\s*:", expects=_one_of(OBSERVATIONAL_MODEL)),
    Label("perspective", r"Time Perspective\s*:", expects=_one_of(TIME_PERSPECTIVE)),
    Label("follow_up", r"Target Follow-Up Duration\s*:"),
    Label("retention", r"Biospecimen Retention\s*:", expects=_one_of(RETENTION)),
    Label("specimens", r"Biospecimen Description\s*:", "text"),
    Label("official_title", r"Official Title\s*:", "text"),
    Label("start", rf"{KIND.format('kind_start')}(?:Study )?Start Date\s*:", expects=_DATE),
    Label("primary_end", rf"{KIND.format('kind_primary_end')}Primary Completion Date\s*:", expects=_DATE),
    Label("end", rf"{KIND.format('kind_end')}(?:Study )?Completion Date\s*:", expects=_DATE),
)
ELIGIBILITY = (
    Label("ages", r"Ages Eligible for Study\s*:"),
    Label("sexes", r"(?:Sexes|Genders?) Eligible for Study\s*:", expects=_one_of(SEX)),
    Label("gender_based", r"Gender[- ]Based(?: Eligibility)?\s*:"),
    Label("gender_text", r"Gender Eligibility Description\s*:", "text"),
    Label("healthy", r"Accepts Healthy Volunteers\s*:", expects=_one_of(YES_NO)),
    Label("sampling", r"Sampling Method\s*:", expects=_one_of(SAMPLING)),
)
MORE = (
    Label("identifier", rf"{SITE}Identifier\s*:"),
    Label("responsible", r"Responsible Party\s*:"),
    Label("ids", r"Other Study ID Numbers\s*:", "text"),
    Label("first_posted", r"First Posted\s*:"),
    Label("results_posted", r"Results First Posted\s*:"),
    Label("disposition_posted", r"Certification/Extension First Posted\s*:"),
    Label("update_posted", r"Last Update Posted\s*:"),
    Label("verified", r"Last Verified\s*:"),
    Label("ipd_head", r"Individual Participant Data \(IPD\) Sharing Statement\s*:", "mark"),
    Label("ipd", r"Plan to Share IPD\s*:"),
    Label("ipd_text", r"Plan Description\s*:", "text"),
    Label("ipd_materials", r"Supporting Materials\s*:", "text"),
    Label("ipd_time", r"Time Frame\s*:", "text"),
    Label("ipd_access", r"Access Criteria\s*:", "text"),
    Label("ipd_url", r"URL\s*:"),
    Label("committee", r"(?:Has )?Data Monitoring Committee\s*:"),
    Label("fda_drug", r"Studies a U\.S\. FDA-regulated Drug Product\s*:"),
    Label("fda_device", r"Studies a U\.S\. FDA-regulated Device Product\s*:"),
    Label("unapproved", r"Device Product Not Approved or Cleared by U\.S\. FDA\s*:"),
    Label("export", r"Product Manufactured in and Exported from the U\.S\.\s*:"),
    Label("key_dates", r"Key Record Dates", "mark"),
    Label("history", r"History of Changes", "mark"),
)
