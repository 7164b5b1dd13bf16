"""Trialwright turns a clinical-trial protocol into a running trial."""

__version__ = "0.1.0"
