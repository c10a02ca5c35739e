"""Sentences of the API in the languages of patients."""
