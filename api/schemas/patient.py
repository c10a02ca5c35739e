"""Schemas of patients."""

from marshmallow import Schema, fields

from api.domain.alerts.finding import Severity
from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus
from api.domain.trajectory.reporting_pattern import ReportingState
from api.schemas.fields import (
    ClockTime,
    Email,
    Flag,
    Moment,
    OneOf,
    PageQuery,
    Strict,
    Text,
    Timezone,
    Whole,
    about,
    absent_or_null,
    etag_field,
    nullable,
    page_of,
    required,
)
from api.schemas.patient_fields import BirthYear, StartDay, StopDay
from api.services.patients.listing import LONGEST_SEARCH, PatientOrder


class PatientPreferencesSchema(Strict):
    """Preferences of a patient: time zone, language, reminders and quiet hours."""

    timezone = Timezone(metadata=about("IANA time zone of dates and reminders."))
    language = OneOf(Language, metadata=about("Language of messages and texts for the patient."))
    check_in_weekday = Whole(lowest=0, highest=6, metadata=about("Weekday of the check-in. 0 is Monday."))
    check_in_at = ClockTime(metadata=about("Local time of the check-in reminder."))
    check_in_again_at = ClockTime(
        **absent_or_null(
            "Local time of a second reminder, later than the first. It is sent unless the "
            "check-in is done. Null: none."
        )
    )
    timezone_follows_phone = Flag(
        metadata=about("True: the time zone follows the phone. False: it stays the same on a journey.")
    )
    extra_check_ins = Flag(
        metadata=about(
            "False: no extra check-ins. By default a few more are asked for when answers may show a change."
        )
    )
    quiet_from = ClockTime(metadata=about("Local start of the quiet hours."))
    quiet_until = ClockTime(metadata=about("Local end of the quiet hours."))
    discreet = Flag(metadata=about("True: notifications hide the purpose of the app."))
    email = Email(**absent_or_null("E-mail address used if push is not possible. Null: no e-mail."))


class PatientChangesSchema(PatientPreferencesSchema):
    """Changes of a patient. Omitted fields stay unchanged."""

    reference = Text(max=64, metadata=about("Identifier of the patient at the site."))
    name = Text(max=200, metadata=about("Name of the patient, shown to staff."))
    phone = Text(max=40, **absent_or_null("Telephone number. Null: not known."))
    birth_year = BirthYear(metadata=about("Year of birth, from 1900 to the present year."))
    status = OneOf(
        PatientStatus, metadata=about("Status. Any value but `active` ends sign-ins and reminders.")
    )
    ai = OneOf(
        AromataseInhibitor, **absent_or_null("Aromatase inhibitor that the patient takes. Null: not known.")
    )
    ai_started_on = StartDay(
        **absent_or_null(
            "First day of the aromatase inhibitor, at most a year ahead. Null: not "
            "known. A change computes scores and risk again."
        )
    )
    ai_stopped_on = StopDay(
        **absent_or_null(
            "Day on which the patient stopped it. Null: not stopped, or not known. Scores do not depend on "
            "it: it checks the share who stop before the planned end, see `GET /v1/site/policy`. The reason, "
            "and earlier treatments: `/v1/patients/{patient_id}/treatments`."
        )
    )
    prior_tamoxifen = Flag(
        **absent_or_null(
            "True: tamoxifen was taken before. Null: not known. A covariate of the discontinuation risk."
        )
    )
    prior_taxane = Flag(
        **absent_or_null(
            "True: a taxane was given before. Null: not known. A covariate of the discontinuation risk."
        )
    )
    joint_disease = Flag(
        **absent_or_null("True: a joint disease was known before the treatment. Null: not known.")
    )
    joint_disease_note = Text(
        max=200, **absent_or_null("The joint disease, such as gout. Used only with `joint_disease: true`.")
    )
    by_telephone = Flag(
        metadata=about(
            "True: the team asks for check-ins by telephone and writes them down. No message asks for them: "
            "when one is due, the patient is among the `unheard_from` of the worklist."
        )
    )
    team_id = fields.UUID(metadata=about("Team responsible for the patient."))


class NewPatientSchema(PatientChangesSchema):
    """A new patient. The default team is the caller's team, else the first team of the site."""

    class Meta(PatientChangesSchema.Meta):
        """A new patient is active."""

        exclude = ("status",)

    reference = Text(max=64, **required("Identifier of the patient at the site."))
    name = Text(max=200, **required("Name of the patient, shown to staff."))
    birth_year = BirthYear(**required("Year of birth, from 1900 to the present year."))
    timezone = Timezone(**required("IANA time zone of the patient's dates and reminders."))


class PatientMonitoringSchema(Schema):
    """Present state of the monitoring of a patient."""

    last_entry_at = Moment(**nullable("Time of the newest entry. Null: no entry."))
    scoring_status = fields.String(**required("`scored`, or the reason why there is no score."))
    reporting = OneOf(
        ReportingState,
        **nullable("How often entries come: see `ReportingPattern`. Null: no entry, or not scored."),
    )
    severity = OneOf(Severity, **nullable("Severity of symptoms at present. Null: not known."))
    open_alerts = fields.Integer(**required("Number of alerts that are not closed."))
    weeks_on_ai = fields.Integer(
        **nullable("Completed weeks on the aromatase inhibitor. Null: not known, or not begun.")
    )
    activated = fields.Boolean(
        attribute="is_activated", **required("True: the patient has signed in or sent an entry before.")
    )


class PatientSchema(Schema):
    """A patient as shown to the team."""

    id = fields.UUID(**required("The patient's id."))
    team_id = fields.UUID(**required("Team responsible for the patient."))
    reference = fields.String(**required("Identifier of the patient at the site."))
    name = fields.String(**required("The patient's name."))
    phone = fields.String(**nullable("Telephone number. Null: not known."))
    email = fields.String(**nullable("E-mail address used if push is not possible. Null: no e-mail."))
    birth_year = fields.Integer(**required("Year of birth."))
    status = OneOf(
        PatientStatus, **required("Status. Only `active` patients can send data and get reminders.")
    )
    ai = OneOf(AromataseInhibitor, **nullable("Aromatase inhibitor that the patient takes. Null: not known."))
    ai_started_on = fields.Date(**nullable("First day of the aromatase inhibitor. Null: not known."))
    ai_stopped_on = fields.Date(**nullable("Day on which it was stopped. Null: not stopped, or not known."))
    prior_tamoxifen = fields.Boolean(**nullable("True: tamoxifen was taken before. Null: not known."))
    prior_taxane = fields.Boolean(**nullable("True: a taxane was given before. Null: not known."))
    joint_disease = fields.Boolean(
        **nullable("True: a joint disease was known before the treatment. Null: not known.")
    )
    joint_disease_note = fields.String(**nullable("The joint disease. Null: not given."))
    timezone = fields.String(**required("IANA time zone of the patient's dates and reminders."))
    language = OneOf(Language, **required("Language of messages and texts for the patient."))
    check_in_weekday = fields.Integer(**required("Weekday of the check-in. 0 is Monday."))
    check_in_at = ClockTime(**required("Local time of the check-in reminder."))
    check_in_again_at = ClockTime(**nullable("Local time of a second reminder on the same day. Null: none."))
    timezone_follows_phone = fields.Boolean(**required("True: the time zone follows the phone."))
    by_telephone = fields.Boolean(**required("True: the team asks for check-ins by telephone."))
    check_in_due_at = Moment(**nullable("Time of the next check-in. Null: not planned."))
    snoozed_until = Moment(**nullable("End of the snooze. Null: no snooze."))
    paused_until = fields.Date(**nullable("Date on which reminders resume after a pause. Null: no pause."))
    extra_check_ins = fields.Boolean(**required("False: the patient gets no extra check-ins."))
    quiet_from = ClockTime(**required("Local start of the quiet hours."))
    quiet_until = ClockTime(**required("Local end of the quiet hours."))
    discreet = fields.Boolean(**required("True: notifications hide the purpose of the app."))
    enrolled_at = Moment(**required("Time of enrolment."))
    rejected_entries = fields.Integer(
        **required("Number of rejected entries that need a review. A lower bound.")
    )
    signed_out_at = Moment(
        **nullable(
            "Time at which the last device was signed out other than by the patient. The"
            " patient cannot send data until the team creates a new activation code. "
            "Null: a device is signed in, or the patient signed out."
        )
    )
    monitoring = fields.Nested(
        PatientMonitoringSchema, metadata=about("Present with `include=monitoring`, and in searches.")
    )
    version = etag_field()


class PatientSearchSchema(Strict):
    """Text to search patients by."""

    text = Text(
        max=LONGEST_SEARCH, **required("Words of names or identifiers at the site.", examples=["ada exam"])
    )


class PatientsQuerySchema(PageQuery):
    """Query parameters of patients."""

    reference = Text(
        max=100,
        metadata=about(
            "Part of an identifier at the site. For a search by name use `POST /v1/patients/search`, "
            "because names must not appear in URLs."
        ),
    )
    status = OneOf(PatientStatus, metadata=about("Only patients of this status."))
    unheard_from = fields.Boolean(metadata=about("True: only patients who have not responded to reminders."))
    has_rejected_entries = fields.Boolean(
        metadata=about("True: only patients with rejected entries that need a review.")
    )
    team_id = fields.UUID(metadata=about("Only patients of this team."))
    silent = fields.Boolean(
        metadata=about("True: only patients without an entry for much longer than is usual for them.")
    )
    not_scored = fields.Boolean(metadata=about("True: only patients whose entries could not be scored."))
    never_activated = fields.Boolean(
        metadata=about("True: only patients who have never signed in or sent an entry.")
    )
    sort = OneOf(
        PatientOrder,
        load_default=PatientOrder.NAME,
        metadata=about(
            "Order: by name, by reference, by the newest entry (none first, then the longest ago), or by "
            "enrolment (the longest ago first)."
        ),
    )
    include = OneOf(["monitoring"], metadata=about("`monitoring`: how the monitoring of each patient goes."))


PatientPageSchema = page_of(PatientSchema, "PatientPage")
