"""The registry's protocol section (ClinicalTrials.gov API v2) as frozen data: `ProtocolSection` and its modules.

The fields are the registry's own, in snake case. None is what the record does not say. Dates keep the precision they
were posted with. How a tree becomes these, and what is kept that is not understood, is `shape`; people, places and
publications are `protocol_places`. What a study says of itself is put together in `protocol_of_study`; the upload
format is `prs`. Read `ProtocolSection`, then `StatusModule`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trialwright.adapters.exchange.ctgov import protocol_codes as codes
from trialwright.adapters.exchange.ctgov.protocol_places import (
    ContactsLocationsModule,
    IpdSharingStatementModule,
    ReferencesModule,
)
from trialwright.adapters.exchange.ctgov.shape import RegistryTime, Shaped, Untyped, read_shape, write_shape
from trialwright.core.terms import PartialDate


@dataclass(frozen=True)
class DatedAs:
    """A date and whether it is estimated or actual; the type is absent in records older than that question."""

    date: PartialDate | None = None
    type: codes.DateType | None = None


# --- who and what ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnId:
    """The organisation's own study id."""

    id: str | None = None
    type: codes.OwnIdType | None = None
    link: str | None = None


@dataclass(frozen=True)
class SecondaryId:
    """Another id of the study: of a grant, another registry, another authority."""

    id: str | None = None
    type: codes.SecondaryIdType | None = None
    domain: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class Organization:
    """The organisation that keeps the record."""

    full_name: str | None = None
    class_: codes.AgencyClass | None = field(default=None, metadata={"name": "class"})


@dataclass(frozen=True)
class IdentificationModule:
    """The study's numbers and titles."""

    nct_id: str | None = None
    nct_id_aliases: tuple[str, ...] | None = None
    org_study_id_info: OwnId | None = None
    secondary_id_infos: tuple[SecondaryId, ...] | None = None
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    organization: Organization | None = None


@dataclass(frozen=True)
class ExpandedAccess:
    """Whether the treatment is to be had outside the study."""

    has_expanded_access: bool | None = None
    nct_id: str | None = None
    status_for_nct_id: codes.ExpandedAccessStatus | None = None


@dataclass(frozen=True)
class StatusModule:
    """Where the study stands and the days of its record."""

    status_verified_date: PartialDate | None = None
    overall_status: codes.Status | None = None
    last_known_status: codes.Status | None = None
    delayed_posting: bool | None = None
    why_stopped: str | None = None
    expanded_access_info: ExpandedAccess | None = None
    start_date_struct: DatedAs | None = None
    primary_completion_date_struct: DatedAs | None = None
    completion_date_struct: DatedAs | None = None
    study_first_submit_date: PartialDate | None = None
    study_first_submit_qc_date: PartialDate | None = None
    study_first_post_date_struct: DatedAs | None = None
    results_waived: bool | None = None
    results_first_submit_date: PartialDate | None = None
    results_first_submit_qc_date: PartialDate | None = None
    results_first_post_date_struct: DatedAs | None = None
    disp_first_submit_date: PartialDate | None = None
    disp_first_submit_qc_date: PartialDate | None = None
    disp_first_post_date_struct: DatedAs | None = None
    last_update_submit_date: PartialDate | None = None
    last_update_post_date_struct: DatedAs | None = None


@dataclass(frozen=True)
class ResponsibleParty:
    """Who answers for the record."""

    type: codes.PartyType | None = None
    investigator_full_name: str | None = None
    investigator_title: str | None = None
    investigator_affiliation: str | None = None
    old_name_title: str | None = None
    old_organization: str | None = None


@dataclass(frozen=True)
class Sponsor:
    """An organisation that pays for the study or helps with it."""

    name: str | None = None
    class_: codes.AgencyClass | None = field(default=None, metadata={"name": "class"})


@dataclass(frozen=True)
class SponsorCollaboratorsModule:
    """Sponsor, collaborators, responsible party."""

    responsible_party: ResponsibleParty | None = None
    lead_sponsor: Sponsor | None = None
    collaborators: tuple[Sponsor, ...] | None = None


@dataclass(frozen=True)
class OversightModule:
    """Who oversees the study and which law it falls under."""

    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    is_unapproved_device: bool | None = None
    is_ppsd: bool | None = None
    is_us_export: bool | None = None
    fdaaa801_violation: bool | None = None


@dataclass(frozen=True)
class DescriptionModule:
    """The study in words."""

    brief_summary: str | None = None
    detailed_description: str | None = None


@dataclass(frozen=True)
class ConditionsModule:
    """What is studied."""

    conditions: tuple[str, ...] | None = None
    keywords: tuple[str, ...] | None = None


# --- design ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExpandedAccessTypes:
    """For whom expanded access is."""

    individual: bool | None = None
    intermediate: bool | None = None
    treatment: bool | None = None


@dataclass(frozen=True)
class MaskingInfo:
    """Who does not know the treatment."""

    masking: codes.Masking | None = None
    masking_description: str | None = None
    who_masked: tuple[codes.WhoMasked, ...] | None = None


@dataclass(frozen=True)
class DesignInfo:
    """How subjects are put into groups and why."""

    allocation: codes.Allocation | None = None
    intervention_model: codes.InterventionModel | None = None
    intervention_model_description: str | None = None
    primary_purpose: codes.Purpose | None = None
    observational_model: codes.ObservationalModel | None = None
    time_perspective: codes.TimePerspective | None = None
    masking_info: MaskingInfo | None = None


@dataclass(frozen=True)
class BioSpec:
    """Specimens that are kept."""

    retention: codes.Retention | None = None
    description: str | None = None


@dataclass(frozen=True)
class Enrollment:
    """How many: planned (estimated), or in the end (actual)."""

    count: int | None = None
    type: codes.DateType | None = None


@dataclass(frozen=True)
class DesignModule:
    """What kind of study it is."""

    study_type: codes.StudyType | None = None
    n_ptrs_to_this_exp_acc_nct_id: int | None = None
    expanded_access_types: ExpandedAccessTypes | None = None
    patient_registry: bool | None = None
    target_duration: RegistryTime | None = None
    phases: tuple[codes.Phase, ...] | None = None
    design_info: DesignInfo | None = None
    bio_spec: BioSpec | None = None
    enrollment_info: Enrollment | None = None


@dataclass(frozen=True)
class ArmGroup:
    """An arm, or a group of an observational study."""

    label: str | None = None
    type: codes.ArmGroupType | None = None
    description: str | None = None
    intervention_names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Intervention:
    """What is given or done. `intervention_mapped_name` is a leftover of the registry's search in older downloads."""

    type: codes.InterventionType | None = None
    name: str | None = None
    description: str | None = None
    arm_group_labels: tuple[str, ...] | None = None
    other_names: tuple[str, ...] | None = None
    intervention_mapped_name: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ArmsInterventionsModule:
    """Arms and what each is given."""

    arm_groups: tuple[ArmGroup, ...] | None = None
    interventions: tuple[Intervention, ...] | None = None


@dataclass(frozen=True)
class Outcome:
    """What is measured, and over which time."""

    measure: str | None = None
    description: str | None = None
    time_frame: str | None = None


@dataclass(frozen=True)
class OutcomesModule:
    """The outcome measures by rank."""

    primary_outcomes: tuple[Outcome, ...] | None = None
    secondary_outcomes: tuple[Outcome, ...] | None = None
    other_outcomes: tuple[Outcome, ...] | None = None


@dataclass(frozen=True)
class EligibilityModule:
    """Who may take part."""

    eligibility_criteria: str | None = None
    healthy_volunteers: bool | None = None
    sex: codes.Sex | None = None
    gender_based: bool | None = None
    gender_description: str | None = None
    minimum_age: RegistryTime | None = None
    maximum_age: RegistryTime | None = None
    std_ages: tuple[codes.AgeGroup, ...] | None = None
    study_population: str | None = None
    sampling_method: codes.Sampling | None = None


# --- the whole ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProtocolSection:
    """The whole protocol section."""

    identification_module: IdentificationModule | None = None
    status_module: StatusModule | None = None
    sponsor_collaborators_module: SponsorCollaboratorsModule | None = None
    oversight_module: OversightModule | None = None
    description_module: DescriptionModule | None = None
    conditions_module: ConditionsModule | None = None
    design_module: DesignModule | None = None
    arms_interventions_module: ArmsInterventionsModule | None = None
    outcomes_module: OutcomesModule | None = None
    eligibility_module: EligibilityModule | None = None
    contacts_locations_module: ContactsLocationsModule | None = None
    references_module: ReferencesModule | None = None
    ipd_sharing_statement_module: IpdSharingStatementModule | None = None


def read_protocol_section(tree: object) -> Shaped[ProtocolSection]:
    """The protocol section of a record, and everything in it that is not understood."""
    return read_shape(ProtocolSection, tree)


def write_protocol_section(section: ProtocolSection, untyped: tuple[Untyped, ...] = ()) -> dict[str, object]:
    """The section as API v2 has it."""
    written: dict[str, object] = write_shape(section, untyped)
    return written
