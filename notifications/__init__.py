"""Takes messages out of the outbox and brings them to people."""
