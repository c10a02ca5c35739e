"""Questionnaires: what they are made of, how they are scored, and what of them may be shipped."""
