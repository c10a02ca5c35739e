"""Sentences of the access log of a patient: what was done with the patient's data, in plain words."""

from collections.abc import Mapping

WHAT_WAS_DONE: Mapping[str, str] = {
    "activation.created": "A code to sign in a phone was made.",
    "alert.acknowledged": "A notice to the care team about your entries was taken on.",
    "alert.noted": "A note was added to a notice to the care team about your entries.",
    "alert.read": "A notice to the care team about your entries was read.",
    "alert.resolved": "A notice to the care team about your entries was closed.",
    "alert.snoozed": "A notice to the care team about your entries was put off.",
    "alerts.listed": "The notices to the care team about your entries were read.",
    "assessment.changed": "A questionnaire was changed.",
    "assessment.recorded": "A questionnaire was saved.",
    "assessment.rescored": "The scores of a questionnaire were worked out again.",
    "assessment.withdrawn": "A questionnaire was withdrawn.",
    "assessment_versions.read": "The earlier versions of a questionnaire were read.",
    "assessments.read": "Your questionnaires were read.",
    "audit.read": "The list of uses of your data was read.",
    "callback.requested": "A call from the care team was asked for.",
    "callback.withdrawn": "A request for a call from the care team was withdrawn.",
    "device.activated": "A phone was signed in.",
    "device.revoked": "A phone was signed out.",
    "devices.read": "The list of your phones was read.",
    "entries.read": "Your entries were read.",
    "entries.recorded": "Entries were saved.",
    "entries.refused": "Entries could not be accepted. They are kept for the care team to see.",
    "entry.corrected": "An entry was corrected.",
    "entry.withdrawn": "An entry was withdrawn.",
    "entry_versions.read": "The earlier versions of an entry were read.",
    "erasure.accepted": "Your request to erase your data was accepted.",
    "erasure.refused": "Your request to erase your data was refused.",
    "erasure.requested": "The erasure of your data was asked for.",
    "erasure.withdrawn": "The request to erase your data was taken back.",
    "expected_level.ended": "What your care team knows of a symptom was ended.",
    "expected_level.set": "Your care team noted the level of a symptom that it knows of.",
    "expected_levels.read": "What your care team knows of a symptom was read.",
    "export.fetched": "A copy of your data was downloaded.",
    "export.made": "A copy of your data was made.",
    "export.requested": "A copy of your data was asked for.",
    "grades.read": "The severity of your symptoms was read.",
    "measurement.corrected": "A measurement was corrected.",
    "measurement.read": "A measurement was read.",
    "measurement.recorded": "A measurement was saved.",
    "measurement.withdrawn": "A measurement was withdrawn.",
    "measurement_versions.read": "The earlier versions of a measurement were read.",
    "measurements.read": "Your measurements were read.",
    "messages.read": "The list of messages that were sent was read.",
    "patient.changed": "Your details or settings were changed.",
    "patient.enrolled": "Your record was created.",
    "patient.read": "Your details were read.",
    "patient.shown": "Your record was shown.",
    "plan.read": "The plan of your questionnaires and visits was read.",
    "plan.set": "The plan of your questionnaires and visits was changed.",
    "plan.skip_undone": "Something in your plan that had been left out was put back.",
    "plan.skipped": "Something in your plan was left out.",
    "proxy.activated": "Somebody you let in signed in.",
    "proxy.code_renewed": "A new code was made for somebody you let in.",
    "proxy.ended": "The access of somebody you let in was ended.",
    "proxy.invited": "Somebody was let in to your diary.",
    "push.registered": "Notifications were turned on for a phone.",
    "push.retired": "Notifications were turned off for a phone.",
    "push.tested": "A test notification was sent to a phone.",
    "rejected_entries.looked_at": "Entries that could not be accepted were reviewed.",
    "rejected_entries.read": "Entries that could not be accepted were read.",
    "reminder.triggered": "A reminder was sent to you.",
    "reminders.put_off": "Your reminders were paused.",
    "reminders.resumed": "Your reminders were turned on again.",
    "token.reused": "A phone was signed out, because its sign-in had been used twice.",
    "treatments.read": "The list of your treatments was read.",
    "treatments.set": "The list of your treatments was changed.",
    "trajectory.read": "Your curve was read.",
}
"""The sentence of each action on the data of one patient."""

OTHERWISE = "Your data were used."
"""The sentence of an action that this version does not know."""


def describe_use(action: str) -> str:
    """Return in plain words what an action of the audit did with the data of the patient who reads it.

    >>> describe_use("entries.read")
    'Your entries were read.'
    """
    return WHAT_WAS_DONE.get(action, OTHERWISE)
