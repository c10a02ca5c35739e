"""Diaries from files, scored without a database."""
