"""Alerts: opened, told, climbing, answered."""
