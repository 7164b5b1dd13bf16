"""Lines of the site of 2019 to 2021 that a crawler keeps around a study: menus, banners, notices, advice."""

TOP = """Skip to Main Content|U.S. National Library of Medicine|ClinicalTrials.gov|Find Studies|New Search
|Advanced Search|See Studies by Topic|See Studies on Map|How to Search|How to Use Search Results
|How to Find Results of Studies|How to Read a Study Record|About Studies|Learn About Studies
|Other Sites About Studies|Glossary of Common Site Terms|Submit Studies|Why Should I Register and Submit Results?
|FDAAA 801 and the Final Rule|How to Apply for an Account|How to Register Your Study|How to Edit Your Study Record
|How to Submit Your Results|Frequently Asked Questions|Support Materials|Training Materials|Resources
|Selected Publications|Clinical Alerts and Advisories|RSS Feeds|Trends, Charts, and Maps
|Downloading Content for Analysis|About Site|ClinicalTrials.gov Background|About the Results Database
|History, Policies, and Laws|Media/Press Resources|Linking to This Site|Terms and Conditions|Disclaimer|PRS Login
|Home|Search Results|Study Record Detail|Save this study|Warning
|You have reached the maximum number of saved studies (100).
|Please remove one or more studies before adding more.|Saved Studies (0)""".replace("\n", "").split("|")
BOTTOM = """To Top|Back to Top|For Patients and Families|For Researchers|For Study Record Managers|Home|RSS Feeds
|Site Map|Terms and Conditions|Disclaimer|Customer Support|Copyright|Privacy|Accessibility|Viewers and Players
|Freedom of Information Act|USA.gov|U.S. National Library of Medicine|U.S. National Institutes of Health
|U.S. Department of Health and Human Services""".replace("\n", "").split("|")
BANNERS = (
    ["We're building a better ClinicalTrials.gov. Check it out and tell us what you think!"],
    [
        "COVID-19 is an emerging, rapidly evolving situation.",
        "Get the latest public health information from CDC:",
        "https://www.coronavirus.gov",
        ".",
        "Get the latest research information from NIH:",
        "https://www.nih.gov/coronavirus",
        ".",
    ],
    [],
)
NOTICES = (
    [
        "The safety and scientific validity of this study is the responsibility of the study sponsor and "
        "investigators. Listing a study does not mean it has been evaluated by the U.S. Federal Government. Read our",
        "disclaimer",
        "for details.",
    ],
    [
        "The safety and scientific validity of this study is the responsibility of the study sponsor and "
        "investigators. Listing a study does not mean it has been evaluated by the U.S. Federal Government.",
        "Know the risks and potential benefits",
        "of clinical studies and talk to your health care provider before participating. Read our",
        "disclaimer",
        "for details.",
    ],
)
CHOOSING = [
    "Information from the National Library of Medicine",
    "Choosing to participate in a study is an important personal decision. Talk with your doctor and family members "
    "or friends about deciding to join a study. To learn more about this study, you or your doctor may contact the "
    "study research staff using the contacts provided below. For general information,",
    "Learn About Clinical Studies.",
]
LEARN = [
    "Information from the National Library of Medicine",
    "To learn more about this study, you or your doctor may contact the study research staff using the contact "
    "information provided by the sponsor.",
]
