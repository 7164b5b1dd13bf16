"""Terms of CTCAE version 3.0, hemorrhage to vascular: the grades that exist, then the short name."""

from __future__ import annotations

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "Hemorrhage/bleeding": """
12345 Hematoma
12345 Hemorrhage, CNS
12345 Hemorrhage, GI
12345 Hemorrhage, GU
12345 Hemorrhage, pulmonary/upper respiratory
1345  Hemorrhage/Bleeding - Other
345   Hemorrhage/bleeding associated with surgery, intra-operative or postoperative
123   Petechiae/purpura
    """,
    "Hepatobiliary/pancreas": """
12345 Cholecystitis
12345 Hepatobiliary/Pancreas - Other
2345  Liver dysfunction/failure
2345  Pancreas, exocrine enzyme deficiency
12345 Pancreatitis
    """,
    "Infection": """
12345 Colitis, infectious
345   Febrile neutropenia
2345  Infection with Grade 3 or 4 neutrophils
12345 Infection - Other
2345  Infection with normal ANC or Grade 1 or 2 neutrophils
2345  Infection with unknown ANC
2345  Opportunistic infection associated with >=Grade 2 Lymphopenia
12345 Viral hepatitis
    """,
    "Lymphatics": """
12345 Chyle or lymph leakage
12    Dermal change lymphedema, phlebolymphedema
12345 Edema:head and neck
12345 Edema:limb
12345 Edema:trunk/genital
12345 Edema:viscera
12345 Lymphatics - Other
123   Lymphedema-related fibrosis
123   Lymphocele
123   Phlebolymphatic cording
    """,
    "Metabolic/laboratory": """
15    Hemoglobinuria
12345 Metabolic/Laboratory - Other
    """,
    "Musculoskeletal/soft tissue": """
12345 Arthritis
12345 Bone: spine-scoliosis
123   Cervical spine-range of motion
12345 Exostosis
1234  Extremity-lower
1234  Extremity-upper
123   Fibrosis-cosmesis
12345 Fibrosis-deep connective tissue
12345 Fracture
12345 Joint-effusion
1234  Joint-function
12345 Local complication -device/prosthesis-related
123   Lumbar spine-range of motion
12345 Muscle weakness, generalized or specific area
1234  Muscular/skeletal hypoplasia
12345 Musculoskeletal/Soft Tissue - Other
12345 Myositis
12345 Osteonecrosis
12345 Osteoporosis
123   Seroma
2345  Soft tissue necrosis
123   Trismus
    """,
    "Neurology": """
345   Apnea
12345 Arachnoiditis/meningismus/radiculitis
12345 Ataxia
12345 Brachial plexopathy
2345  CNS cerebrovascular ischemia
12345 CNS necrosis/cystic progression
12345 Cognitive disturbance
12345 Confusion
1234  Dizziness
2345  Encephalopathy
12345 Extrapyramidal/involuntary movement/restlessness
12345 Hydrocephalus
123   Irritability
12345 Laryngeal nerve dysfunction
12345 Leak, cerebrospinal fluid
123   Leukoencephalopathy
1234  Memory impairment
23    Mental status
12345 Mood alteration
12345 Myelitis
12345 Neurology - Other
12345 Neuropathy: cranial
12345 Neuropathy: motor
12345 Neuropathy: sensory
12345 Personality/behavioral
12345 Phrenic nerve dysfunction
2345  Psychosis
12345 Pyramidal tract dysfunction
2345  Seizure
2345  Somnolence/depressed level of consciousness
234   Speech impairment
345   Syncope
1234  Tremor
    """,
    "Ocular/visual": """
123   Cataract
123   Dry eye syndrome
123   Eyelid dysfunction
1234  Glaucoma
1234  Keratitis
1234  Night blindness
1234  Nystagmus
123   Ocular surface disease
12345 Ocular/Visual - Other
1234  Ophthalmoplegia/diplopia
1234  Optic disc edema
123   Proptosis/enophthalmos
1234  Retinal detachment
1234  Retinopathy
1234  Scleral necrosis/melt
1234  Uveitis
1234  Vision-blurred vision
1234  Vision-flashing lights/floaters
1234  Vision-photophobia
123   Vitreous hemorrhage
123   Watery eye
    """,
    "Pain": """
1234  Pain
1234  Pain - Other
    """,
    "Pulmonary/upper respiratory": """
345   Adult Respiratory Distress Syndrome
12345 Aspiration
12345 Atelectasis
12345 Bronchospasm, wheezing
12345 Carbon monoxide diffusion capacity
12345 Chylothorax
123   Cough
12345 Dyspnea
12345 Edema, larynx
12345 FEV
12345 Fistula, pulmonary/upper respiratory
123   Hiccoughs
2345  Hypoxia
12345 Nasal cavity/paranasal sinus reactions
12345 Obstruction/stenosis of airway
12345 Pleural effusion
12345 Pneumonitis/pulmonary infiltrates
12345 Pneumothorax
2345  Prolonged chest tube drainage or air leak after pulmonary resection
2345  Prolonged intubation after pulmonary resection
12345 Pulmonary fibrosis
12345 Pulmonary/Upper Respiratory - Other
12345 Vital capacity
12345 Voice changes/dysarthria
    """,
    "Renal/genitourinary": """
1234  Bladder spasms
12345 Cystitis
12345 Fistula, GU
1234  Incontinence, urinary
12345 Leak, GU
12345 Obstruction, GU
12345 Perforation, GU
12345 Prolapse of stoma, GU
345   Renal failure
12345 Renal/Genitourinary - Other
12345 Stricture/stenosis, GU
123   Urinary electrolyte wasting
123   Urinary frequency/urgency
12345 Urinary retention
1     Urine color change
    """,
    "Secondary malignancy": """
345   Secondary Malignancy - possibly related to cancer treatment
    """,
    "Sexual/reproductive function": """
12    Breast function/lactation
123   Breast nipple/areolar deformity
123   Breast volume/hypoplasia
12    Ejaculatory dysfunction
123   Erectile dysfunction
23    Gynecomastia
23    Infertility/sterility
123   Irregular menses
12    Libido
123   Orgasmic dysfunction
12345 Sexual/Reproductive Function - Other
12    Vaginal discharge
12    Vaginal dryness
1234  Vaginal mucositis
123   Vaginal stenosis/length
1234  Vaginitis
    """,
    "Surgery/intra-operative injury": """
1234  Intra-operative Injury - Other
1234  Intra-operative injury
    """,
    "Syndromes": """
12345 Retinoic acid syndrome
35    Alcohol intolerance syndrome
12345 Cytokine release syndrome/acute infusion reaction
12345 Flu-like syndrome
12345 Syndromes - Other
12345 Tumor flare
35    Tumor lysis syndrome
    """,
    "Vascular": """
2345  Acute vascular leak syndrome
2345  Peripheral arterial ischemia
2     Phlebitis
23    Portal vein flow
2345  Thrombosis/embolism
2345  Thrombosis/thrombus/embolism
12345 Vascular - Other
12345 Vessel injury-artery
12345 Vessel injury-vein
2345  Visceral arterial ischemia
    """,
}
"""Category -> lines of grades and name."""
