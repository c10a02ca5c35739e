"""Holds the engine's findings and risks against a known truth, beside rules a child could write."""
