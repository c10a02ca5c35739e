"""Questionnaires: items, scoring, interpretation and licences."""
