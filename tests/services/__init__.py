"""Tests of use cases, on both databases."""
