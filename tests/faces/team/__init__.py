"""Tests of the care-team pages."""
