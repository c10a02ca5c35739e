"""Guidance on monitoring, special considerations and pitfalls, and the omitted items."""

from api.domain.alerts.finding import Severity
from api.domain.guidance import papers
from api.domain.guidance.definition import ANY_SEVERITY, WITH_SYMPTOMS, GuidanceItem, Section, Verdict

BONE_DENSITY_GUIDELINE = "guideline: every 24 months (ACS/ASCO 2016)"

MONITORING = (
    GuidanceItem(
        "reassess-every-2-4-months",
        Section.MONITORING,
        ANY_SEVERITY,
        "Reassess symptoms with standardised questionnaires every 2 to 4 months.",
        Verdict.WEAK,
        "The interval is the visit schedule of one trial (2, 4 and 6 months). Too slow at first: three "
        "quarters of those who get symptoms have them by week 8.",
        (papers.RASTELLI, papers.ONSET, papers.MAO_2013, papers.CASTEL),
        correction="Weekly at first, then monthly or quarterly; before the first tablet where possible.",
        treatment=False,
    ),
    GuidanceItem(
        "bone-density-every-6-months",
        Section.MONITORING,
        ANY_SEVERITY,
        "Measure bone density at the start and every 6 months, because the symptoms may go with bone loss.",
        Verdict.WRONG_INTERVAL,
        "Six months was the endpoint of one trial, never a routine; the reason is wrong too: the drug costs "
        "bone with or without joint pain (unverified).",
        (papers.RASTELLI, papers.ACS_ASCO),
        correction=f"At the start, then {BONE_DENSITY_GUIDELINE.removeprefix('guideline: ')}.",
        treatment=False,
    ),
    GuidanceItem(
        "adherence-at-each-visit",
        Section.MONITORING,
        ANY_SEVERITY,
        "Ask at every visit whether the tablets are taken.",
        Verdict.SUPPORTED,
        "24.3% of 503 patients stopped for musculoskeletal symptoms within 2 years; stopping and missing "
        "doses went with higher mortality (HR 1.26 and 1.49). Self-report understates what was left out. "
        "That asking changes adherence was not shown.",
        (papers.HENRY_2012, papers.HERSHMAN_2011, papers.S1105),
        treatment=False,
    ),
)

CONSIDERATIONS = (
    GuidanceItem(
        "vitamin-d-10-19",
        Section.CONSIDERATIONS,
        WITH_SYMPTOMS,
        "With 25(OH) vitamin D of 10 to 19 ng/ml, high-dose vitamin D may help the symptoms more.",
        Verdict.WEAK,
        "One subgroup of one trial of 60 patients; in a later trial the level at the start predicted "
        "nothing. A deficiency merits treatment for its own sake.",
        (papers.RASTELLI, papers.NIRAVATH),
    ),
    GuidanceItem(
        "multidisciplinary",
        Section.CONSIDERATIONS,
        (Severity.SEVERE,),
        "Where severe symptoms keep a patient from the tablets, involve other disciplines, pain "
        "specialists among them.",
        Verdict.WEAK,
        "No trial in these symptoms was found; expert opinion. Pain of 4 or more goes with stopping (HR "
        "2.09, 1.14-3.80), so the team should act.",
        (papers.CHIM,),
    ),
    GuidanceItem(
        "joint-disease-before",
        Section.CONSIDERATIONS,
        WITH_SYMPTOMS,
        "With joint disease from before, be ready to do more, sooner.",
        Verdict.WEAK,
        "No trial in these symptoms was found. What is new can only be judged against the patient's own "
        "level from before, and the old disease is one of the other causes to look for.",
    ),
)

PITFALLS = (
    GuidanceItem(
        "recognise-early",
        Section.PITFALLS,
        ANY_SEVERITY,
        "Recognise the symptoms early, so that tests are not done in vain and help does not come late.",
        Verdict.WEAK,
        "That they begin early is well shown (mean 6 weeks, three quarters by week 8; some after month 13). "
        "That recognising them spares tests was not studied.",
        (papers.ONSET, papers.MAO_2013),
        correction="Joint pain on these tablets is not always due to them: metastasis, fracture, "
        "inflammatory arthritis and thrombosis stay on the list.",
        treatment=False,
    ),
    GuidanceItem(
        "undertreated-pain-and-stopping",
        Section.PITFALLS,
        ANY_SEVERITY,
        "Pain that is not treated well can end in stopping the tablets early.",
        Verdict.WEAK,
        "That pain goes before stopping is shown (worst pain of 4 or more: HR 2.09, 1.14-3.80; 24.3% stopped "
        "for these symptoms). That treating it keeps patients on the tablets is not.",
        (papers.CHIM, papers.HENRY_2012),
        treatment=False,
    ),
    GuidanceItem(
        "long-term-individual",
        Section.PITFALLS,
        ANY_SEVERITY,
        "Trials lasted months, treatment lasts 5 to 10 years: reassess and adjust for each patient.",
        Verdict.SUPPORTED,
        "The trials named here ran for weeks to one year.",
        (papers.S1200, papers.HOPE, papers.RASTELLI),
        treatment=False,
    ),
    GuidanceItem(
        "report-and-grip-strength",
        Section.PITFALLS,
        ANY_SEVERITY,
        "Assess both the patient's reports and objective measures such as grip strength.",
        Verdict.WEAK,
        "Grip strength did not separate patients with these symptoms from those without (-2.9 against "
        "-1.3 kg, p=.6). The patient's report counts.",
        (papers.ONSET,),
        correction="Grip strength alone should neither raise nor clear a concern.",
        treatment=False,
    ),
)

OMITTED = (
    GuidanceItem(
        "aerobic-and-resistance-exercise",
        Section.OMITTED,
        WITH_SYMPTOMS,
        "Aerobic exercise, 150 minutes a week, with supervised strength training twice a week.",
        Verdict.SUPPORTED,
        "HOPE (n=121, worst pain of 3 or more): worst pain -1.6 points against +0.2 at 12 months (P<.001), "
        "with 70% of the strength sessions attended; not blinded. A Cochrane review exists; its conclusions "
        "were not read (unverified).",
        (papers.HOPE, papers.COCHRANE),
    ),
    GuidanceItem(
        "acupuncture",
        Section.OMITTED,
        WITH_SYMPTOMS,
        "Acupuncture.",
        Verdict.SUPPORTED,
        "Recommended by SIO and ASCO in 2022 (intermediate evidence, moderate strength). S1200: 0.92 points "
        "better than sham, below the 2 points that trial had set for itself; an earlier trial against sham "
        "(n=47) found nothing.",
        (papers.SIO_ASCO, papers.S1200),
    ),
    GuidanceItem(
        "bone-density-every-24-months",
        Section.OMITTED,
        ANY_SEVERITY,
        "Measure bone density at the start of the aromatase inhibitor and every 2 years.",
        Verdict.SUPPORTED,
        "The interval of the ACS/ASCO guideline of 2016; others say every 1 to 2 years.",
        (papers.ACS_ASCO,),
        treatment=False,
    ),
)
