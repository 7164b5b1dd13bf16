"""Terms of CTCAE versions 4.03 and 5.0, infections to neoplasms: the grades in each, then the name."""

from __future__ import annotations

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "Infections and infestations": """
345   2345  Abdominal infection
12345 12345 Anorectal infection
345   345   Appendicitis
2345  345   Appendicitis perforated
345   345   Arteritis infective
-     2     Bacteremia
345   2345  Biliary tract infection
2345  2345  Bladder infection
345   2345  Bone infection
2345  2345  Breast infection
2345  2345  Bronchial infection
2345  2345  Catheter related infection
345   2345  Cecal infection
2345  2345  Cervicitis infection
-     1234  Conjunctivitis
2345  234   Conjunctivitis infective
2345  2345  Corneal infection
345   345   Cranial nerve infection
-     12345 Cytomegalovirus infection reactivation
345   2345  Device related infection
2345  2345  Duodenal infection
345   345   Encephalitis infection
345   345   Encephalomyelitis infection
345   345   Endocarditis infective
234   234   Endophthalmitis
2345  2345  Enterocolitis infectious
-     12345 Epstein-Barr virus infection reactivation
2345  2345  Esophageal infection
2345  2345  Eye infection
-     123   Folliculitis
-     23    Fungemia
345   2345  Gallbladder infection
12345 12345 Gum infection
345   2345  Hepatic infection
-     12345 Hepatitis B reactivation
1345  12345 Hepatitis viral
-     12345 Herpes simplex reactivation
12345 12345 Infections and infestations - Other, specify
2345  2345  Infective myositis
2345  2345  Joint infection
345   2345  Kidney infection
2345  2345  Laryngitis
123   123   Lip infection
2345  2345  Lung infection
2345  2345  Lymph gland infection
345   345   Mediastinal infection
345   345   Meningitis
12345 12345 Mucosal infection
-     12345 Myelitis
123   123   Nail infection
2345  12345 Otitis externa
2345  2345  Otitis media
2345  2345  Ovarian infection
345   345   Pancreas infection
12345 12345 Papulopustular rash
123   123   Paronychia
2345  2345  Pelvic infection
2345  12345 Penile infection
2345  2345  Periorbital infection
2345  2345  Peripheral nerve infection
345   345   Peritoneal infection
2345  2345  Pharyngitis
2345  12345 Phlebitis infective
2345  2345  Pleural infection
2345  2345  Prostate infection
23    23    Rash pustular
2     2     Rhinitis infective
2345  2345  Salivary gland infection
2345  12345 Scrotal infection
45    345   Sepsis
-     12345 Shingles
2345  2345  Sinusitis
12345 12345 Skin infection
2345  2345  Small intestine infection
2345  2345  Soft tissue infection
345   345   Splenic infection
12345 12345 Stoma site infection
-     123   Thrush
2345  2345  Tooth infection
2345  2345  Tracheitis
2345  2345  Upper respiratory infection
2345  2345  Urethral infection
2345  2345  Urinary tract infection
2345  2345  Uterine infection
2345  12345 Vaginal infection
-     23    Viremia
12345 12345 Vulval infection
2345  12345 Wound infection
    """,
    "Injury, poisoning and procedural complications": """
123   123   Ankle fracture
345   2345  Aortic injury
12345 12345 Arterial injury
12345 12345 Biliary anastomotic leak
12345 12345 Bladder anastomotic leak
12    12    Bruising
12345 12345 Burn
12345 12345 Dermatitis radiation
12345 12345 Esophageal anastomotic leak
123   123   Fall
12345 12345 Fallopian tube anastomotic leak
12345 2345  Fallopian tube perforation
12345 12345 Fracture
12345 12345 Gastric anastomotic leak
12345 12345 Gastrointestinal anastomotic leak
2345  2345  Gastrointestinal stoma necrosis
234   234   Hip fracture
-     12345 Infusion related reaction
345   2345  Injury to carotid artery
45    12345 Injury to inferior vena cava
345   2345  Injury to jugular vein
12345 12345 Injury to superior vena cava
12345 12345 Injury, poisoning and procedural complications - Other, specify
12345 12345 Intestinal stoma leak
2345  2345  Intestinal stoma obstruction
12345 12345 Intestinal stoma site bleeding
12345 12345 Intraoperative arterial injury
12345 12345 Intraoperative breast injury
345   345   Intraoperative cardiac injury
12345 12345 Intraoperative ear injury
12345 12345 Intraoperative endocrine injury
12345 12345 Intraoperative gastrointestinal injury
12345 12345 Intraoperative head and neck injury
345   345   Intraoperative hemorrhage
12345 12345 Intraoperative hepatobiliary injury
12345 12345 Intraoperative musculoskeletal injury
12345 12345 Intraoperative neurological injury
12345 12345 Intraoperative ocular injury
12345 12345 Intraoperative renal injury
12345 12345 Intraoperative reproductive tract injury
12345 12345 Intraoperative respiratory injury
12345 -     Intraoperative skin injury
2345  2345  Intraoperative splenic injury
12345 12345 Intraoperative urinary injury
12345 12345 Intraoperative venous injury
12345 12345 Kidney anastomotic leak
12345 12345 Large intestinal anastomotic leak
12345 12345 Pancreatic anastomotic leak
12345 12345 Pharyngeal anastomotic leak
12345 12345 Postoperative hemorrhage
2345  2345  Postoperative thoracic procedure complication
12345 12345 Prolapse of intestinal stoma
12345 12345 Prolapse of urostomy
12345 12345 Radiation recall reaction (dermatologic)
12345 12345 Rectal anastomotic leak
123   123   Seroma
12345 12345 Small intestinal anastomotic leak
12345 12345 Spermatic cord anastomotic leak
12345 12345 Spinal fracture
2345  2345  Stenosis of gastrointestinal stoma
123   123   Stomal ulcer
12345 12345 Tracheal hemorrhage
12345 12345 Tracheal obstruction
12345 12345 Tracheostomy site bleeding
12345 12345 Ureteric anastomotic leak
12345 12345 Urethral anastomotic leak
12345 12345 Urostomy leak
12345 12345 Urostomy obstruction
12345 12345 Urostomy site bleeding
2345  2345  Urostomy stenosis
12345 12345 Uterine anastomotic leak
12345 2345  Uterine perforation
-     1234  Vaccination complication
12345 12345 Vaginal anastomotic leak
12345 12345 Vas deferens anastomotic leak
2345  12345 Vascular access complication
12345 12345 Venous injury
12345 12345 Wound complication
12345 12345 Wound dehiscence
123   123   Wrist fracture
    """,
    "Investigations": """
lab   lab   Activated partial thromboplastin time prolonged
lab   lab   Alanine aminotransferase increased
lab   lab   Alkaline phosphatase increased
lab   lab   Aspartate aminotransferase increased
123   123   Blood antidiuretic hormone abnormal
-     lab   Blood bicarbonate decreased
lab   lab   Blood bilirubin increased
123   123   Blood corticotrophin decreased
123   123   Blood gonadotrophin abnormal
-     lab   Blood lactate dehydrogenase increased
12    12    Blood prolactin abnormal
123   123   Carbon monoxide diffusing capacity decreased
13    13    Cardiac troponin I increased
13    13    Cardiac troponin T increased
lab   lab   CD4 lymphocytes decreased
lab   lab   Cholesterol high
lab   lab   CPK increased
lab   lab   Creatinine increased
234   234   Ejection fraction decreased
1234  1234  Electrocardiogram QT corrected interval prolonged
-     12    Electrocardiogram T wave abnormal
lab   lab   Fibrinogen decreased
1234  1234  Forced expiratory volume decreased
lab   lab   GGT increased
12    12    Growth hormone abnormal
lab   lab   Haptoglobin decreased
lab   lab   Hemoglobin increased
lab   lab   INR increased
12345 12345 Investigations - Other, specify
lab   lab   Lipase increased
lab   lab   Lymphocyte count decreased
lab   lab   Lymphocyte count increased
lab   lab   Neutrophil count decreased
123   123   Pancreatic enzymes decreased
lab   lab   Platelet count decreased
lab   lab   Serum amylase increased
-     lab   Thyroid stimulating hormone increased
34    34    Urine output decreased
123   123   Vital capacity abnormal
123   123   Weight gain
123   123   Weight loss
lab   lab   White blood cell decreased
    """,
    "Metabolism and nutrition disorders": """
lab   lab   Acidosis
2345  2345  Alcohol intolerance
lab   lab   Alkalosis
12345 12345 Anorexia
12345 12345 Dehydration
12345 12345 Glucose intolerance
lab   lab   Hypercalcemia
lab   12345 Hyperglycemia
lab   lab   Hyperkalemia
-     1234  Hyperlipidemia
lab   lab   Hypermagnesemia
lab   lab   Hypernatremia
-     12345 Hyperphosphatemia
lab   lab   Hypertriglyceridemia
lab   lab   Hyperuricemia
lab   lab   Hypoalbuminemia
lab   lab   Hypocalcemia
lab   lab   Hypoglycemia
lab   lab   Hypokalemia
lab   lab   Hypomagnesemia
lab   lab   Hyponatremia
lab   12345 Hypophosphatemia
2345  2345  Iron overload
12345 12345 Metabolism and nutrition disorders - Other, specify
234   234   Obesity
345   345   Tumor lysis syndrome
    """,
    "Musculoskeletal and connective tissue disorders": """
2345  2345  Abdominal soft tissue necrosis
123   123   Arthralgia
123   123   Arthritis
12345 12345 Avascular necrosis
123   123   Back pain
123   123   Bone pain
123   123   Buttock pain
-     2345  Chest wall necrosis
123   123   Chest wall pain
123   123   Exostosis
12345 12345 Fibrosis deep connective tissue
123   123   Flank pain
123   123   Generalized muscle weakness
123   123   Growth suppression
2345  2345  Head soft tissue necrosis
123   123   Joint effusion
123   123   Joint range of motion decreased
123   123   Joint range of motion decreased cervical spine
123   123   Joint range of motion decreased lumbar spine
123   123   Kyphosis
123   123   Lordosis
-     123   Muscle cramp
123   -     Muscle weakness left-sided
123   123   Muscle weakness lower limb
123   -     Muscle weakness right-sided
123   123   Muscle weakness trunk
123   123   Muscle weakness upper limb
12345 12345 Musculoskeletal and connective tissue disorder - Other, specify
123   123   Musculoskeletal deformity
123   123   Myalgia
123   1234  Myositis
123   123   Neck pain
2345  2345  Neck soft tissue necrosis
-     12345 Osteonecrosis
12345 12345 Osteonecrosis of jaw
123   123   Osteoporosis
123   123   Pain in extremity
2345  2345  Pelvic soft tissue necrosis
-     12345 Rhabdomyolysis
-     123   Rotator cuff injury
123   123   Scoliosis
2345  2345  Soft tissue necrosis lower limb
2345  2345  Soft tissue necrosis upper limb
12345 12345 Superficial soft tissue fibrosis
123   123   Trismus
123   123   Unequal limb length
    """,
    "Neoplasms benign, malignant and unspecified (incl cysts and polyps)": """
45    45    Leukemia secondary to oncology chemotherapy
45    45    Myelodysplastic syndrome
12345 12345 Neoplasms benign, malignant and unspecified (incl cysts and polyps) - Other, specify
-     12    Skin papilloma
345   345   Treatment related secondary malignancy
-     12345 Tumor hemorrhage
123   123   Tumor pain
    """,
}
