"""The clinical rules, pure: standard library and NumPy only, and always told the time."""
