"""When the care team must hear of it: one rule a file, each finding with its reason."""
