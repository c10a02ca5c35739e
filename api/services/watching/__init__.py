"""How the service itself is doing."""
