"""Diary entries: recorded, corrected, withdrawn and listed."""
