"""How a page looks and speaks, for every area: layout, tags, menu, languages.

    page         a page is rendered: `render`, who reads it, the menu, the mark of simulated data
    menu         which pages stand in a person's menu, from the matrix
    writing      dates, quantities and values in the reader's language
    controls     one control of a form with its label, unit, hint and error
    signs        the word, sign and colour of a verdict, a severity or a state
    preferences  language and colours, kept with the browser
    words        the words of standards and roles that a catalogue translates

Nothing is decided about a patient here. The tags for templates are in `templatetags/edc.py`; read `page` first.
"""
