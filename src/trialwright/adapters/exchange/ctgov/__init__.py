"""ClinicalTrials.gov: what a trial posts there, and what others posted, as typed data."""
