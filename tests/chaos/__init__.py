"""Real processes, killed in the middle of their work; nothing acknowledged may be lost."""
