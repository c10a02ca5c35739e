"""Rules that turn a patient's scored days into findings for the care team, one rule a module."""
