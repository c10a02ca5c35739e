"""Alerts: reconciled with findings, budgeted, escalated and acted on."""
