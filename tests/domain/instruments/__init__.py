"""Instruments: published examples, and laws that hold for any answers."""
