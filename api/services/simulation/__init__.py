"""Invents cohorts whose truth is known: patients, their diaries, and what really happened."""
