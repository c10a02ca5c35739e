"""Clinical rules without side effects: standard library and NumPy only; the time is a parameter."""
