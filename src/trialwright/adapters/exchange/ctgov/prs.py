"""The registry's upload format (Protocol Registration System, ProtocolRecordSchema of 2018-05-08) as frozen data.

Each class is a type of the schema, its fields the elements in the order of the schema; the closed lists stand in the
schema's comments and in `prs_words`. None is an element that is left out. How these become XML and come back is
`prs_xml`; how a protocol section becomes one is `prs_of_protocol`. Read `ClinicalStudy`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TextBlock:
    """Text of more than a line."""

    textblock: str = ""


@dataclass(frozen=True)
class SecondaryId:
    """Another id of the study."""

    id: str = ""
    id_type: str | None = None
    id_domain: str | None = None


@dataclass(frozen=True)
class IdInfo:
    """The organisation's name in the upload system and its own study id, both required."""

    org_name: str = ""
    org_study_id: str = ""
    secondary_id: tuple[SecondaryId, ...] = ()


@dataclass(frozen=True)
class IndInfo:
    """The IND or IDE."""

    ind_grantor: str = ""
    ind_number: str = ""
    ind_serial_number: str | None = None
    has_expanded_access: str | None = None
    expanded_access_nct_id: str | None = None


@dataclass(frozen=True)
class Agency:
    """An organisation."""

    agency: str = ""


@dataclass(frozen=True)
class ResponsibleParty:
    """Who answers for the record; the last two are of older records."""

    resp_party_type: str = ""
    investigator_username: str | None = None
    investigator_title: str | None = None
    investigator_affiliation: str | None = None
    name_title: str | None = None
    organization: str | None = None


@dataclass(frozen=True)
class Sponsors:
    """Sponsor, collaborators, responsible party."""

    lead_sponsor: Agency = Agency()
    collaborator: tuple[Agency, ...] = ()
    resp_party: ResponsibleParty | None = None


@dataclass(frozen=True)
class IrbInfo:
    """The ethics review."""

    approval_status: str = ""
    approval_number: str | None = None
    name: str | None = None
    affiliation: str | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None
    full_address: str | None = None


@dataclass(frozen=True)
class OversightInfo:
    """Oversight."""

    irb_info: IrbInfo | None = None
    has_dmc: str | None = None
    fda_regulated_drug: str | None = None
    fda_regulated_device: str | None = None
    post_prior_to_approval: str | None = None
    exported_from_us: str | None = None
    ped_postmarket_surv: str | None = None


@dataclass(frozen=True)
class InterventionalDesign:
    """The design of an interventional study."""

    interventional_subtype: str = ""
    phase: str = ""
    assignment: str | None = None
    model_description: TextBlock | None = None
    allocation: str = ""
    masking: str | None = None
    no_masking: str | None = None
    masked_subject: str | None = None
    masked_caregiver: str | None = None
    masked_investigator: str | None = None
    masked_assessor: str | None = None
    masking_description: TextBlock | None = None
    number_of_arms: str | None = None


@dataclass(frozen=True)
class ObservationalDesign:
    """The design of an observational study."""

    observational_study_design: str = ""
    biospecimen_retention: str = ""
    biospecimen_description: TextBlock | None = None
    timing: str = ""
    number_of_groups: str = ""
    patient_registry: str | None = None
    target_duration_quantity: str | None = None
    target_duration_units: str | None = None


@dataclass(frozen=True)
class StudyDesign:
    """What kind of study it is."""

    study_type: str = ""
    interventional_design: InterventionalDesign | None = None
    observational_design: ObservationalDesign | None = None
    exp_acc_type_individual: str | None = None
    exp_acc_type_intermediate: str | None = None
    exp_acc_type_treatment: str | None = None


@dataclass(frozen=True)
class Outcome:
    """An outcome measure."""

    outcome_measure: str = ""
    outcome_time_frame: str | None = None
    outcome_description: TextBlock | None = None


@dataclass(frozen=True)
class ArmGroup:
    """An arm or a group."""

    arm_group_label: str = ""
    arm_type: str | None = None
    arm_group_description: TextBlock | None = None


@dataclass(frozen=True)
class Intervention:
    """What is given or done."""

    intervention_type: str | None = None
    intervention_name: str = ""
    intervention_description: TextBlock | None = None
    arm_group_label: tuple[str, ...] = ()
    intervention_other_name: tuple[str, ...] = ()


@dataclass(frozen=True)
class Eligibility:
    """Who may take part; "N/A" is no limit of age."""

    study_population: TextBlock | None = None
    sampling_method: str | None = None
    criteria: TextBlock = TextBlock()
    healthy_volunteers: str | None = None
    gender: str = ""
    gender_based: str | None = None
    gender_description: TextBlock | None = None
    minimum_age: str = ""
    maximum_age: str = ""


@dataclass(frozen=True)
class Person:
    """A person: an official, a contact or an investigator, each with what applies to it."""

    first_name: str | None = None
    middle_name: str | None = None
    last_name: str = ""
    degrees: str | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None
    role: str | None = None
    affiliation: str | None = None


@dataclass(frozen=True)
class Address:
    """Where a place is."""

    city: str | None = None
    state: str | None = None
    country: str | None = None
    zip: str | None = None


@dataclass(frozen=True)
class Facility:
    """A place."""

    name: str = ""
    address: Address = Address()


@dataclass(frozen=True)
class Location:
    """A place where the study runs, its status and its people."""

    facility: Facility = Facility()
    status: str | None = None
    contact: Person | None = None
    contact_backup: Person | None = None
    investigator: tuple[Person, ...] = ()


@dataclass(frozen=True)
class IpdSharing:
    """Whether data of single participants will be shared."""

    sharing_ipd: str | None = None
    ipd_description: TextBlock | None = None
    ipd_info_type_protocol: str | None = None
    ipd_info_type_sap: str | None = None
    ipd_info_type_icf: str | None = None
    ipd_info_type_csr: str | None = None
    ipd_info_type_analytic_code: str | None = None
    ipd_time_frame: TextBlock | None = None
    ipd_access_criteria: TextBlock | None = None
    ipd_url: str | None = None


@dataclass(frozen=True)
class Link:
    """A page about the study."""

    url: str = ""
    description: str = ""


@dataclass(frozen=True)
class Reference:
    """A publication."""

    citation: str | None = None
    pubmed_id: str | None = None
    is_results_ref: str | None = None


@dataclass(frozen=True)
class StudyDocument:
    """Data or a document of the study that can be had."""

    study_document_type: str = ""
    study_document_other_type: str | None = None
    url: str | None = None
    study_document_identifier: str | None = None
    study_document_comments: TextBlock | None = None


@dataclass(frozen=True)
class ClinicalStudy:
    """One record as it is uploaded."""

    id_info: IdInfo = IdInfo()
    delayed_posting: str | None = None
    is_ind_study: str | None = None
    ind_info: IndInfo | None = None
    brief_title: str | None = None
    acronym: str | None = None
    official_title: str | None = None
    sponsors: Sponsors | None = None
    oversight_info: OversightInfo | None = None
    brief_summary: TextBlock | None = None
    detailed_description: TextBlock | None = None
    overall_status: str | None = None
    why_stopped: str | None = None
    expanded_access_status: str | None = None
    verification_date: str | None = None
    start_date: str | None = None
    start_date_type: str | None = None
    last_follow_up_date: str | None = None
    last_follow_up_date_type: str | None = None
    primary_compl_date: str | None = None
    primary_compl_date_type: str | None = None
    study_design: StudyDesign | None = None
    primary_outcome: tuple[Outcome, ...] = ()
    secondary_outcome: tuple[Outcome, ...] = ()
    other_outcome: tuple[Outcome, ...] = ()
    enrollment: str | None = None
    enrollment_type: str | None = None
    condition: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    arm_group: tuple[ArmGroup, ...] = ()
    intervention: tuple[Intervention, ...] = ()
    eligibility: Eligibility | None = None
    overall_official: tuple[Person, ...] = ()
    overall_contact: Person | None = None
    overall_contact_backup: Person | None = None
    location: tuple[Location, ...] = ()
    ipd_sharing_statement: IpdSharing | None = None
    link: tuple[Link, ...] = ()
    reference: tuple[Reference, ...] = ()
    study_document: tuple[StudyDocument, ...] = ()
