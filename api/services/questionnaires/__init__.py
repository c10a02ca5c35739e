"""Questionnaires: answered, scored, read, and their words."""
