"""Errors of the domain, by subject; the name of a class makes the type of its problem on the wire."""

from collections.abc import Mapping


# Requests
class DomainError(Exception):
    """An expected failure, with a message that a person can act on."""

    def __init__(self, detail: str, problems: Mapping[str, str] | None = None) -> None:
        """Keep the message, and the problem of each named field where known."""
        super().__init__(detail)
        self.problems = dict(problems) if problems else None


class UnknownParameter(DomainError):
    """A query parameter is not one that this operation takes; `errors` names it, and those that are."""


class VersionMoved(DomainError):
    """The record has changed since it was read; read it again before changing it."""


class VersionMissing(DomainError):
    """A change must say which version it changes: send If-Match with the ETag that was read."""


class InvalidCursor(DomainError):
    """The cursor was not made by this server; start again without one."""


class InvalidMoment(DomainError):
    """A moment lies where it cannot: in the past where the future is meant, or too far ahead."""


class InvalidTimezone(DomainError):
    """The time zone is not a name of the IANA time zone database, such as Europe/Berlin."""


class TooManyTries(DomainError):
    """Too many attempts from one place; wait as long as Retry-After says."""

    def __init__(self, detail: str, *, retry_after_s: int, limit: str = "") -> None:
        """Keep the time to wait in seconds, and the limit that was reached, for the log."""
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        self.limit = limit


class TooManyRequests(TooManyTries):
    """A patient's devices ask for more than one patient may; wait as long as Retry-After says."""


# Patients
class UnknownPatient(DomainError):
    """There is no such patient among those the caller may see."""


class PatientNotActive(DomainError):
    """The patient has left monitoring (withdrawn, completed or deceased): nothing new is taken."""


class ReferenceTaken(DomainError):
    """Another patient of this site already has this reference."""


# Entries
class InvalidEntry(DomainError):
    """An entry holds an answer that cannot be read; `errors` names each field and what is right."""


class UnknownEntry(DomainError):
    """There is no such entry among the entries of this patient."""


class EntryConflict(DomainError):
    """An entry with this id came before with other content; correct it by PUT, or send a new id."""


class ExpectedLevelRefused(DomainError):
    """An expected level cannot be set so: of this symptom, to this alert, or until this day."""


class UnknownExpectedLevel(DomainError):
    """The patient has no expected level with this id."""


# Assessments and instruments
class UnknownInstrument(DomainError):
    """There is no instrument of this code, or none in this version."""


class InstrumentRetired(DomainError):
    """The instrument takes no new assessments; `detail` names the reason and the successor."""


class InvalidAnswers(DomainError):
    """An answer is not one its item takes; `errors` names each item and what would be right."""


class UnknownAssessment(DomainError):
    """There is no such assessment among those of this patient."""


class AssessmentConflict(DomainError):
    """An assessment with this id came before with other content, or cannot become what was sent."""


class InvalidWording(DomainError):
    """The wording does not fit its instrument; `errors` names each item and what would be right."""


class UnreadableLine(DomainError):
    """A line is not a JSON object that names an instrument and its answers."""


# Exports
class UnknownExport(DomainError):
    """There is no such export of the caller's data; a file is deleted a day after it was made."""


class ExportNotReady(DomainError):
    """The file of the export is not finished, or could not be made."""


# Requests of erasure
class UnknownErasureRequest(DomainError):
    """There is no such request to erase data among those the caller may see."""


class ErasureRequestClosed(DomainError):
    """The request to erase data was decided, or the patient took it back."""


# Proxies
class UnknownProxy(DomainError):
    """The patient has let in no such person, or their access has ended."""


class ProxyConflict(DomainError):
    """The id belongs to another invitation, or the invitation was used or has ended."""


class TooManyProxies(DomainError):
    """The patient has let in as many people as can be let in at a time."""


# Measurements
class UnknownMeasurement(DomainError):
    """There is no such measurement among those of this patient."""


class MeasurementConflict(DomainError):
    """A measurement with this id came before with other content; correct it by PUT, or send a new id."""


class InvalidMeasurement(DomainError):
    """A measurement holds something that cannot be; `errors` names each field and what would be right."""


class InvalidTreatments(DomainError):
    """Treatments contradict each other; `errors` names each field and what is wrong."""


class ImplausibleMeasurement(DomainError):
    """A value is unlikely; `errors` names the plausible range. If it is right, send `confirmed: true`."""


# Alerts
class UnknownAlert(DomainError):
    """There is no such alert among those the caller may see."""


class UnknownAssignee(DomainError):
    """The alert can be assigned only to active staff of the site who may see its patient."""


class AlertAlreadyClosed(DomainError):
    """The alert was resolved or retracted before; it can no longer be changed."""


class UnknownCallback(DomainError):
    """There is no such request for a call among the requests of this patient."""


class CallbackConflict(DomainError):
    """Another request for a call is open, the id belongs to another one, or it was answered."""


class InvalidLink(DomainError):
    """The link was not made by this server, is not whole, or is about no alert."""


class LinkExpired(DomainError):
    """The link is no longer good: its time is over, or the alert was opened again since it was sent."""


class LinkUsed(DomainError):
    """The link was used before; each works once."""


class LinkOfAnother(DomainError):
    """The link was sent to another person, and works for that person only."""


# Policies, ladders and rotas
class InvalidPolicy(DomainError):
    """The document is not a policy; `errors` names each place in it and what would be right."""


class PolicyTaken(DomainError):
    """The site has another policy from the very same moment; policies are added, never overwritten."""


class InvalidLadder(DomainError):
    """The document holds no ladders; `errors` names each place in it and what would be right."""


class LadderTaken(DomainError):
    """The site has other ladders from the very same moment; ladders are added, never overwritten."""


class InvalidQuestions(DomainError):
    """The document signs off no questions; `errors` names each place in it and what would be right."""


class QuestionsTaken(DomainError):
    """The site has another sign-off from the very same moment; they are added, never overwritten."""


class UnknownRota(DomainError):
    """The site has no rota of this name."""


class InvalidRota(DomainError):
    """The rota is not valid; `errors` names each shift and what would be right."""


# Plans
class InvalidPlan(DomainError):
    """The document is not a plan; `errors` names each place in it and what would be right."""


class UnknownSlot(DomainError):
    """The patient's plan has no such slot."""


class SlotSettled(DomainError):
    """The slot is done, or was skipped for another reason: it can no longer be skipped."""


# Guidance
class UnknownGuidance(DomainError):
    """There is no item of guidance of this id."""


class GuidanceWithheld(DomainError):
    """The item belongs to another disease: it is withheld for good, and no site can approve it."""


class GuidanceNotApproved(DomainError):
    """Only what is approved at the site can be withdrawn."""


class ReasonNeeded(DomainError):
    """This decision needs a reason in `note`."""


# Delivery
class UnknownWebhook(DomainError):
    """The site has no such webhook."""


class AddressRefused(DomainError):
    """The push endpoint is not a public https address of a push service this site allows."""


class PushNotConfigured(DomainError):
    """This server has no VAPID key, so browsers cannot subscribe to push; ask the operator."""
