"""The clinical rules, without a database."""
