"""Guidance for the care team: what was advised somewhere, and what the evidence says of it."""
