"""Measurements, guidance decisions and emergency numbers of a site."""
