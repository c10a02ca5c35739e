"""Compares the engine's findings and risks with a known truth and with simple threshold rules."""
