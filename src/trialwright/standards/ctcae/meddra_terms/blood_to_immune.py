"""Terms of CTCAE versions 4.03 and 5.0, blood to immune: the grades in each, then the name."""

from __future__ import annotations

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "Blood and lymphatic system disorders": """
lab   lab   Anemia
12345 12345 Blood and lymphatic system disorders - Other, specify
12345 12345 Bone marrow hypocellular
2345  2345  Disseminated intravascular coagulation
-     lab   Eosinophilia
345   345   Febrile neutropenia
12345 12345 Hemolysis
1345  345   Hemolytic uremic syndrome
lab   lab   Leukocytosis
123   123   Lymph node pain
-     lab   Methemoglobinemia
1245  -     Spleen disorder
1345  345   Thrombotic thrombocytopenic purpura
    """,
    "Cardiac disorders": """
2345  -     Acute coronary syndrome
12345 12345 Aortic valve disease
145   145   Asystole
12345 12345 Atrial fibrillation
12345 12345 Atrial flutter
2345  2345  Atrioventricular block complete
12    12    Atrioventricular block first degree
45    45    Cardiac arrest
12345 12345 Cardiac disorders - Other, specify
123   123   Chest pain - cardiac
12345 12345 Conduction disorder
345   -     Constrictive pericarditis
-     2     Cyanosis
12345 12345 Heart failure
345   345   Left ventricular systolic dysfunction
12345 12345 Mitral valve disease
12345 12345 Mobitz (type) II atrioventricular block
12345 12345 Mobitz type I
2345  2345  Myocardial infarction
12345 2345  Myocarditis
12    12    Palpitations
12345 12345 Paroxysmal atrial tachycardia
2345  2345  Pericardial effusion
45    45    Pericardial tamponade
12345 12345 Pericarditis
12345 12345 Pulmonary valve disease
345   12345 Restrictive cardiomyopathy
12345 12345 Right ventricular dysfunction
12345 12345 Sick sinus syndrome
12345 12345 Sinus bradycardia
123   123   Sinus tachycardia
12345 12345 Supraventricular tachycardia
12345 12345 Tricuspid valve disease
12345 12345 Ventricular arrhythmia
45    45    Ventricular fibrillation
2345  2345  Ventricular tachycardia
12345 -     Wolff-Parkinson-White syndrome
    """,
    "Congenital, familial and genetic disorders": """
12345 12345 Congenital, familial and genetic disorders - Other, specify
    """,
    "Ear and labyrinth disorders": """
12345 12345 Ear and labyrinth disorders - Other, specify
123   123   Ear pain
12345 -     External ear inflammation
123   123   External ear pain
1234  1234  Hearing impaired
12345 12345 Middle ear inflammation
123   123   Tinnitus
123   123   Vertigo
23    23    Vestibular disorder
    """,
    "Endocrine disorders": """
12345 12345 Adrenal insufficiency
123   123   Cushingoid
23    23    Delayed puberty
12345 12345 Endocrine disorders - Other, specify
2     2     Growth accelerated
12    12    Hyperparathyroidism
12345 12345 Hyperthyroidism
12345 12345 Hypoparathyroidism
-     12345 Hypophysitis
-     12345 Hypopituitarism
12345 12345 Hypothyroidism
12    12    Precocious puberty
-     12    Testosterone deficiency
12    12    Virilization
    """,
    "Eye disorders": """
123   1234  Blurred vision
1234  1234  Cataract
123   -     Conjunctivitis
234   34    Corneal ulcer
123   123   Dry eye
123   1234  Extraocular muscle paresis
1234  1234  Eye disorders - Other, specify
123   123   Eye pain
123   123   Eyelid function disorder
123   123   Flashing lights
123   123   Floaters
1234  1234  Glaucoma
234   1234  Keratitis
1234  1234  Night blindness
1234  1234  Optic nerve disorder
1234  1234  Papilledema
-     123   Periorbital edema
123   123   Photophobia
1234  34    Retinal detachment
234   12    Retinal tear
23    23    Retinal vascular disorder
1234  1234  Retinopathy
1234  1234  Scleral disorder
1234  1234  Uveitis
-     234   Vision decreased
1234  1234  Vitreous hemorrhage
123   1234  Watering eyes
    """,
    "Gastrointestinal disorders": """
123   123   Abdominal distension
123   123   Abdominal pain
-     123   Anal fissure
12345 12345 Anal fistula
12345 12345 Anal hemorrhage
12345 123   Anal mucositis
345   345   Anal necrosis
123   123   Anal pain
12345 12345 Anal stenosis
12345 12345 Anal ulcer
12345 12345 Ascites
-     12    Belching
12    12    Bloating
12345 12345 Cecal hemorrhage
123   123   Cheilitis
-     12345 Chylous ascites
12345 12345 Colitis
12345 12345 Colonic fistula
12345 12345 Colonic hemorrhage
12345 12345 Colonic obstruction
2345  2345  Colonic perforation
12345 12345 Colonic stenosis
12345 12345 Colonic ulcer
12345 12345 Constipation
123   123   Dental caries
12345 12345 Diarrhea
123   123   Dry mouth
12345 12345 Duodenal fistula
12345 12345 Duodenal hemorrhage
12345 12345 Duodenal obstruction
2345  2345  Duodenal perforation
12345 12345 Duodenal stenosis
12345 12345 Duodenal ulcer
123   123   Dyspepsia
12345 12345 Dysphagia
12345 12345 Enterocolitis
12345 12345 Enterovesical fistula
12345 12345 Esophageal fistula
12345 12345 Esophageal hemorrhage
345   345   Esophageal necrosis
12345 12345 Esophageal obstruction
123   123   Esophageal pain
2345  2345  Esophageal perforation
12345 12345 Esophageal stenosis
12345 12345 Esophageal ulcer
2345  2345  Esophageal varices hemorrhage
12345 12345 Esophagitis
123   123   Fecal incontinence
12    12    Flatulence
12345 12345 Gastric fistula
12345 12345 Gastric hemorrhage
345   345   Gastric necrosis
2345  2345  Gastric perforation
12345 12345 Gastric stenosis
12345 12345 Gastric ulcer
12345 12345 Gastritis
123   123   Gastroesophageal reflux disease
12345 12345 Gastrointestinal disorders - Other, specify
12345 12345 Gastrointestinal fistula
123   123   Gastrointestinal pain
123   1234  Gastroparesis
123   123   Gingival pain
12345 12345 Hemorrhoidal hemorrhage
123   123   Hemorrhoids
12345 12345 Ileal fistula
12345 12345 Ileal hemorrhage
12345 12345 Ileal obstruction
2345  2345  Ileal perforation
12345 12345 Ileal stenosis
12345 12345 Ileal ulcer
2345  12345 Ileus
2345  2345  Intra-abdominal hemorrhage
12345 12345 Jejunal fistula
12345 12345 Jejunal hemorrhage
12345 12345 Jejunal obstruction
2345  2345  Jejunal perforation
12345 12345 Jejunal stenosis
12345 12345 Jejunal ulcer
123   123   Lip pain
12345 12345 Lower gastrointestinal hemorrhage
2345  2345  Malabsorption
12345 12345 Mucositis oral
123   123   Nausea
12345 12345 Obstruction gastric
12345 12345 Oral cavity fistula
123   123   Oral dysesthesia
12345 12345 Oral hemorrhage
123   123   Oral pain
12345 12345 Pancreatic duct stenosis
12345 12345 Pancreatic fistula
12345 12345 Pancreatic hemorrhage
345   345   Pancreatic necrosis
2345  2345  Pancreatitis
123   123   Periodontal disease
345   345   Peritoneal necrosis
12345 12345 Proctitis
-     123   Rectal fissure
12345 12345 Rectal fistula
12345 12345 Rectal hemorrhage
12345 12345 Rectal mucositis
345   345   Rectal necrosis
12345 12345 Rectal obstruction
123   123   Rectal pain
2345  2345  Rectal perforation
12345 12345 Rectal stenosis
12345 12345 Rectal ulcer
2345  2345  Retroperitoneal hemorrhage
12345 12345 Salivary duct inflammation
12345 12345 Salivary gland fistula
12345 12345 Small intestinal mucositis
12345 12345 Small intestinal obstruction
2345  2345  Small intestinal perforation
12345 12345 Small intestinal stenosis
12345 12345 Small intestine ulcer
123   123   Stomach pain
123   123   Tooth development disorder
1     1     Tooth discoloration
123   123   Toothache
345   345   Typhlitis
12345 12345 Upper gastrointestinal hemorrhage
-     2345  Visceral arterial ischemia
12345 12345 Vomiting
    """,
    "General disorders and administration site conditions": """
123   123   Chills
5     4     Death neonatal
5     5     Death NOS
-     5     Disease progression
123   123   Edema face
123   123   Edema limbs
123   123   Edema trunk
123   123   Facial pain
123   123   Fatigue
12345 12345 Fever
123   123   Flu like symptoms
123   123   Gait disturbance
12345 12345 General disorders and administration site conditions - Other, specify
-     1234  Generalized edema
2345  2345  Hypothermia
12345 -     Infusion related reaction
2345  12345 Infusion site extravasation
12345 12345 Injection site reaction
123   -     Irritability
123   123   Localized edema
12    123   Malaise
345   345   Multi-organ failure
123   1234  Neck edema
123   123   Non-cardiac chest pain
123   123   Pain
5     5     Sudden death NOS
-     12    Vaccination site lymphadenopathy
    """,
    "Hepatobiliary disorders": """
12345 12345 Bile duct stenosis
2345  2345  Biliary fistula
-     2345  Budd-Chiari syndrome
2345  2345  Cholecystitis
12345 12345 Gallbladder fistula
45    45    Gallbladder necrosis
12345 12345 Gallbladder obstruction
123   123   Gallbladder pain
45    45    Gallbladder perforation
345   345   Hepatic failure
12345 12345 Hepatic hemorrhage
45    45    Hepatic necrosis
123   123   Hepatic pain
12345 12345 Hepatobiliary disorders - Other, specify
345   345   Perforation bile duct
2345  2345  Portal hypertension
2345  2345  Portal vein thrombosis
-     2345  Sinusoidal obstruction syndrome
    """,
    "Immune system disorders": """
12345 12345 Allergic reaction
345   345   Anaphylaxis
12345 12345 Autoimmune disorder
12345 12345 Cytokine release syndrome
12345 12345 Immune system disorders - Other, specify
12345 12345 Serum sickness
    """,
}
