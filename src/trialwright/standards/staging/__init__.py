"""Staging schemes: the classes a physician records -> the stage group. `mf_ss` is mycosis fungoides/Sézary syndrome."""
