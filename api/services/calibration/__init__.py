"""Fits the risk of stopping to a site's own outcomes, and says how good it was and is."""
