"""Alerts: kinds of findings, urgency, status, priority, and the alert budget of a team."""
