"""A patient's course: scored, kept, read."""
