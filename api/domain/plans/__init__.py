"""Monitoring plans: which reassessments are due on which local dates, as data."""
