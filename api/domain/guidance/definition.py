"""Definition of an item of guidance: statement, verdict, evidence and sources."""

from dataclasses import dataclass
from enum import StrEnum

from api.domain.alerts.finding import Severity
from api.domain.content_hash import content_hash


class Verdict(StrEnum):
    """Verdict of the evidence on a statement."""

    SUPPORTED = "supported"  # by trials or a guideline
    WEAK = "weak"  # small, uncontrolled, contradicted or no evidence
    WRONG_INDICATION = "wrong_indication"  # it belongs to another disease: withheld permanently
    WRONG_INTERVAL = "wrong_interval"  # right, at the wrong interval


class Section(StrEnum):
    """Section of the catalogue."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    MONITORING = "monitoring"
    CONSIDERATIONS = "considerations"
    PITFALLS = "pitfalls"
    OMITTED = "omitted"  # missing in the source, supported by evidence


ANY_SEVERITY = tuple(Severity)
WITH_SYMPTOMS = (Severity.MILD, Severity.MODERATE, Severity.SEVERE)


@dataclass(frozen=True, slots=True)
class Citation:
    """One paper or guideline, with its identifiers."""

    paper: str
    pmid: str | None = None
    doi: str | None = None
    pmcid: str | None = None

    @property
    def text(self) -> str:
        """Return the citation in one line.

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

    ``evidence`` is the reason for the verdict, in one line. ``correction`` is the right statement
    where this one is wrong, and is always shown with it. A ``treatment`` acts on the symptoms and
    presupposes that their cause is known.
    """

    id: str
    section: Section
    severities: tuple[Severity, ...]
    text: str
    verdict: Verdict
    evidence: str
    citations: tuple[Citation, ...] = ()
    correction: str | None = None
    treatment: bool = True

    @property
    def is_withheld(self) -> bool:
        """Return whether no site may approve it."""
        return self.verdict is Verdict.WRONG_INDICATION

    @property
    def revision(self) -> str:
        """Return the content hash of words and evidence: an approval holds for one revision."""
        content = [self.text, self.verdict, self.severities, self.evidence, self.correction]
        return content_hash(content)
