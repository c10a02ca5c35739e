"""Questionnaires that a patient has answered, and series of grades over time."""
