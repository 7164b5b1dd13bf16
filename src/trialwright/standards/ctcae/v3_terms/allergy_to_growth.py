"""Terms of CTCAE version 3.0, allergy to growth: the grades that exist, then the short name."""

from __future__ import annotations

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "Allergy/immunology": """
12345 Allergic reaction/hypersensitivity
12    Allergic rhinitis
12345 Allergy/Immunology - Other
12345 Autoimmune reaction
35    Serum sickness
12345 Vasculitis
    """,
    "Auditory/ear": """
12345 Auditory/Ear - Other
1234  Hearing: patients with/without baseline audiogram and enrolled in a monitoring program
234   Hearing: patients without baseline audiogram and not enrolled in a monitoring program
12345 Otitis, external ear
12345 Otitis, middle ear
234   Tinnitus
    """,
    "Blood/bone marrow": """
12345 Blood/Bone Marrow - Other
1235  Bone marrow cellularity
12345 Hemolysis
2345  Iron overload
345   Myelodysplasia
1245  Splenic function
    """,
    "Cardiac arrhythmia": """
12345 Cardiac Arrhythmia - Other
12345 Conduction abnormality/atrioventricular heart block
12    Palpitations
12345 Prolonged QTc interval
12345 Supraventricular and nodal arrhythmia
2345  Vasovagal episode
12345 Ventricular arrhythmia
    """,
    "Cardiac general": """
12345 Cardiac General - Other
12345 Cardiac ischemia/infarction
345   Cardiac troponin I
12345 Cardiac troponin T
4     Cardiopulmonary arrest, cause unknown
12345 Hypertension
12345 Hypotension
12345 Left ventricular diastolic dysfunction
12345 Left ventricular systolic dysfunction
345   Myocarditis
1345  Pericardial effusion
12345 Pericarditis
12345 Pulmonary hypertension
12345 Restrictive cardiomyopathy
12345 Right ventricular dysfunction
12345 Valvular heart disease
    """,
    "Coagulation": """
12345 Coagulation - Other
2345  DIC
1345  Thrombotic microangiopathy
    """,
    "Constitutional symptoms": """
12345 Constitutional Symptoms - Other
1234  Fatigue
12345 Fever
2345  Hypothermia
1234  Insomnia
234   Obesity
12    Odor
123   Rigors/chills
12    Sweating
123   Weight gain
123   Weight loss
    """,
    "Death": """
5     Death not associated with CTCAE term
    """,
    "Dermatology/skin": """
12    Atrophy, skin
12    Atrophy, subcutaneous fat
12    Bruising
12345 Burn
123   Cheilitis
12345 Dermatology/Skin - Other
123   Dry skin
12    Flushing
12    Hair loss/alopecia
12    Hyperpigmentation
12    Hypopigmentation
123   Induration/fibrosis
123   Injection site reaction/extravasation changes
123   Nail changes
12345 Photosensitivity
123   Pruritus/itching
12345 Rash/desquamation
1235  Rash: acne/acneiform
12345 Rash: dermatitis associated with radiation
2345  Rash: erythema multiforme
123   Rash: hand-foot skin reaction
2345  Skin breakdown/decubitus ulcer
12    Striae
123   Telangiectasia
2345  Ulceration
123   Urticaria
12345 Wound complication, non-infectious
    """,
    "Endocrine": """
12345 Adrenal insufficiency
2     Cushingoid appearance
12345 Endocrine - Other
3     Feminization of male
123   Hot flashes/flushes
3     Masculinization of female
123   Neuroendocrine: gonadotropin secretion abnormality
12    Neuroendocrine: growth hormone secretion abnormality
1235  Neuroendocrine: prolactin hormone secretion abnormality
12345 Neuroendocrine:ACTH deficiency
12345 Neuroendocrine:ADH secretion abnormality
12345 Pancreatic endocrine: glucose intolerance
12    Parathyroid function, low
12345 Thyroid function, high
12345 Thyroid function, low
    """,
    "Gastrointestinal": """
12345 Anorexia
12345 Ascites
12345 Colitis
12345 Constipation
12345 Dehydration
123   Dental: dentures or prosthesis
123   Dental: periodontal disease
123   Dental: teeth
123   Dental:teeth development
12345 Diarrhea
123   Distension/bloating, abdominal
123   Dry mouth/salivary gland
12345 Dysphagia
12345 Enteritis
12345 Esophagitis
12345 Fistula, GI
12    Flatulence
12345 Gastritis
12345 Gastrointestinal - Other
123   Heartburn/dyspepsia
12345 Hemorrhoids
12345 Ileus, GI
12345 Incontinence, anal
12345 Leak, GI
2345  Malabsorption
12345 Mucositis/stomatitis (clinical exam)
12345 Mucositis/stomatitis (functional/symptomatic)
12345 Nausea
345   Necrosis, GI
12345 Obstruction, GI
12345 Perforation, GI
12345 Proctitis
12345 Prolapse of stoma, GI
1234  Salivary gland changes/saliva
12345 Stricture/stenosis, GI
12    Taste alteration
12345 Typhlitis
12345 Ulcer, GI
12345 Vomiting
    """,
    "Growth and development": """
2     Bone age
1234  Bone growth: femoral head; slipped capital femoral epiphysis
1234  Bone growth:limb length discrepancy
1234  Bone growth:spine kyphosis/lordosis
12345 Growth and Development - Other
123   Growth velocity
23    Puberty (delayed)
2     Puberty (precocious)
12    Short stature
    """,
}
"""Category -> lines of grades and name."""
