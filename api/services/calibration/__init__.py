"""Fits the risk of discontinuation to a site's own outcomes and reports its performance."""
