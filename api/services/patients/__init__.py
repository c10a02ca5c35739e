"""Patients: enrolment and profile."""
