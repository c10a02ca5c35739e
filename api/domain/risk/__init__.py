"""Discontinuation risk: a monthly hazard, its contributions, refit and performance."""
