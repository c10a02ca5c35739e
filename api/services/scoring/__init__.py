"""Scores a patient's entries under a row lock and stores the trajectory."""
