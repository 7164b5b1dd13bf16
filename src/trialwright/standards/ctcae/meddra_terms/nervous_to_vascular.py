"""Terms of CTCAE versions 4.03 and 5.0, nervous to vascular: the grades in each, then the name."""

from __future__ import annotations

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "Nervous system disorders": """
123   123   Abducens nerve disorder
123   123   Accessory nerve disorder
123   123   Acoustic nerve disorder NOS
123   123   Akathisia
123   123   Amnesia
-     1     Anosmia
3     3     Aphonia
12345 12345 Arachnoiditis
123   123   Ataxia
123   123   Brachial plexopathy
12345 12345 Central nervous system necrosis
12345 12345 Cerebrospinal fluid leakage
123   123   Cognitive disturbance
123   123   Concentration impairment
12345 12345 Depressed level of consciousness
123   123   Dizziness
123   123   Dysarthria
123   123   Dysesthesia
12    12    Dysgeusia
123   123   Dysphasia
4     345   Edema cerebral
12345 12345 Encephalopathy
12345 12345 Extrapyramidal disorder
123   123   Facial muscle weakness
123   123   Facial nerve disorder
12345 12345 Glossopharyngeal nerve disorder
-     12345 Guillain-Barre syndrome
123   123   Headache
12345 12345 Hydrocephalus
123   123   Hypersomnia
123   123   Hypoglossal nerve disorder
12345 12345 Intracranial hemorrhage
12    12    Ischemia cerebrovascular
123   -     IVth nerve disorder
12    12    Lethargy
12345 12345 Leukoencephalopathy
123   123   Memory impairment
12345 12345 Meningismus
123   123   Movements involuntary
-     123   Muscle weakness left-sided
-     123   Muscle weakness right-sided
-     12345 Myasthenia gravis
12345 -     Myelitis
12345 12345 Nervous system disorders - Other, specify
123   123   Neuralgia
23    23    Nystagmus
123   123   Oculomotor nerve disorder
23    23    Olfactory nerve disorder
123   123   Paresthesia
12345 12345 Peripheral motor neuropathy
12345 1234  Peripheral sensory neuropathy
123   123   Phantom pain
2     2     Presyncope
12345 12345 Pyramidal tract syndrome
12345 12345 Radiculitis
12345 12345 Recurrent laryngeal nerve palsy
12345 2345  Reversible posterior leukoencephalopathy syndrome
12345 12345 Seizure
123   -     Sinus pain
12345 12345 Somnolence
12345 12345 Spasticity
-     345   Spinal cord compression
12345 12345 Stroke
3     3     Syncope
-     123   Tendon reflex decreased
12    12    Transient ischemic attacks
123   123   Tremor
123   123   Trigeminal nerve disorder
-     123   Trochlear nerve disorder
12345 12345 Vagus nerve disorder
345   345   Vasovagal reaction
    """,
    "Pregnancy, puerperium and perinatal conditions": """
5     -     Fetal death
234   234   Fetal growth retardation
-     4     Pregnancy loss
12345 12345 Pregnancy, puerperium and perinatal conditions - Other, specify
1234  1234  Premature delivery
3     -     Unintended pregnancy
    """,
    "Psychiatric disorders": """
12345 1234  Agitation
12    12    Anorgasmia
12345 1234  Anxiety
12345 1234  Confusion
12    12    Delayed orgasm
12345 12345 Delirium
2345  2345  Delusions
12345 12345 Depression
123   123   Euphoria
12345 12345 Hallucinations
123   123   Insomnia
-     123   Irritability
12    12    Libido decreased
123   1     Libido increased
12345 12345 Mania
12345 1234  Personality change
12345 12345 Psychiatric disorders - Other, specify
12345 12345 Psychosis
123   123   Restlessness
1234  1234  Suicidal ideation
345   345   Suicide attempt
    """,
    "Renal and urinary disorders": """
12345 345   Acute kidney injury
2345  2345  Bladder perforation
123   123   Bladder spasm
12345 12345 Chronic kidney disease
12345 12345 Cystitis noninfective
-     1     Dysuria
-     1     Glucosuria
12345 12345 Hematuria
1     1     Hemoglobinuria
-     345   Nephrotic syndrome
lab   lab   Proteinuria
12345 12345 Renal and urinary disorders - Other, specify
12345 12345 Renal calculi
123   123   Renal colic
12345 12345 Renal hemorrhage
2345  2345  Urinary fistula
12    12    Urinary frequency
123   123   Urinary incontinence
12345 12345 Urinary retention
12345 12345 Urinary tract obstruction
123   123   Urinary tract pain
12    12    Urinary urgency
1     1     Urine discoloration
    """,
    "Reproductive system and breast disorders": """
-     2     Amenorrhea
3     2     Azoospermia
123   123   Breast atrophy
123   123   Breast pain
123   123   Dysmenorrhea
123   123   Dyspareunia
12    12    Ejaculation disorder
123   123   Erectile dysfunction
123   123   Fallopian tube obstruction
12345 -     Fallopian tube stenosis
12345 -     Female genital tract fistula
12    12    Feminization acquired
123   123   Genital edema
123   123   Gynecomastia
12345 12345 Hematosalpinx
123   12    Irregular menstruation
12    12    Lactation disorder
12345 12345 Menorrhagia
12    12    Nipple deformity
123   1     Oligospermia
12345 12345 Ovarian hemorrhage
12345 12345 Ovarian rupture
123   2     Ovulation pain
12345 123   Pelvic floor muscle weakness
123   123   Pelvic pain
123   123   Penile pain
123   123   Perineal pain
3     2     Premature menopause
12345 12345 Prostatic hemorrhage
123   123   Prostatic obstruction
123   123   Prostatic pain
12345 12345 Reproductive system and breast disorders - Other, specify
123   123   Scrotal pain
12345 12345 Spermatic cord hemorrhage
123   123   Spermatic cord obstruction
12345 1234  Testicular disorder
12345 12345 Testicular hemorrhage
123   123   Testicular pain
12345 12345 Uterine fistula
12345 12345 Uterine hemorrhage
123   123   Uterine obstruction
123   123   Uterine pain
12    12    Vaginal discharge
123   123   Vaginal dryness
12345 12345 Vaginal fistula
12345 12345 Vaginal hemorrhage
12345 1234  Vaginal inflammation
123   123   Vaginal obstruction
123   123   Vaginal pain
12345 2345  Vaginal perforation
1235  1235  Vaginal stricture
123   -     Vaginismus
    """,
    "Respiratory, thoracic and mediastinal disorders": """
345   345   Adult respiratory distress syndrome
12    12    Allergic rhinitis
345   345   Apnea
12345 12345 Aspiration
12345 12345 Atelectasis
12345 12345 Bronchial fistula
12345 12345 Bronchial obstruction
12345 12345 Bronchial stricture
12345 12345 Bronchopleural fistula
12345 12345 Bronchopulmonary hemorrhage
12345 12345 Bronchospasm
12345 12345 Chylothorax
123   123   Cough
12345 12345 Dyspnea
12345 12345 Epistaxis
123   123   Hiccups
123   123   Hoarseness
2345  2345  Hypoxia
12345 12345 Laryngeal edema
12345 12345 Laryngeal fistula
12345 12345 Laryngeal hemorrhage
123   123   Laryngeal inflammation
12345 12345 Laryngeal mucositis
12345 12345 Laryngeal obstruction
12345 12345 Laryngeal stenosis
12345 12345 Laryngopharyngeal dysesthesia
2345  2345  Laryngospasm
12345 12345 Mediastinal hemorrhage
123   123   Nasal congestion
-     123   Oropharyngeal pain
12345 12345 Pharyngeal fistula
12345 12345 Pharyngeal hemorrhage
12345 12345 Pharyngeal mucositis
345   345   Pharyngeal necrosis
12345 12345 Pharyngeal stenosis
123   123   Pharyngolaryngeal pain
12345 12345 Pleural effusion
12345 12345 Pleural hemorrhage
123   123   Pleuritic pain
12345 12345 Pneumonitis
12345 12345 Pneumothorax
12    12    Postnasal drip
123   123   Productive cough
12345 12345 Pulmonary edema
12345 12345 Pulmonary fibrosis
12345 12345 Pulmonary fistula
12345 12345 Pulmonary hypertension
45    45    Respiratory failure
12345 12345 Respiratory, thoracic and mediastinal disorders - Other, specify
12345 12345 Retinoic acid syndrome
-     1     Rhinorrhea
12345 12345 Sinus disorder
-     123   Sinus pain
12345 12345 Sleep apnea
12    12    Sneezing
123   123   Sore throat
345   345   Stridor
12345 12345 Tracheal fistula
12345 12345 Tracheal mucositis
12345 12345 Tracheal stenosis
123   123   Voice alteration
12345 12345 Wheezing
    """,
    "Skin and subcutaneous tissue disorders": """
12    12    Alopecia
12    12    Body odor
12345 12345 Bullous dermatitis
123   123   Dry skin
-     123   Eczema
12345 12345 Erythema multiforme
2345  2345  Erythroderma
123   123   Fat atrophy
-     1     Hair color changes
-     1     Hair texture abnormal
12    12    Hirsutism
123   123   Hyperhidrosis
-     13    Hyperkeratosis
12    12    Hypertrichosis
2345  2345  Hypohidrosis
123   123   Lipohypertrophy
-     1     Nail changes
1     1     Nail discoloration
12    12    Nail loss
1     1     Nail ridging
123   123   Pain of skin
123   123   Palmar-plantar erythrodysesthesia syndrome
123   -     Periorbital edema
12345 12345 Photosensitivity
123   123   Pruritus
123   123   Purpura
12345 12345 Rash acneiform
123   123   Rash maculo-papular
123   123   Scalp pain
12345 12345 Skin and subcutaneous tissue disorders - Other, specify
123   123   Skin atrophy
12    12    Skin hyperpigmentation
12    12    Skin hypopigmentation
12345 12345 Skin induration
12345 12345 Skin ulceration
345   345   Stevens-Johnson syndrome
-     123   Subcutaneous emphysema
12    12    Telangiectasia
45    45    Toxic epidermal necrolysis
123   123   Urticaria
    """,
    "Social circumstances": """
123   -     Menopause
12345 12345 Social circumstances - Other, specify
    """,
    "Surgical and medical procedures": """
12345 12345 Surgical and medical procedures - Other, specify
    """,
    "Vascular disorders": """
-     345   Arterial thromboembolism
2345  12345 Capillary leak syndrome
123   123   Flushing
12345 12345 Hematoma
123   123   Hot flashes
12345 12345 Hypertension
12345 12345 Hypotension
2345  2345  Lymph leakage
123   123   Lymphedema
123   123   Lymphocele
2345  2345  Peripheral ischemia
2     2     Phlebitis
2     2     Superficial thrombophlebitis
12345 12345 Superior vena cava syndrome
12345 12345 Thromboembolic event
12345 12345 Vascular disorders - Other, specify
12345 12345 Vasculitis
2345  -     Visceral arterial ischemia
    """,
}
