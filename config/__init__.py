"""Settings of the operator, start of the processes, and logging."""
