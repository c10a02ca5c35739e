"""The worklist: who needs the team first, and why."""
