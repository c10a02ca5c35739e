"""What must reach a person, and the addresses it goes to."""
