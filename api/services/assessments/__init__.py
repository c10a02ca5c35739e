"""Questionnaires answered by patients: recorded, scored, corrected and read."""
