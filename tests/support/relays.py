"""Runs a relay for one batch."""

from notifications.relay import Relay


def run_once(relay: Relay) -> int:
    """Claim one batch, send and settle it; return the number of claimed messages."""
    return relay.run(stopped=lambda: True, heartbeat=lambda: None)
