"""Delivers messages from the outbox and runs the scheduled jobs."""
