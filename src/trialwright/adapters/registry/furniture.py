"""Lines of the site itself that are no part of a study: menus, banners, headings, advice, of the years 2017 to 2024.

Decided here: which whole lines, and which openings of lines, are furniture, and of which kind. A page's own words
never stand here. Read first: `furniture_at`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from trialwright.adapters.registry.labels import SITE

_LONGEST = 2000  # no line of the site itself is longer
_BANNER, _MENU, _HEAD = "banner of the site", "menu of the site", "heading of the page"
_NOTE, _CONTACT, _LAYOUT = "disclaimer of the site", "advice of the site about contacts", "layout remark"
FURNITURE = (
    (r"COVID-19 is an emerging, rapidly evolving situation\.[^\n]*", _BANNER),
    (r"Get the latest (?:public health|research) information from (?:CDC|NIH)\s*:[^\n]*", _BANNER),
    (r"https?://(?:www\.)?(?:coronavirus\.gov|nih\.gov/coronavirus|ncbi\.nlm\.nih\.gov/sars-cov-2)\S*", _BANNER),
    (r"(?:Learn more about|Find NCBI) [^\n]*COVID-19[^\n]*|SARS-CoV-2 literature[^\n]*", _BANNER),
    (r"The U\.S\. government does not review or approve the safety and science of all studies[^\n]*", _BANNER),
    (r"We'?re building a better ClinicalTrials\.gov[^\n]*|[^\n]{0,80}\bBeta\.ClinicalTrials\.gov\b[^\n]*", _BANNER),
    (
        r"The (?:classic|new|modernized) (?:website|ClinicalTrials\.gov)[^\n]{0,200}|Warning|(?:Hide"
        r"|Dismiss) this message",
        _BANNER,
    ),
    (
        r"Menu|Skip to Main Content|Home|Search Results?|Study Record Detail|Saved Studies[^\n]{0,20}"
        r"|Glossary",
        _MENU,
    ),
    (
        r"(?:Find|About|Submit) Studies|Resources|About (?:This )?Site|PRS Login|ClinicalTrials\.gov"
        r"|Hide glossary[^\n]*",
        _MENU,
    ),
    (
        r"(?:New|Advanced|Basic|Modify) Search|See Studies (?:by Topic|on (?:a )?Map)|How to (?:Search|Edit"
        r"|Register|Apply|Submit)\b[^\n]{0,60}",
        _MENU,
    ),
    (r"How to (?:Find Results of Studies|Use Search Results|Read a Study Record|Use Advanced Search)", _MENU),
    (r"Learn About (?:Clinical )?Studies|Other Sites About Studies|Glossary of Common Site Terms", _MENU),
    (r"Why Should I Register and Submit Results\?|FDAAA 801 and the Final Rule|Frequently Asked Questions", _MENU),
    (
        r"(?:Support|Training) Materials|Selected Publications|Clinical Alerts and Advisories|RSS Feeds"
        r"|Trends, Charts, and Maps",
        _MENU,
    ),
    (r"Downloading Content for Analysis|ClinicalTrials\.gov Background|About the Results Database", _MENU),
    (
        r"History, Policies, and Laws|(?:ClinicalTrials\.gov )?Media/Press Resources|Linking to This Site"
        r"|Terms and Conditions",
        _MENU,
    ),
    (
        r"(?:Home\s*[>›]\s*)?Search Results\s*[>›]\s*Study Record Detail|(?:Save|Saved|Remove) this study"
        r"|Saved",
        _MENU,
    ),
    (
        r"Trial record \d+ of [^\n]*|(?:Previous|Next) Study[^\n]*|Return to List[^\n]*"
        r"|You have reached the maximum number[^\n]*",
        _MENU,
    ),
    (r"(?:Warning\s+)?You have reached the maximum number of saved studies[^\n]*", _MENU),
    (r"Please remove one or more studies before adding more|U\.S\. National Library of Medicine[^\n]*", _MENU),
    (
        r"(?:(?:Study Details|Tabular View|Study Results|(?:No )?(?:Study )?Results (?:Posted|Submitted)"
        r"|Disclaimer|How to Read a Study Record)\s*)+",
        _MENU,
    ),
    (
        r"See Contacts and Locations|Go to sections?[^\n]{0,40}|Go to|Top of Page[^\n]{0,40}"
        r"|(?:Back )?[Tt]o [Tt]op|(?:Show|Hide) [Dd]etailed [Dd]escription[^\n]{0,40}",
        _MENU,
    ),
    (r"(?:Print|Download)(?:\s+(?:Print|Download))*|Share this page|[.|›>]", _MENU),
    (
        r"(?:Expand|Collapse) all(?: sections)?|(?:Show|Hide) (?:more|less|all)|Contact (?:Help Desk"
        r"|NLM Help Desk)",
        _MENU,
    ),
    (r"Study record managers\s*: refer to the [^\n]*|[^\n]{0,80}for the Data Element Definitions[^\n]*", _MENU),
    (
        r"For Patients and Families|For Researchers|For Study Record Managers|Home RSS Feeds Site Map[^\n]*"
        r"|Site Map|Customer Support",
        _MENU,
    ),
    (
        r"Copyright|Privacy|Accessibility|Viewers and Players|Freedom of Information Act|USA\.gov"
        r"|HHS[^\n]{0,80}|NIH\b[^\n]{0,40}NLM[^\n]{0,80}",
        _MENU,
    ),
    (r"U\.S\. National Institutes of Health|U\.S\. Department of Health (?:and|&) Human Services", _MENU),
    (r"Study Description|Study Design|Arms and Interventions|Groups and Cohorts|Outcome Measures", _HEAD),
    (r"Eligibility Criteria|Contacts and Locations|Sponsors and Collaborators|More Information", _HEAD),
    (
        r"Contacts?|Locations?|Investigators?|Criteria|Sponsors?|(?:Show"
        r"|Hide) (?:all )?\d+ study locations?[^\n]{0,40}",
        _HEAD,
    ),
    (r"Arm\s+Intervention/treatment|Group/Cohort\s+Intervention/treatment", _HEAD),
    (r"Information from the National Library of Medicine", _CONTACT),
    (r"Choosing to participate in a study is an important personal decision\.[^\n]*", _CONTACT),
    (r"(?:For general information, )?Learn About Clinical Studies", _CONTACT),
    (r"To learn more about this study, you or your doctor may contact the study research staff[^\n]*", _CONTACT),
    (r"Layout table for [^\n]*", _LAYOUT),
    (
        r"No (?:publications provided|(?:contacts|locations|contacts or locations) provided"
        r"|Contacts or Locations Provided|(?:Study )?Results Posted[^\n]*)",
        _HEAD,
    ),
)
OPENINGS = (
    (
        r"The safety and scientific validity of this study is the responsibility of [^\n]*"
        r"\sdisclaimer\s+for\s+details\.",
        _NOTE,
    ),
    (rf"Please refer to this study by its {SITE}identifier\s+\(NCT number\)\s*:\s*(?=NCT\d)", _CONTACT),
)


def _gathered(table: tuple[tuple[str, str], ...], tail: str) -> re.Pattern[str]:
    """One pattern for a whole table; the number of the group that matched is the place in the table."""
    return re.compile(rf"\s*(?:{'|'.join(f'({pattern})' for pattern, _ in table)}){tail}")


_LINES = _gathered(FURNITURE, r"(?P<tail>[\s:.]*)\Z")
_OPENINGS = _gathered(OPENINGS, "")


@lru_cache(maxsize=4096)
def furniture_at(line: str) -> tuple[int, str] | None:
    """How many characters of a line are furniture of the site, and of which kind; only whole lines and known
    openings."""
    found = _LINES.match(line) if len(line) < _LONGEST else None
    if found:
        place = next(n for n, words in enumerate(found.groups()) if words is not None)
        return found.start("tail"), FURNITURE[place][1]
    opening = _OPENINGS.match(line)
    if opening:
        return opening.end(), OPENINGS[next(n for n, words in enumerate(opening.groups()) if words is not None)][1]
    return None
