"""Use cases: builders in, rows out."""
