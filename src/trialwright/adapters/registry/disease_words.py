"""How a medical term speaks by its words alone: for a disease, or for a substance or a procedure.

Decided here: the weight of words and of endings. Used where two lists of terms run together (`mesh`) and where several
conditions stand in one line (`run_together`). Read first: `speaks`.
"""

from __future__ import annotations

import re

# Words anywhere in a term. Weights are rounded; positive speaks for a disease, negative for a substance or a procedure.
_WORDS = {
    6: "disease diseases disorder disorders neoplasms syndrome syndromes infections infection",
    5: "injuries symptoms pathologic pathological deficiency wounds manifestations complications abnormalities"
    " conditions cancer carcinoma leukemia lymphoma tumor tumors",
    4: "pain behavior behavioral chronic hereditary congenital pneumonia virus diabetes fractures multiple body"
    " pregnancy dysfunction dysfunctions failure attributes processes mellitus depression death",
    2: "acute heart kidney lung pulmonary respiratory nervous familial nerve sleep premature cyst fever tooth nutrition"
    " overweight weight skin signs",
    -3: "acid acids alpha beta gamma sodium potassium calcium factor factors receptor receptors binding"
    " molecular mechanisms cyclic phosphate citrate hydrochloride",
    -5: "agents compounds protein proteins inhibitors antagonists agonists antibodies drugs pharmaceutical preparations"
    " effects substances hormones peptides amines alkaloids vitamins enzymes antigens vaccines combination solutions"
    " therapy therapies therapeutics procedures techniques modalities methods care exercise education investigative"
    " surgery surgical radiotherapy psychotherapy evaluation topic diet foods microbiota phenomena environment"
    " irradiation sulfonamides hydrocarbons steroids plant extract oils equipment supplies",
}
_ENDINGS = {
    4: "sis oma itis drome mia ism ria nia ema xia gia pathy asia aly ncy nce sion sia phy ness coma plegia",
    2: "tion ions ing ity ess ure ures uria ias ment age oses thies",
    -3: "ine ines ins ate ates ide ides one ones ase ases ose ol ols tors sin tin lin rin cin nin min din xin mab nib"
    " ium gen gens cid cids ein tein ene ane azole rol tol ants ists dil fil pril sartan statin vir cept",
}
_BY_WORD = {word: weight for weight, words in _WORDS.items() for word in words.split()}
_BY_ENDING = sorted(((e, w) for w, ends in _ENDINGS.items() for e in ends.split()), key=lambda one: -len(one[0]))


def speaks(term: str) -> int:
    """How a term speaks by its words alone: positive for a disease, negative for a substance or procedure.

    >>> speaks("Immune System Diseases") > 0 > speaks("Angiogenesis Inhibitors")
    True
    """
    words = re.findall(r"[a-z]+", term.lower())
    head = re.findall(r"[a-z]+", term.split(",")[0].lower())
    ending = next((w for e, w in _BY_ENDING if head and len(head[-1]) > len(e) and head[-1].endswith(e)), 0)
    ending = 0 if head and head[-1] in _BY_WORD else ending
    return sum(_BY_WORD.get(word, 0) for word in words) + ending - (2 if re.search(r"\d", term) else 0)
