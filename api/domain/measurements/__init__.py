"""Measurements by staff: kinds and bounds, parsing, and interpretation."""
