"""One patient's course over time: baseline, present level, change and its probability."""
