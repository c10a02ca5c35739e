"""Scores diaries from files without a database."""
