"""Guidance for the care team: published recommendations, each with the evidence for it."""
