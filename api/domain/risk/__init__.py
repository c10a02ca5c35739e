"""How likely she is to stop the tablets: a monthly hazard with reasons, its refit, and how good it is."""
