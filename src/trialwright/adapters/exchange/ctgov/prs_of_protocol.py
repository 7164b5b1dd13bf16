"""The registry's protocol section -> the upload record, part by part; nothing is invented.

What the section does not say stays out; where the schema demands the element it is written empty. What the registry
asks for and nobody says is told by `prs_required`; what the upload cannot carry stands in `NOT_UPLOADED`.
Read `prs_study`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trialwright.adapters.exchange.ctgov import prs
from trialwright.adapters.exchange.ctgov import prs_words as words
from trialwright.adapters.exchange.ctgov.protocol import (
    ArmGroup,
    ArmsInterventionsModule,
    ConditionsModule,
    DatedAs,
    DescriptionModule,
    DesignInfo,
    DesignModule,
    EligibilityModule,
    ExpandedAccessTypes,
    IdentificationModule,
    Intervention,
    MaskingInfo,
    Outcome,
    OutcomesModule,
    OversightModule,
    OwnId,
    ProtocolSection,
    ResponsibleParty,
    SecondaryId,
    SponsorCollaboratorsModule,
    StatusModule,
)
from trialwright.adapters.exchange.ctgov.protocol_places import AvailableData, ContactsLocationsModule, ReferencesModule
from trialwright.adapters.exchange.ctgov.prs_people import contact, location, official

NOT_UPLOADED: Mapping[str, str] = {
    "identificationModule.nctId": "given by the registry",
    "identificationModule.nctIdAliases": "given by the registry",
    "identificationModule.orgStudyIdInfo.type": "the upload has the number alone",
    "identificationModule.orgStudyIdInfo.link": "made by the registry",
    "identificationModule.secondaryIdInfos[].link": "made by the registry",
    "identificationModule.organization.class": "held by the registry",
    "statusModule.lastKnownStatus": "shown by the registry where a record is not verified; uploaded as the status",
    "statusModule.studyFirstSubmitDate": "noted by the registry",
    "statusModule.studyFirstSubmitQcDate": "noted by the registry",
    "statusModule.studyFirstPostDateStruct": "noted by the registry",
    "statusModule.resultsWaived": "granted by the registry",
    "statusModule.resultsFirstSubmitDate": "noted by the registry",
    "statusModule.resultsFirstSubmitQcDate": "noted by the registry",
    "statusModule.resultsFirstPostDateStruct": "noted by the registry",
    "statusModule.dispFirstSubmitDate": "noted by the registry",
    "statusModule.dispFirstSubmitQcDate": "noted by the registry",
    "statusModule.dispFirstPostDateStruct": "noted by the registry",
    "statusModule.lastUpdateSubmitDate": "noted by the registry",
    "statusModule.lastUpdatePostDateStruct": "noted by the registry",
    "statusModule.expandedAccessInfo": "uploaded with the number of the IND, which no protocol section holds",
    "sponsorCollaboratorsModule.responsibleParty.investigatorFullName": "the upload names the person by a user name",
    "sponsorCollaboratorsModule.leadSponsor.class": "held by the registry",
    "sponsorCollaboratorsModule.collaborators[].class": "held by the registry",
    "oversightModule.fdaaa801Violation": "set by the registry",
    "designModule.nPtrsToThisExpAccNctId": "counted by the registry",
    "armsInterventionsModule.armGroups[].interventionNames": "made from the arms each intervention names",
    "armsInterventionsModule.interventions[].interventionMappedName": "made by the registry",
    "eligibilityModule.stdAges": "made from the limits of age",
    "contactsLocationsModule.locations[].geoPoint": "looked up by the registry",
    "contactsLocationsModule.locations_nested": "a copy of the locations in some downloads",
    "referencesModule.references[].retractions": "looked up by the registry",
}
"""What of a protocol section the upload does not carry, and why nothing is lost by it."""


def prs_study(
    section: ProtocolSection, irb: prs.IrbInfo | None = None, ind: prs.IndInfo | None = None
) -> prs.ClinicalStudy:
    """The record as it is uploaded. `irb` and `ind` are what no protocol section holds."""
    ids = section.identification_module or IdentificationModule()
    status = section.status_module or StatusModule()
    oversight = section.oversight_module or OversightModule()
    told = section.description_module or DescriptionModule()
    design = section.design_module or DesignModule()
    about = section.conditions_module or ConditionsModule()
    treated = section.arms_interventions_module or ArmsInterventionsModule()
    outcomes = section.outcomes_module or OutcomesModule()
    people = section.contacts_locations_module or ContactsLocationsModule()
    read = section.references_module or ReferencesModule()
    asked = (people.central_contacts or ())[:2]
    interventional = design.study_type == "INTERVENTIONAL"
    return prs.ClinicalStudy(
        id_info=_ids(ids),
        delayed_posting=words.yes_no(_first(oversight.is_unapproved_device, status.delayed_posting)),
        is_ind_study="yes" if ind else None,
        ind_info=ind,
        brief_title=ids.brief_title,
        acronym=ids.acronym,
        official_title=ids.official_title,
        sponsors=_sponsors(section.sponsor_collaborators_module),
        oversight_info=_oversight(oversight, irb),
        brief_summary=_block(told.brief_summary),
        detailed_description=_block(told.detailed_description),
        overall_status=_overall(status),
        why_stopped=status.why_stopped,
        expanded_access_status=words.EXPANDED_ACCESS.get(status.overall_status or ""),
        verification_date=_text(status.status_verified_date),
        **_dates(status),
        study_design=_design(design, len(treated.arm_groups or ())),
        primary_outcome=_outcomes(outcomes.primary_outcomes),
        secondary_outcome=_outcomes(outcomes.secondary_outcomes),
        other_outcome=_outcomes(outcomes.other_outcomes),
        enrollment=_text(design.enrollment_info and design.enrollment_info.count),
        enrollment_type=words.DATE_TYPE.get((design.enrollment_info and design.enrollment_info.type) or ""),
        condition=about.conditions or (),
        keyword=about.keywords or (),
        arm_group=tuple(_arm(one, interventional) for one in treated.arm_groups or ()),
        intervention=tuple(_intervention(one) for one in treated.interventions or ()),
        eligibility=_eligibility(section.eligibility_module or EligibilityModule()),
        overall_official=tuple(official(one) for one in people.overall_officials or ()),
        overall_contact=contact(asked[0]) if asked else None,
        overall_contact_backup=contact(asked[1]) if len(asked) > 1 else None,
        location=tuple(location(one) for one in people.locations or ()),
        ipd_sharing_statement=_sharing(section),
        link=tuple(prs.Link(one.url or "", one.label or "") for one in read.see_also_links or ()),
        reference=tuple(_references(read)),
        study_document=tuple(_document(one) for one in read.avail_ipds or ()),
    )


def _dates(status: StatusModule) -> dict[str, Any]:
    """When it starts, ends and has its primary result, each with whether that has happened."""
    told = {
        "start_date": status.start_date_struct or DatedAs(),
        "last_follow_up_date": status.completion_date_struct or DatedAs(),
        "primary_compl_date": status.primary_completion_date_struct or DatedAs(),
    }
    types = {f"{name}_type": words.DATE_TYPE.get(one.type or "") for name, one in told.items()}
    return {name: _text(one.date) for name, one in told.items()} | types


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _first(*said: bool | None) -> bool | None:
    """The first answer that was given."""
    return next((one for one in said if one is not None), None)


def _block(text: str | None) -> prs.TextBlock | None:
    return None if text is None else prs.TextBlock(text)


# --- who -------------------------------------------------------------------------------------------------------------


def _ids(ids: IdentificationModule) -> prs.IdInfo:
    own = ids.org_study_id_info or OwnId()
    name = ids.organization.full_name if ids.organization else None
    return prs.IdInfo(name or "", own.id or "", tuple(_secondary(one) for one in ids.secondary_id_infos or ()))


def _secondary(one: SecondaryId) -> prs.SecondaryId:
    kind = one.type or ""
    grantor = kind if kind in words.GRANTORS else None
    return prs.SecondaryId(one.id or "", words.SECONDARY_ID.get(kind), one.domain or grantor)


def _sponsors(module: SponsorCollaboratorsModule | None) -> prs.Sponsors | None:
    if module is None:
        return None
    lead = module.lead_sponsor.name if module.lead_sponsor else None
    helped = tuple(prs.Agency(one.name or "") for one in module.collaborators or ())
    return prs.Sponsors(prs.Agency(lead or ""), helped, _party(module.responsible_party))


def _party(party: ResponsibleParty | None) -> prs.ResponsibleParty | None:
    if party is None:
        return None
    return prs.ResponsibleParty(
        resp_party_type=words.PARTY.get(party.type or "", ""),
        investigator_title=party.investigator_title,
        investigator_affiliation=party.investigator_affiliation,
        name_title=party.old_name_title,
        organization=party.old_organization,
    )


def _oversight(module: OversightModule, irb: prs.IrbInfo | None) -> prs.OversightInfo:
    return prs.OversightInfo(
        irb_info=irb,
        has_dmc=words.yes_no(module.oversight_has_dmc),
        fda_regulated_drug=words.yes_no(module.is_fda_regulated_drug),
        fda_regulated_device=words.yes_no(module.is_fda_regulated_device),
        exported_from_us=words.yes_no(module.is_us_export),
        ped_postmarket_surv=words.yes_no(module.is_ppsd),
    )


def _overall(status: StatusModule) -> str | None:
    """The status; where the registry shows the record as unknown, the last one that was known."""
    known = status.last_known_status if status.overall_status == "UNKNOWN" else status.overall_status
    return words.STATUS.get(known or "")


# --- design ----------------------------------------------------------------------------------------------------------


def _design(module: DesignModule, groups: int) -> prs.StudyDesign:
    access = module.expanded_access_types or ExpandedAccessTypes()
    return prs.StudyDesign(
        study_type=words.STUDY_TYPE.get(module.study_type or "", ""),
        interventional_design=_interventional(module, groups) if module.study_type == "INTERVENTIONAL" else None,
        observational_design=_observational(module, groups) if module.study_type == "OBSERVATIONAL" else None,
        exp_acc_type_individual=words.yes_no(access.individual),
        exp_acc_type_intermediate=words.yes_no(access.intermediate),
        exp_acc_type_treatment=words.yes_no(access.treatment),
    )


def _interventional(module: DesignModule, groups: int) -> prs.InterventionalDesign:
    info = module.design_info or DesignInfo()
    hidden = info.masking_info or MaskingInfo()
    who = hidden.who_masked or ()
    asked = hidden.masking is not None and (hidden.masking == "NONE" or bool(who))
    return prs.InterventionalDesign(
        interventional_subtype=words.PURPOSE.get(info.primary_purpose or "", ""),
        phase=words.PHASES.get(module.phases or (), ""),
        assignment=words.MODEL.get(info.intervention_model or ""),
        model_description=_block(info.intervention_model_description),
        allocation=words.ALLOCATION.get(info.allocation or "", ""),
        masking=None if asked else words.MASKING.get(hidden.masking or ""),
        no_masking=words.yes_no(hidden.masking == "NONE") if asked else None,
        masked_subject=words.yes_no("PARTICIPANT" in who) if asked else None,
        masked_caregiver=words.yes_no("CARE_PROVIDER" in who) if asked else None,
        masked_investigator=words.yes_no("INVESTIGATOR" in who) if asked else None,
        masked_assessor=words.yes_no("OUTCOMES_ASSESSOR" in who) if asked else None,
        masking_description=_block(hidden.masking_description),
        number_of_arms=str(groups) if groups else None,
    )


def _observational(module: DesignModule, groups: int) -> prs.ObservationalDesign:
    info = module.design_info or DesignInfo()
    kept = module.bio_spec
    return prs.ObservationalDesign(
        observational_study_design=words.OBSERVATIONAL_MODEL.get(info.observational_model or "", ""),
        biospecimen_retention=words.RETENTION.get((kept and kept.retention) or "", ""),
        biospecimen_description=_block(kept.description if kept else None),
        timing=words.TIME.get(info.time_perspective or "", ""),
        number_of_groups=str(groups) if groups else "",
        patient_registry=words.yes_no(module.patient_registry),
        target_duration_quantity=_text(module.target_duration and module.target_duration.count),
        target_duration_units=module.target_duration.unit.removesuffix("s") + "s" if module.target_duration else None,
    )


def _outcomes(outcomes: Iterable[Outcome] | None) -> tuple[prs.Outcome, ...]:
    return tuple(prs.Outcome(one.measure or "", one.time_frame, _block(one.description)) for one in outcomes or ())


def _arm(one: ArmGroup, interventional: bool) -> prs.ArmGroup:
    """The type is asked of an arm of an interventional study alone."""
    kind = words.ARM_TYPE.get(one.type or "") if interventional else None
    return prs.ArmGroup(one.label or "", kind, _block(one.description))


def _intervention(one: Intervention) -> prs.Intervention:
    return prs.Intervention(
        intervention_type=words.INTERVENTION.get(one.type or ""),
        intervention_name=one.name or "",
        intervention_description=_block(one.description),
        arm_group_label=one.arm_group_labels or (),
        intervention_other_name=one.other_names or (),
    )


def _eligibility(module: EligibilityModule) -> prs.Eligibility:
    """An age without limit is N/A, as the registry leaves it out of the record."""
    return prs.Eligibility(
        study_population=_block(module.study_population),
        sampling_method=words.SAMPLING.get(module.sampling_method or ""),
        criteria=prs.TextBlock(module.eligibility_criteria or ""),
        healthy_volunteers=words.yes_no(module.healthy_volunteers),
        gender=words.SEX.get(module.sex or "", ""),
        gender_based=words.yes_no(module.gender_based),
        gender_description=_block(module.gender_description),
        minimum_age=_text(module.minimum_age) or "N/A",
        maximum_age=_text(module.maximum_age) or "N/A",
    )


# --- what there is to read -------------------------------------------------------------------------------------------


def _sharing(section: ProtocolSection) -> prs.IpdSharing | None:
    said = section.ipd_sharing_statement_module
    if said is None:
        return None
    shared = said.info_types
    return prs.IpdSharing(
        sharing_ipd=words.SHARING.get(said.ipd_sharing or ""),
        ipd_description=_block(said.description),
        ipd_info_type_protocol=words.yes_no("STUDY_PROTOCOL" in shared) if shared else None,
        ipd_info_type_sap=words.yes_no("SAP" in shared) if shared else None,
        ipd_info_type_icf=words.yes_no("ICF" in shared) if shared else None,
        ipd_info_type_csr=words.yes_no("CSR" in shared) if shared else None,
        ipd_info_type_analytic_code=words.yes_no("ANALYTIC_CODE" in shared) if shared else None,
        ipd_time_frame=_block(said.time_frame),
        ipd_access_criteria=_block(said.access_criteria),
        ipd_url=said.url,
    )


def _references(module: ReferencesModule) -> Iterable[prs.Reference]:
    """The publications of the record; those the registry found by itself (derived) it finds again."""
    for one in module.references or ():
        if one.type != "DERIVED":
            yield prs.Reference(one.citation, one.pmid, words.yes_no(one.type == "RESULT"))


def _document(one: AvailableData) -> prs.StudyDocument:
    known = one.type in words.DOCUMENTS
    return prs.StudyDocument(
        study_document_type=(one.type or "") if known else "Other",
        study_document_other_type=None if known else one.type,
        url=one.url,
        study_document_identifier=one.id,
        study_document_comments=_block(one.comment),
    )
