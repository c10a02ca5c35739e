"""Messages: kinds and states, limits per site, and the reliability of push addresses."""
