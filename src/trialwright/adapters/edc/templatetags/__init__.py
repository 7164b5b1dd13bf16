"""The tags and filters that every page's template may use: `{% load edc %}`."""
