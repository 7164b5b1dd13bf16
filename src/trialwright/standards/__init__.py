"""Published standards, versioned: data where it can be data, a small pure function where it cannot.

A protocol names the standards it uses; the core receives them as arguments and never looks for them here.
"""
