"""Considerations for the care team about one patient, each with its evidence; never treatment."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from api.domain.alerts.finding import FindingKind, Severity
from api.domain.formatting import format_day
from api.domain.guidance.definition import Citation, Verdict
from api.domain.guidance.papers import CHIM, NIRAVATH, RASTELLI, SHAPIRO

LOW_NG_PER_ML, SEVERELY_LOW_NG_PER_ML = 20.0, 10.0
FRESH_DAYS = 365
"""Days that a vitamin D level counts (judgement); an older one needs repeating first."""

HOLICK_2007 = Citation(
    "Holick MF 2007, N Engl J Med 357:266 (deficiency, osteomalacia and pain in bones and muscles)",
    doi="10.1056/NEJMra070553",
)


@dataclass(frozen=True, slots=True)
class VitaminD:
    """The latest 25(OH) vitamin D, in ng/ml."""

    ng_per_ml: float
    on: date


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """Facts about a patient that considerations depend on; None and empty mean not known.

    Grip strength is left out on purpose: alone it neither raises nor clears anything (Bohannon 2019;
    no difference between patients with and without these symptoms, PMC3504184).
    """

    vitamin_d: VitaminD | None = None
    joint_disease: bool | None = None
    joint_disease_note: str | None = None
    severity: Severity | None = None
    findings: AbstractSet[FindingKind] = frozenset()
    """Kinds of the open alerts."""
    pdc_28d: float | None = None
    """Share of known days with the tablet taken, 0 to 1, higher is better; None: too few days are known."""


@dataclass(frozen=True, slots=True)
class Consideration:
    """A consideration, the reason it applies, and the strength of its evidence."""

    id: str
    words: str
    because: str
    verdict: Verdict
    evidence: str
    citations: tuple[Citation, ...]
    verified: bool
    """False: at least part of it is general knowledge, not checked in a source."""


def considerations(known: KnownFacts, *, on: date, gap_pdc: float = 0.8) -> tuple[Consideration, ...]:
    """Return the considerations about a patient, for the care team only.

    Args:
        known: Facts about the patient.
        on: The local day of the request.
        gap_pdc: The share of days with the tablet taken below which it counts as a gap.

    Returns:
        Considerations in a fixed order; empty where none applies, which is no sign of good health.

    Source:
        Each consideration's own.
    """
    found = (_vitamin_d(known.vitamin_d, on), _joint_disease(known), _severe_and_off(known, gap_pdc))
    return tuple(each for each in found if each is not None)


def _vitamin_d(level: VitaminD | None, on: date) -> Consideration | None:
    if level is None or level.ng_per_ml >= LOW_NG_PER_ML or (on - level.on).days > FRESH_DAYS:
        return None
    because = f"25(OH) vitamin D {level.ng_per_ml:.1f} ng/ml on {format_day(level.on)}"
    if level.ng_per_ml < SEVERELY_LOW_NG_PER_ML:
        return Consideration(
            "vitamin-d-below-10",
            "Vitamin D is severely low. That alone can hurt in bones and muscles (osteomalacia): look for it "
            "before the tablets are taken for the cause. A deficiency merits treatment for its own sake.",
            because,
            Verdict.SUPPORTED,
            "That severe deficiency causes osteomalacia with pain is textbook knowledge (unverified here). "
            "The strata of the one trial that found an effect on these symptoms began at 10 ng/ml.",
            (HOLICK_2007, RASTELLI),
            verified=False,
        )
    return Consideration(
        "vitamin-d-10-19",
        "Vitamin D is low, 10 to 19 ng/ml. A deficiency merits treatment for its own sake; whether that "
        "eases these symptoms more in this range is not settled.",
        because,
        Verdict.WEAK,
        "For it speaks one stratum of one trial of 60 patients. Against it: 4,000 v 600 IU a day made no "
        "difference (n=113), nor did 50,000 IU a week for 12 weeks prevent them (54 v 57%).",
        (RASTELLI, SHAPIRO, NIRAVATH),
        verified=True,
    )


def _joint_disease(known: KnownFacts) -> Consideration | None:
    if not known.joint_disease:
        return None
    which = f" ({known.joint_disease_note})" if known.joint_disease_note else ""
    return Consideration(
        "joint-disease-before",
        "Compare every change with the patient's own usual level (personal baseline), and expect wider ups "
        "and downs (wider bands) than in others: there was joint disease before the tablets. The engine "
        "does so: it learns the usual level and the day-to-day spread of each patient. A flare of the old "
        "disease is one of the other causes to look for, and more help may be needed, sooner.",
        f"a joint disease known before the tablets{which}",
        Verdict.WEAK,
        "No trial in these symptoms was found; expert opinion. Wider bands are judgement.",
        (),
        verified=False,
    )


def _severe_and_off(known: KnownFacts, gap_pdc: float) -> Consideration | None:
    """Return a consideration for severe symptoms with tablets not taken, or the wish to stop."""
    severe = known.severity is Severity.SEVERE or FindingKind.SEVERE_SYMPTOMS in known.findings
    off = [
        words
        for applies, words in (
            (FindingKind.ADHERENCE_GAP in known.findings, "a gap in taking the tablets"),
            (FindingKind.WISH_TO_STOP in known.findings, "the wish to stop them"),
            (known.pdc_28d is not None and known.pdc_28d < gap_pdc, _share(known.pdc_28d)),
        )
        if applies
    ]
    if not severe or not off:
        return None
    return Consideration(
        "multidisciplinary",
        "Symptoms are severe and are a barrier to taking the tablets: consider other disciplines, pain "
        "specialists among them, and talk with the patient about going on.",
        f"severe symptoms, and {', and '.join(off)}",
        Verdict.WEAK,
        "No trial in these symptoms was found; expert opinion. Worst joint pain of 4 or more went with "
        "stopping (HR 2.09, 1.14-3.80). Self-report overstates the tablets taken.",
        (CHIM,),
        verified=True,
    )


def _share(pdc: float | None) -> str:
    return "" if pdc is None else f"tablets taken on {100 * pdc:.0f}% of the known days of the last 28"
