"""Numbers that several modules share."""

DAYS_PER_WEEK = 7

Z95 = 1.96
"""Half-width of a 95% interval of a normal distribution, in standard deviations."""
