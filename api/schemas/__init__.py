"""The wire: what JSON comes in and goes out, never the database."""
