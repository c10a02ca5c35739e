"""Scheduled jobs: escalation, reminders, silence, rescoring, push liveness and cleanup."""
