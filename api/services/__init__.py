"""Use cases: they take a session and plain values, flush, and never commit."""
