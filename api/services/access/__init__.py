"""Who may come in: people, devices, keys and codes."""
