"""Accounts and devices: sign-in, passwords, one-time codes, activation and signing out."""
