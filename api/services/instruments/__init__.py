"""Instruments at a site: wordings, reference pages and batch scoring."""
