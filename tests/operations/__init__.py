"""Tests of installation, start and supervision."""
