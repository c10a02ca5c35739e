"""Input files with clear errors, and output files that are written whole or not at all."""
