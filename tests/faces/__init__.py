"""The faces in a real browser: what patients and staff see and touch."""
