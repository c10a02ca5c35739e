"""Reminders to patients: which are due, sending them, following up and closing them."""
