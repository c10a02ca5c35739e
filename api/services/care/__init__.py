"""What the team measures, advises and plans."""
