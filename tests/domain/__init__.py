"""Tests of clinical rules, without a database."""
