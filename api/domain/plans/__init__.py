"""Plans: which reassessments are due when, as data; local dates only, never a clock or a zone."""
