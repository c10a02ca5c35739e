"""Access control: visibility of patients, tokens, throttling and key derivation."""
