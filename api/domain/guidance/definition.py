"""What an item of guidance is: a statement in our words, a verdict, the evidence, and where it was read."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from api.domain.alerts.finding import Severity


class Verdict(StrEnum):
    """What the evidence says of a statement."""

    SUPPORTED = "supported"  # trials or a guideline speak for it
    WEAK = "weak"  # small, uncontrolled, contradicted or no evidence
    WRONG_INDICATION = "wrong_indication"  # it belongs to another disease: withheld for good
    WRONG_INTERVAL = "wrong_interval"  # the right thing at the wrong interval


class Section(StrEnum):
    """Where a statement stands."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    MONITORING = "monitoring"
    CONSIDERATIONS = "considerations"
    PITFALLS = "pitfalls"
    OMITTED = "omitted"  # what the source leaves out and the evidence supports


ANY_SEVERITY = tuple(Severity)
WITH_SYMPTOMS = (Severity.MILD, Severity.MODERATE, Severity.SEVERE)


@dataclass(frozen=True, slots=True)
class Citation:
    """One paper or guideline, with what finds it again."""

    paper: str
    pmid: str | None = None
    doi: str | None = None
    pmcid: str | None = None

    @property
    def text(self) -> str:
        """Return it in one line.

        >>> Citation("Chim K et al. 2013, BMC Cancer 13:401", doi="10.1186/1471-2407-13-401").text
        'Chim K et al. 2013, BMC Cancer 13:401, doi:10.1186/1471-2407-13-401'
        """
        ids = (
            f"PMID {self.pmid}" if self.pmid else "",
            self.pmcid or "",
            f"doi:{self.doi}" if self.doi else "",
        )
        return ", ".join([self.paper, *filter(None, ids)])


@dataclass(frozen=True, slots=True)
class GuidanceItem:
    """One statement, for the care team only; never for a patient.

    ``evidence`` says in one line why the verdict is what it is. ``correction`` is what would be
    right, where the statement is not; it is shown wherever the statement is. A ``treatment`` is
    something done about the symptoms, which presupposes that they are what they seem to be.
    """

    id: str
    section: Section
    severities: tuple[Severity, ...]
    words: str
    verdict: Verdict
    evidence: str
    citations: tuple[Citation, ...] = ()
    correction: str | None = None
    treatment: bool = True

    @property
    def is_withheld(self) -> bool:
        """Say whether no site may approve it."""
        return self.verdict is Verdict.WRONG_INDICATION

    @property
    def revision(self) -> str:
        """Return the content hash of all it says: an approval holds for the words that were approved."""
        said = [self.words, self.verdict, self.severities, self.evidence, self.correction]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
