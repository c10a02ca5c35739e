"""What an operator may set, and how the processes log."""
