"""Retention of messages: the time after which an undelivered message of each kind is given up."""

from collections.abc import Mapping
from datetime import timedelta

from api.domain.delivery.messages import MessageKind

LIFETIME: Mapping[MessageKind, timedelta] = {
    MessageKind.ALERT: timedelta(hours=24),  # for a phone that is off; escalation goes on meanwhile
    MessageKind.NOT_SCORED: timedelta(hours=24),
    MessageKind.CHECK_IN: timedelta(days=2),
    MessageKind.REASSESSMENT: timedelta(days=7),  # until the next weekly check-in
    MessageKind.SIGNED_OUT: timedelta(hours=72),
    MessageKind.ACCOUNT_CHANGED: timedelta(days=3),
    MessageKind.PROBE: timedelta(days=2),
}
"""By kind. A summary lives as long as what it sums up, and an invitation as long as its link."""
