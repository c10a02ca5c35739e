"""Risk of discontinuation: a monthly hazard with its contributions, its refit and its performance."""
