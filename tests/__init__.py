"""Tests: each name is a sentence that holds."""
