"""Examples of request bodies by name of the schema. A test sends each to a server.

Bodies whose fields all carry examples of their own need none here. Moments lie on ``EXAMPLE_DAY``; the
browsable documentation shows the day before today in its place, so that what is sent from there is recent.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLE_DAY = "2026-11-27"
_EVENING = f"{EXAMPLE_DAY}T19:30:00+01:00"
_ENTRY_ID = "0b8f2f3e-9a3f-4c56-8a77-4d5a5a8f0b11"
_SOURCE = "Breast clinic, meeting of 20 November 2026"

_ENTRY = {
    "recorded_at": _EVENING,
    "local_date": EXAMPLE_DAY,
    "pain_worst": 4,
    "stiffness": 3,
    "dose": "taken",
}
_ALERT = {"id": _ENTRY_ID, "version": 3}
_SHOWN_AS = {"client": "aimss-app/0.1.0", "scale": "nrs11-buttons-1", "seconds": 21}
_PLAN = {
    "name": "Breast clinic",
    "courses": [{"what": "bpi-sf", "at_weeks": [0, 6, 12], "then_every": {"months": 3}, "source": _SOURCE}],
}
_GRIP = {
    "kind": "grip_strength",
    "measured_on": EXAMPLE_DAY,
    "hand": "right",
    "dominant": True,
    "dynamometer": "Jamar",
    "tries": [24.5, 26.0, 25.5],
    "unit": "kg",
}
_MOTION = {
    "kind": "range_of_motion",
    "measured_on": EXAMPLE_DAY,
    "joint": "shoulder",
    "side": "left",
    "movement": "abduction",
    "degrees": 150,
}
_BONE = {"kind": "bone_density", "measured_on": EXAMPLE_DAY, "site": "lumbar_spine", "t_score": -1.3}
_VITAMIN = {"kind": "vitamin_d", "measured_on": EXAMPLE_DAY, "value": 62, "unit": "nmol/l"}
_WEIGHT = {"kind": "weight", "measured_on": EXAMPLE_DAY, "value": 68.5, "unit": "kg"}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "AlertAssignment": {"to": None},
    "NewActivation": {"code": "6Y7JA-D9TS0", "label": "My phone"},
    "NewSession": {"email": "nurse@example.org", "password": "correct horse battery", "label": "Ward PC"},
    "Refresh": {"refresh_token": "kq3m6c0fQxJ5rY1nVt8sWb2hLz7uEa4dPg9iRo0TjXc"},
    "NewTreatments": {
        "treatments": [
            {"ai": "anastrozole", "from": "2024-09-01", "until": "2025-08-30", "why_stopped": "side_effects"},
            {"ai": "letrozole", "from": "2025-09-07"},
        ]
    },
    "NewCallback": {"id": _ENTRY_ID, "about": "tablets", "reach_me": "Mornings, 030 1234"},
    "ProfileChanges": {"check_in_weekday": 0, "check_in_at": "18:30", "quiet_from": "21:00"},
    "OneTimeCode": {"code": "492039"},
    "NewProxy": {
        "id": "3c1f7a52-9d0e-4b6a-8e57-2f4b1c9d6a10",
        "name": "Alex, my brother",
        "scopes": ["read", "write"],
        "until": "2026-11-29T20:00:00Z",
    },
    "NewErasureDecision": {
        "decision": "refuse",
        "reason": "The law obliges us to keep the record for ten years. We have stopped the messages.",
    },
    "NewOneTimeCodes": {"password": "correct horse battery"},
    "OneTimeCodesRemoval": {"password": "correct horse battery", "code": "492039"},
    "NewRecoveryCodes": {"password": "correct horse battery"},
    "NewPassword": {"old_password": "correct horse battery", "new_password": "seven green apples fall"},
    "NewEntry": {"id": _ENTRY_ID} | _ENTRY | {"asked": "prompted", "side_effects_bother": 3} | _SHOWN_AS,
    "EntryBatch": {
        "entries": [
            {"id": "5d1c0f7e-6d5c-4a53-9c1b-9f8f7e1a2b3c", "recorded_at": _EVENING, "pain_worst": 4},
            {"id": "6e2d1a8f-7e6d-4b64-8d2c-0a9a8f2b3c4d", "recorded_at": _EVENING, "doses_missed_7d": 1},
            {
                "id": "7f3e2b9a-8f7e-4c75-9e3d-1b0b9a3c4d5e",
                "recorded_at": _EVENING,
                "gap_reason": "technical",
            },
        ]
    },
    "EntryCorrection": _ENTRY | {"pain_worst": 5},
    "RecordedEntry": {"id": "1c9a4e2b-5d3f-4a61-8b72-0e1f2a3b4c5d", "via": "phone"} | _ENTRY,
    "RecordedEntryBatch": {
        "via": "paper",
        "reported_by": "proxy",
        "entries": [{"id": "2dab5f3c-6e40-4b72-9c83-1f2a3b4c5d6e", "recorded_at": _EVENING, "pain_worst": 4}],
    },
    "RecordedEntryCorrection": _ENTRY | {"via": "visit", "pain_worst": 6},
    "RecordedAssessment": {
        "id": "3ebc604d-7f51-4c83-8d94-2a3b4c5d6e7f",
        "instrument": "bpi-sf",
        "status": "partial",
        "recorded_at": _EVENING,
        "answers": {"worst": 6},
        "via": "paper",
    },
    "RecordedAssessmentChanges": {
        "status": "complete",
        "recorded_at": _EVENING,
        "answers": {"worst": 6, "least": 2, "average": 4, "now": 4},
        "via": "phone",
        "reported_by": "proxy",
    },
    "NewAssessment": {
        "id": "7f1c0a52-6f0e-4f0e-9b8e-0d5f3c1a2b4c",
        "instrument": "bpi-sf",
        "status": "partial",
        "recorded_at": _EVENING,
        "answers": {"worst": 7},
    },
    "AssessmentChanges": {
        "status": "complete",
        "recorded_at": _EVENING,
        "answers": {"worst": 7, "least": 2, "average": 5, "now": 4},
    },
    "NewPatient": {
        "reference": "P-1042",
        "name": "Ada Example",
        "birth_year": 1964,
        "timezone": "Europe/Berlin",
        "language": "de",
        "ai": "letrozole",
        "ai_started_on": "2026-09-07",
    },
    "PatientChanges": {"phone": "+49 30 1234", "prior_taxane": True},
    "GripStrength": {"id": "2a6f4c1e-3b7d-4e58-9a90-1c2d3e4f5a60"} | _GRIP,
    "RangeOfMotion": {"id": "3b7a5d2f-4c8e-4f69-8ba1-2d3e4f5a6b71"} | _MOTION,
    "BoneDensity": {"id": "4c8b6e3a-5d9f-4a7a-9cb2-3e4f5a6b7c82"} | _BONE,
    "VitaminD": {"id": "5d9c7f4b-6eaa-4b8b-8dc3-4f5a6b7c8d93"} | _VITAMIN,
    "Weight": {"id": "6ead8a5c-7fbb-4c9c-9ed4-5a6b7c8d9ea4"} | _WEIGHT,
    "GripStrengthCorrection": _GRIP | {"hand": "left", "dominant": False},
    "RangeOfMotionCorrection": _MOTION | {"degrees": 145},
    "BoneDensityCorrection": _BONE | {"t_score": -1.2},
    "VitaminDCorrection": _VITAMIN | {"value": 64},
    "WeightCorrection": _WEIGHT | {"value": 68.0},
    "AlertSnooze": {"until": "2026-11-29T08:00:00+01:00", "note": "Calls back in the morning."},
    "AlertResolution": {"outcome": "visit_booked", "note": "Visit on Thursday."},
    "NewExpectedLevel": {"symptom": "pain", "level": 6, "until": "2026-11-29"},
    "AlertNote": {"note": "No answer at 10:00. Next call at 14:00."},
    "AlertResolutions": {"items": [_ALERT | {"outcome": "visit_booked", "note": "Visit on Thursday."}]},
    "AlertSnoozes": {"items": [_ALERT | {"until": "2026-11-29T08:00:00+01:00"}]},
    "AlertAssignments": {"items": [_ALERT | {"to": None}]},
    "AlertAcknowledgements": {"token": "hV0c2b5e2f0e4f439d0bQm1Zs8Yt7Xr6Wq5Vp4Uo3Tn2Sm1Rl0"},
    "RejectedEntriesReview": {"until": f"{EXAMPLE_DAY}T20:00:00+01:00"},
    "NewGuidanceDecision": {"decision": "approved", "note": "Agreed by the breast clinic."},
    "NewPolicy": {
        "document": {
            "name": "Breast clinic",
            "tiers": {"severe_symptoms": "same_day"},
            "thresholds": {"gap_doses_7d": {"value": 4, "source": _SOURCE}},
        },
        "note": "Asked for by the team.",
    },
    "NewLadder": {
        "document": {
            "name": "Breast clinic",
            "source": _SOURCE,
            "hours": {"monday": ["08:00-12:00", "13:00-16:30"]},
            "holidays": {"2026-12-25": "Christmas Day"},
        }
    },
    "NewSitePlan": {"document": _PLAN},
    "NewPatientPlan": {"preset": "site", "note": "Follows the site again."},
    "NewSkip": {"slot": "bone_density:2026-09-02", "reason": "Measured elsewhere in August."},
    "NewReminder": {"patient_id": "1f0d9c52-0a6f-4a41-8f2d-7c3b5e9a1d24", "slot": "week-6"},
    "NewReminderSnooze": {"for": "two_hours"},
    "NewRota": {
        "shifts": [
            {
                "staff": "nurse@example.org",
                "from": "2026-11-29T08:00:00+01:00",
                "until": "2026-11-29T20:00:00+01:00",
            }
        ]
    },
    "NewReceipt": {"id": "8b1f0e6d-2c3a-4d5e-9f60-718293a4b5c6", "event": "shown"},
    "NewSubscription": {
        "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "keys": {
            "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I9"
            "9e8QcYP7DkM",
            "auth": "tBHItJI5svbpez7KI4CCXg",
        },
    },
    "NewWebhook": {"url": "https://pager.example.org/aimss"},
    "StaffChanges": {"role": "coordinator", "team_id": None},
    "NewTeam": {"name": "Day ward"},
    "NewService": {"name": "reports", "scopes": ["patients:read"], "expires_in_days": 365},
    "SiteChanges": {
        "contact": "Call 030 1234, Mondays to Fridays, 8 to 16 h.",
        "phone": "+49 30 1234",
        "read_when": {
            "en": "Your team reads this on working days until 16 h.",
            "de": "Ihr Team liest das an Werktagen bis 16 Uhr.",
        },
    },
    "InvitationAcceptance": {"token": "hV0c2b5e2f0e4f439d0b", "password": "correct horse battery"},
}
"""Examples by name of the component in the OpenAPI document."""


RECORDED = Path(__file__).with_name("response_examples.json")
"""Examples of responses by name of the schema or of the status; `make pages` records them."""


@cache
def recorded_examples() -> Mapping[str, Any]:
    """Return the examples of responses, read once."""
    return dict(json.loads(RECORDED.read_text(encoding="utf-8")))


def example_of(name: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the example of a body, else one built from the examples of its fields, else None."""
    if name in EXAMPLES:
        return dict(EXAMPLES[name])
    found = {field: told["examples"][0] for field, told in properties.items() if told.get("examples")}
    return found or None
