"""Installing, starting and supervising, as an operator does it."""
