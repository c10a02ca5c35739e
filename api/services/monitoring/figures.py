"""The operator's figures: what each is called, and what it says."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.services.monitoring.exposition import MetricFamily, MetricSample

WORDS = {
    "aimss_outbox_waiting": "Messages not yet sent, due or not.",
    "aimss_outbox_late": "Messages due for more than a minute that no worker has taken up.",
    "aimss_outbox_oldest_due_seconds": "How long the oldest due message has waited for a worker.",
    "aimss_outbox_oldest_unsent_seconds": "The same, with those under way or tried in vain.",
    "aimss_outbox_dead": "Messages of 7 days that could not be brought; call_list: a person must call.",
    "aimss_channel_broken": "Places of the channel that a fault of ours has broken: look at its settings.",
    "aimss_channel_stopped": "1: an operator has stopped the channel.",
    "aimss_planning_paused": "1: an operator drains the outbox, no reminder is planned.",
    "aimss_workers": "Delivery workers that have ticked in the last two minutes.",
    "aimss_worker_newest_tick_seconds": "Since any worker ticked; -1: none in a day.",
    "aimss_worker_oldest_tick_seconds": "Since the most silent of the live workers ticked; -1: none lives.",
    "aimss_alerts_waiting": "Alerts that are not closed.",
    "aimss_entries_received": "Entries, corrections and withdrawals received.",
    "aimss_patients_not_scored": "Patients whose entries could not be scored.",
    "aimss_patients_with_refused_items": "Patients of whom something was refused that nobody has looked at.",
    "aimss_refused_items_waiting": "Refused items that nobody has looked at.",
    "aimss_sends_total": "Tries to bring a message, by how they ended.",
    "aimss_escalations_total": "Rungs climbed because nobody had answered.",
    "aimss_sign_ins_total": "Attempts to sign in that were not throttled, by how they ended.",
    "aimss_requests_denied_total": "Requests answered with 401, 403 or 429.",
    "aimss_send_lateness_seconds": "From the moment a message was meant to go until it was taken.",
    "aimss_acknowledgement_seconds": "From the moment the team was asked until somebody answered.",
}
"""Every metric, in words."""


def gauge(name: str, samples: Iterable[MetricSample]) -> MetricFamily:
    """Return what is so now."""
    return MetricFamily(name, "gauge", WORDS[name], tuple(samples))


def one(name: str, value: float) -> MetricFamily:
    """Return a gauge without labels."""
    return gauge(name, [MetricSample(float(value), {})])


def by_channel(name: str, found: Mapping[str, Any], channels: Iterable[str]) -> MetricFamily:
    """Return a gauge with a value for every channel; what was not found is 0."""
    return gauge(name, (MetricSample(float(found.get(each, 0)), {"channel": each}) for each in channels))
