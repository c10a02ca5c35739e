"""Scores one patient's diary day by day: baseline, present level, change and findings."""
