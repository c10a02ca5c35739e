"""Alerts: findings, their urgency, what answers cover them, and the alert budget of a team."""
