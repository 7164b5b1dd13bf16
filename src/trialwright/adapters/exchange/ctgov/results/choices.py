"""The registry's lists: each member's name is its code in API v2, its value the words of the legacy XML.

From the published API v2 (version 2.0.0-draft) and the legacy schema (2019.02.14). Lists to which a sponsor may add
words of its own (reasons, organ systems, standard measures, methods) are read with `Words`.
"""

from __future__ import annotations

from enum import Enum

LEGACY = " (legacy)"
"""Sets apart two codes that the legacy XML writes alike."""


class MeasureParam(Enum):
    """What sums a measure up."""

    GEOMETRIC_MEAN = "Geometric Mean"
    GEOMETRIC_LEAST_SQUARES_MEAN = "Geometric Least Squares Mean"
    LEAST_SQUARES_MEAN = "Least Squares Mean"
    LOG_MEAN = "Log Mean"
    MEAN = "Mean"
    MEDIAN = "Median"
    NUMBER = "Number"
    COUNT_OF_PARTICIPANTS = "Count of Participants"
    COUNT_OF_UNITS = "Count of Units"


class Dispersion(Enum):
    """How far values, or an estimate, may lie from it."""

    NA = "Not Applicable"
    STANDARD_DEVIATION = "Standard Deviation"
    STANDARD_ERROR = "Standard Error"
    INTER_QUARTILE_RANGE = "Inter-Quartile Range"
    FULL_RANGE = "Full Range"
    CONFIDENCE_80 = "80% Confidence Interval"
    CONFIDENCE_90 = "90% Confidence Interval"
    CONFIDENCE_95 = "95% Confidence Interval"
    CONFIDENCE_975 = "97.5% Confidence Interval"
    CONFIDENCE_99 = "99% Confidence Interval"
    CONFIDENCE_OTHER = "Other Confidence Interval Level"
    GEOMETRIC_COEFFICIENT = "Geometric Coefficient of Variation"


class OutcomeType(Enum):
    """Whether it was planned, and as what."""

    PRIMARY = "Primary"
    SECONDARY = "Secondary"
    OTHER_PRE_SPECIFIED = "Other Pre-specified"
    POST_HOC = "Post-Hoc"


class ReportingStatus(Enum):
    """Whether an outcome's data are posted."""

    NOT_POSTED = "Not Posted"
    POSTED = "Posted"


class AnalysisDispersion(Enum):
    """The dispersion of an estimate."""

    STANDARD_DEVIATION = "Standard Deviation"
    STANDARD_ERROR_OF_MEAN = "Standard Error of the Mean"


class Sides(Enum):
    """Whether a confidence interval has one limit or two."""

    ONE_SIDED = "1-Sided"
    TWO_SIDED = "2-Sided"


class NonInferiority(Enum):
    """What a statistical test was to show."""

    SUPERIORITY = "Superiority"
    NON_INFERIORITY = "Non-Inferiority"
    EQUIVALENCE = "Equivalence"
    OTHER = "Other"
    NON_INFERIORITY_OR_EQUIVALENCE = "Non-Inferiority or Equivalence"
    SUPERIORITY_OR_OTHER = "Superiority or Other"
    NON_INFERIORITY_OR_EQUIVALENCE_LEGACY = "Non-Inferiority or Equivalence (legacy)"
    SUPERIORITY_OR_OTHER_LEGACY = "Superiority or Other (legacy)"


class Assessment(Enum):
    """Whether events were asked for in a set way or taken as they were told."""

    NON_SYSTEMATIC_ASSESSMENT = "Non-systematic Assessment"
    SYSTEMATIC_ASSESSMENT = "Systematic Assessment"


class Restriction(Enum):
    """How long a sponsor may hold an investigator's publication back."""

    LTE60 = "60 days or less"
    GT60 = "more than 60 and at most 180 days"
    OTHER = "otherwise"


class MilestoneType(Enum):
    """The milestones that every period has; a sponsor may add others."""

    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    NOT_COMPLETED = "NOT COMPLETED"


class DropReason(Enum):
    """The registry's reasons for not completing a period; a sponsor may add others."""

    ADVERSE_EVENT = "Adverse Event"
    DEATH = "Death"
    LACK_OF_EFFICACY = "Lack of Efficacy"
    LOST_TO_FOLLOW_UP = "Lost to Follow-up"
    PHYSICIAN_DECISION = "Physician Decision"
    PREGNANCY = "Pregnancy"
    PROTOCOL_VIOLATION = "Protocol Violation"
    WITHDRAWAL_BY_SUBJECT = "Withdrawal by Subject"


class StandardMeasure(Enum):
    """The registry's own baseline measures."""

    AGE_CATEGORICAL = "Age, Categorical"
    AGE_CONTINUOUS = "Age, Continuous"
    AGE_CUSTOMIZED = "Age, Customized"
    SEX_FEMALE_MALE = "Sex: Female, Male"
    SEX_CUSTOMIZED = "Sex/Gender, Customized"
    RACE = "Race (NIH/OMB)"
    ETHNICITY = "Ethnicity (NIH/OMB)"
    RACE_ETHNICITY_CUSTOMIZED = "Race/Ethnicity, Customized"
    RACE_ETHNICITY_NOT_COLLECTED = "Race and Ethnicity Not Collected"
    REGION = "Region of Enrollment"


class Organ(Enum):
    """The registry's organ systems, which are those of MedDRA."""

    BLOOD = "Blood and lymphatic system disorders"
    CARDIAC = "Cardiac disorders"
    CONGENITAL = "Congenital, familial and genetic disorders"
    EAR = "Ear and labyrinth disorders"
    ENDOCRINE = "Endocrine disorders"
    EYE = "Eye disorders"
    GASTROINTESTINAL = "Gastrointestinal disorders"
    GENERAL = "General disorders"
    HEPATOBILIARY = "Hepatobiliary disorders"
    IMMUNE = "Immune system disorders"
    INFECTIONS = "Infections and infestations"
    INJURY = "Injury, poisoning and procedural complications"
    INVESTIGATIONS = "Investigations"
    METABOLISM = "Metabolism and nutrition disorders"
    MUSCULOSKELETAL = "Musculoskeletal and connective tissue disorders"
    NEOPLASMS = "Neoplasms benign, malignant and unspecified (incl cysts and polyps)"
    NERVOUS = "Nervous system disorders"
    PREGNANCY = "Pregnancy, puerperium and perinatal conditions"
    PRODUCT = "Product Issues"
    PSYCHIATRIC = "Psychiatric disorders"
    RENAL = "Renal and urinary disorders"
    REPRODUCTIVE = "Reproductive system and breast disorders"
    RESPIRATORY = "Respiratory, thoracic and mediastinal disorders"
    SKIN = "Skin and subcutaneous tissue disorders"
    SOCIAL = "Social circumstances"
    SURGICAL = "Surgical and medical procedures"
    VASCULAR = "Vascular disorders"
