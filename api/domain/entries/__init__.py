"""Diary entries: the questions, the answer types, parsing, and safety statements."""
