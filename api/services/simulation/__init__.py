"""Simulates cohorts of patients with known symptoms, diaries and outcomes."""
