"""What a record claims about its study, each claim with the words it rests on.

`claims_of` reads every kind of claim. The shape: `record`. What is claimed by which words: `design`, `treatment`,
`eligibility`, `samples`. Whether two claims can both be true is decided in `contradictions`.
"""

from trialwright.adapters.registry.claims.record import Claim, Passage, Record

__all__ = ["Claim", "Passage", "Record"]
