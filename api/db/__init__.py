"""Database access: base class and column types, sessions, bulk writes and prepared statements."""
