"""Policies of a site: stored with the day they take effect, read from files, and in force."""
