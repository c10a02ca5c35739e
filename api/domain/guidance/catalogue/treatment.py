"""Guidance for mild, moderate and severe symptoms."""

from api.domain.alerts.finding import Severity
from api.domain.guidance import papers
from api.domain.guidance.definition import GuidanceItem, Section, Verdict

_FROM_SJS = (
    "The wording is that of a guideline for Stevens-Johnson syndrome (unverified: the wording was "
    "recognised, not compared); sensible in itself, but no evidence on these symptoms."
)

MILD = (
    GuidanceItem(
        "exercise-joint-mobility",
        Section.MILD,
        (Severity.MILD,),
        "Offer an exercise programme that keeps the joints mobile.",
        Verdict.SUPPORTED,
        "Exercise helped, of another type: in HOPE (n=121) a year of aerobic and strength training changed "
        "worst joint pain by -1.6 points against +0.2 with usual care (P<.001). Mobility exercises alone "
        "were not what was tested.",
        (papers.HOPE, papers.COCHRANE),
        correction="Aerobic exercise 150 minutes a week and strength training twice a week are what was "
        "tested.",
    ),
    GuidanceItem(
        "white-soft-paraffin",
        Section.MILD,
        (Severity.MILD,),
        "White soft paraffin ointment on the sore places every 2 to 4 hours.",
        Verdict.WRONG_INDICATION,
        "Belongs to Stevens-Johnson syndrome and toxic epidermal necrolysis, for the lips, every 2 hours. It "
        "has no place in joint pain.",
        (papers.SJS,),
    ),
    GuidanceItem(
        "topical-anti-inflammatories",
        Section.MILD,
        (Severity.MILD,),
        "Anti-inflammatory gel or cream on the painful joints.",
        Verdict.WEAK,
        "No trial in these symptoms was found.",
    ),
)

MODERATE = (
    GuidanceItem(
        "vitamin-d-high-dose",
        Section.MODERATE,
        (Severity.MODERATE,),
        "Vitamin D 50,000 IU a week for 8 to 16 weeks, by the level in blood, then monthly; named as the "
        "first drug to try.",
        Verdict.WEAK,
        "For: one trial of 60 patients, with D2, better at 2 months. Against: no difference in 113 patients "
        "(4,000 against 600 IU a day), and none in a trial of prevention stopped for futility (54% "
        "against 57%).",
        (papers.RASTELLI, papers.SHAPIRO, papers.NIRAVATH),
        correction="Not first-line treatment of these symptoms. A deficiency merits treatment for its own "
        "sake.",
    ),
    GuidanceItem(
        "benzydamine",
        Section.MODERATE,
        (Severity.MODERATE,),
        "Benzydamine mouth rinse or spray every 3 hours, above all before activities that make it worse.",
        Verdict.WRONG_INDICATION,
        "Belongs to the sore mouth of Stevens-Johnson syndrome; 'before activities' is 'before eating' "
        "altered. It has no place in joint pain.",
        (papers.SJS,),
    ),
    GuidanceItem(
        "daily-pain-assessment",
        Section.MODERATE,
        (Severity.MODERATE,),
        "Have pain assessed every day with a validated scale.",
        Verdict.WEAK,
        f"{_FROM_SJS} After the first months few fill in a diary every day; weekly capture is better "
        "supported.",
        (papers.SJS,),
        correction="Weekly in the first 12 weeks, then monthly; daily where the patient wishes to.",
    ),
    GuidanceItem(
        "analgesia-at-rest",
        Section.MODERATE,
        (Severity.MODERATE,),
        "Enough pain relief to be comfortable at rest, with more to take as needed.",
        Verdict.WEAK,
        _FROM_SJS,
        (papers.SJS,),
    ),
)

SEVERE = (
    GuidanceItem(
        "duloxetine",
        Section.SEVERE,
        (Severity.SEVERE,),
        "Consider duloxetine.",
        Verdict.SUPPORTED,
        "A modest effect: -0.82 points of average pain against placebo at 12 weeks in S1202 (read in a "
        "summary), not lasting after it was stopped; clear in obese patients only (-2.73 against -1.64; "
        "others -2.46 against -2.34; interaction p=.02). With tamoxifen it interacts at CYP2D6 (unverified).",
        (papers.S1202,),
    ),
    GuidanceItem(
        "prednisolone-short",
        Section.SEVERE,
        (Severity.SEVERE,),
        "Consider a short course of prednisolone for a severe flare.",
        Verdict.WEAK,
        "27 patients, no control group: 5 mg a day for one week; 67% felt better at once, 52% at 2 months. "
        "Patients on placebo feel better too (-1.49 points at 12 weeks in S0927).",
        (papers.KUBO, papers.S0927),
    ),
    GuidanceItem(
        "switch-endocrine-therapy",
        Section.SEVERE,
        (Severity.SEVERE,),
        "Consider another aromatase inhibitor or another endocrine therapy where symptoms last despite "
        "treatment.",
        Verdict.SUPPORTED,
        "Observational, without a control group: after a switch 71.5% of 179 still took the second one at 6 "
        "months, yet 73.9% had joint pain; in another study 38.6% of 83 went on, 13.7 months in the median. "
        "Most (91.3%) felt better off the drug, before the second began.",
        (papers.ATOLL, papers.HENRY_2012, papers.KADAKIA_2017),
    ),
    GuidanceItem(
        "analgesia-for-movement",
        Section.SEVERE,
        (Severity.SEVERE,),
        "More pain relief for the pain that comes with movement and activities.",
        Verdict.WEAK,
        _FROM_SJS,
        (papers.SJS,),
    ),
)
