"""What the registry asks for in a record, and what of it nobody has said: one finding for each element.

ASKED is the table: where the element stands in the upload, what it is, of which studies it is asked, the source. Asked
are what the schema demands, what 42 CFR 11.28(a)(2) lists as registration information, and what the registry's own
data element definitions mark as required. An element that the schema demands is in the file, empty, where nobody said
it: the file is valid, the record is not complete. Read `not_said`, then `ASKED`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.exchange.ctgov.prs import ClinicalStudy, StudyDesign
from trialwright.adapters.exchange.ctgov.prs_asked import (
    DEFINITIONS,
    LAW,
    OPEN,
    SCHEMA,
    STOPPED,
    Asked,
    interventional,
    no_contact,
    no_state,
    observational,
    of_cohort,
    of_trial,
    oversight,
    unnamed_product,
)
from trialwright.core.terms import Finding, Severity

ID, STATUS, SPONSORS = "identificationModule", "statusModule", "sponsorCollaboratorsModule"
DESIGN, ARMS, PLACES = "designModule", "armsInterventionsModule", "contactsLocationsModule"

ASKED: tuple[Asked, ...] = (
    Asked(
        "id_info/org_name",
        "the name under which the organisation signs in at the registry",
        SCHEMA,
        lambda study: not study.id_info.org_name,
        f"{ID}.organization.fullName",
    ),
    Asked(
        "id_info/org_study_id",
        "the organisation's own number of the study",
        f"{SCHEMA}; {LAW}(iv)",
        lambda study: not study.id_info.org_study_id,
        f"{ID}.orgStudyIdInfo.id",
    ),
    Asked("brief_title", "a short title", f"{LAW}(i)", lambda study: not study.brief_title, f"{ID}.briefTitle"),
    Asked(
        "official_title",
        "the official title",
        f"{LAW}(i)",
        lambda study: not study.official_title,
        f"{ID}.officialTitle",
    ),
    Asked(
        "sponsors/lead_sponsor",
        "the sponsor",
        f"{SCHEMA}; {LAW}(iii)",
        lambda study: study.sponsors is None or not study.sponsors.lead_sponsor.agency,
        f"{SPONSORS}.leadSponsor.name",
    ),
    Asked(
        "sponsors/resp_party",
        "the responsible party: the sponsor, or an investigator with the user name at the registry",
        f"{LAW}(iii)",
        lambda study: (
            study.sponsors is None or study.sponsors.resp_party is None or not study.sponsors.resp_party.resp_party_type
        ),
        f"{SPONSORS}.responsibleParty.type",
    ),
    Asked(
        "oversight_info/irb_info",
        "whether an ethics board approved the study, with the board's name and number",
        f"{LAW}(iv)",
        lambda study: oversight(study).irb_info is None,
    ),
    Asked(
        "oversight_info/fda_regulated_drug",
        "whether it studies a drug or a device regulated by the FDA",
        f"{LAW}(i)",
        unnamed_product,
        "oversightModule.isFdaRegulatedDrug",
    ),
    Asked(
        "is_ind_study",
        "whether there is an IND or IDE, with its centre and number",
        f"{LAW}(iv)",
        lambda study: interventional(study) is not None and study.is_ind_study is None,
    ),
    Asked(
        "brief_summary",
        "a brief summary",
        f"{LAW}(i)",
        lambda study: study.brief_summary is None,
        "descriptionModule.briefSummary",
    ),
    Asked(
        "overall_status",
        "the overall recruitment status",
        f"{LAW}(ii)",
        lambda study: not (study.overall_status or study.expanded_access_status),
        f"{STATUS}.overallStatus",
    ),
    Asked(
        "why_stopped",
        "why the study was stopped",
        f"{LAW}(ii)",
        lambda study: study.overall_status in STOPPED and not study.why_stopped,
        f"{STATUS}.whyStopped",
    ),
    Asked(
        "verification_date",
        "the month in which the record was verified",
        f"{LAW}(iv)",
        lambda study: not study.verification_date,
        f"{STATUS}.statusVerifiedDate",
    ),
    Asked(
        "start_date",
        "the day the study starts",
        f"{LAW}(i)",
        lambda study: not study.start_date,
        f"{STATUS}.startDateStruct",
    ),
    Asked(
        "primary_compl_date",
        "the primary completion date",
        f"{LAW}(i)",
        lambda study: not study.primary_compl_date,
        f"{STATUS}.primaryCompletionDateStruct",
    ),
    Asked(
        "last_follow_up_date",
        "the study completion date",
        f"{LAW}(i)",
        lambda study: not study.last_follow_up_date,
        f"{STATUS}.completionDateStruct",
    ),
    Asked(
        "start_date_type",
        "whether each date is anticipated or actual",
        DEFINITIONS,
        lambda study: any(
            date and not kind
            for date, kind in (
                (study.start_date, study.start_date_type),
                (study.primary_compl_date, study.primary_compl_date_type),
                (study.last_follow_up_date, study.last_follow_up_date_type),
            )
        ),
        f"{STATUS}.startDateStruct",
    ),
    Asked(
        "study_design/study_type",
        "the type of the study",
        f"{SCHEMA}; {LAW}(i)",
        lambda study: not (study.study_design or StudyDesign()).study_type,
        f"{DESIGN}.studyType",
    ),
    Asked(
        "interventional_design/interventional_subtype",
        "the primary purpose",
        f"{SCHEMA}; {LAW}(i)",
        of_trial(lambda design: not design.interventional_subtype),
        f"{DESIGN}.designInfo.primaryPurpose",
    ),
    Asked(
        "interventional_design/phase",
        "the phase",
        f"{SCHEMA}; {LAW}(i)",
        of_trial(lambda design: not design.phase),
        f"{DESIGN}.phases",
    ),
    Asked(
        "interventional_design/assignment",
        "the interventional model",
        f"{LAW}(i)",
        of_trial(lambda design: not design.assignment),
        f"{DESIGN}.designInfo.interventionModel",
    ),
    Asked(
        "interventional_design/allocation",
        "how subjects are allocated",
        f"{SCHEMA}; {LAW}(i)",
        of_trial(lambda design: not design.allocation),
        f"{DESIGN}.designInfo.allocation",
    ),
    Asked(
        "interventional_design/no_masking",
        "who is masked",
        f"{LAW}(i)",
        of_trial(lambda design: design.no_masking is None),
        f"{DESIGN}.designInfo.maskingInfo.whoMasked",
    ),
    Asked(
        "interventional_design/number_of_arms",
        "the arms",
        f"{LAW}(i)",
        of_trial(lambda design: not design.number_of_arms),
        f"{ARMS}.armGroups",
    ),
    Asked(
        "observational_design/observational_study_design",
        "the observational model",
        SCHEMA,
        of_cohort(lambda design: not design.observational_study_design),
        f"{DESIGN}.designInfo.observationalModel",
    ),
    Asked(
        "observational_design/biospecimen_retention",
        "whether specimens are kept",
        SCHEMA,
        of_cohort(lambda design: not design.biospecimen_retention),
        f"{DESIGN}.bioSpec.retention",
    ),
    Asked(
        "observational_design/timing",
        "the time perspective",
        SCHEMA,
        of_cohort(lambda design: not design.timing),
        f"{DESIGN}.designInfo.timePerspective",
    ),
    Asked(
        "observational_design/number_of_groups",
        "the groups or cohorts",
        SCHEMA,
        of_cohort(lambda design: not design.number_of_groups),
        f"{ARMS}.armGroups",
    ),
    Asked(
        "primary_outcome",
        "a primary outcome measure",
        f"{LAW}(i)",
        lambda study: not study.primary_outcome,
        "outcomesModule.primaryOutcomes",
    ),
    Asked(
        "primary_outcome/outcome_time_frame",
        "the time frame of each outcome measure",
        f"{LAW}(i)",
        lambda study: any(not one.outcome_time_frame for one in (*study.primary_outcome, *study.secondary_outcome)),
        "outcomesModule.primaryOutcomes",
    ),
    Asked(
        "enrollment",
        "how many subjects",
        f"{LAW}(i)",
        lambda study: not study.enrollment,
        f"{DESIGN}.enrollmentInfo.count",
    ),
    Asked(
        "enrollment_type",
        "whether the enrollment is anticipated or actual",
        DEFINITIONS,
        lambda study: bool(study.enrollment) and not study.enrollment_type,
        f"{DESIGN}.enrollmentInfo.type",
    ),
    Asked(
        "condition", "what is studied", f"{LAW}(i)", lambda study: not study.condition, "conditionsModule.conditions"
    ),
    Asked(
        "arm_group/arm_type",
        "the type of each arm",
        f"{LAW}(i)",
        lambda study: interventional(study) is not None and any(not one.arm_type for one in study.arm_group),
        f"{ARMS}.armGroups",
    ),
    Asked(
        "intervention",
        "what is given or done",
        f"{LAW}(i)",
        lambda study: interventional(study) is not None and not study.intervention,
        f"{ARMS}.interventions",
    ),
    Asked(
        "intervention/arm_group_label",
        "which arms each intervention belongs to",
        DEFINITIONS,
        lambda study: bool(study.arm_group) and any(not one.arm_group_label for one in study.intervention),
        f"{ARMS}.interventions",
    ),
    Asked(
        "eligibility/criteria",
        "the eligibility criteria",
        f"{SCHEMA}; {LAW}(ii)",
        lambda study: study.eligibility is None or not study.eligibility.criteria.textblock,
        "eligibilityModule.eligibilityCriteria",
    ),
    Asked(
        "eligibility/gender",
        "the sex of those who may take part",
        f"{SCHEMA}; {LAW}(ii)",
        lambda study: study.eligibility is None or not study.eligibility.gender,
        "eligibilityModule.sex",
    ),
    Asked(
        "eligibility/healthy_volunteers",
        "whether healthy volunteers may take part",
        f"{LAW}(ii)",
        lambda study: (
            interventional(study) is not None
            and (study.eligibility is None or study.eligibility.healthy_volunteers is None)
        ),
        "eligibilityModule.healthyVolunteers",
    ),
    Asked(
        "eligibility/study_population",
        "the population and how it is sampled",
        DEFINITIONS,
        lambda study: (
            observational(study) is not None
            and (study.eligibility is None or study.eligibility.study_population is None)
        ),
        "eligibilityModule.studyPopulation",
    ),
    Asked(
        "overall_official",
        "a study official",
        DEFINITIONS,
        lambda study: not study.overall_official,
        f"{PLACES}.overallOfficials",
    ),
    Asked(
        "overall_contact",
        "somebody to ask while people are taken in",
        f"{LAW}(iii)",
        no_contact,
        f"{PLACES}.centralContacts",
    ),
    Asked("location", "the places", f"{LAW}(iii)", lambda study: not study.location, f"{PLACES}.locations"),
    Asked(
        "location/facility/name",
        "the name of each place",
        f"{SCHEMA}; {LAW}(iii)",
        lambda study: any(not one.facility.name for one in study.location),
        f"{PLACES}.locations",
    ),
    Asked(
        "location/facility/address/state",
        "the state of each place in the USA",
        SCHEMA,
        no_state,
        f"{PLACES}.locations",
    ),
    Asked(
        "location/status",
        "the recruitment status of each place while people are taken in",
        f"{LAW}(ii)",
        lambda study: study.overall_status in OPEN and any(not one.status for one in study.location),
        f"{PLACES}.locations",
    ),
)
"""Everything that is asked for, in the order of the upload."""


def not_said(study: ClinicalStudy) -> tuple[Finding, ...]:
    """What the registry asks for and the study does not say, each with where it may be said."""
    return tuple(_finding(one) for one in missing(study))


def missing(study: ClinicalStudy) -> Iterator[Asked]:
    """Each element that is asked for and not there."""
    return (one for one in ASKED if one.missing(study))


def _finding(one: Asked) -> Finding:
    place = f"protocolSection: {one.field}" if one.field else f"upload: {one.element}"
    return Finding(
        about=one.element,
        says=f"The registry asks for {one.what}, and the study does not say it.",
        matters=f"The record is not complete ({one.source}); nothing is put in its place.",
        do=f"Say it in registry.yaml of the study's folder ({place}), or at the registry after the upload.",
        severity=Severity.WARNING,
    )
