"""Worlds of simulated diaries for tests and figures of the pages, built unlike the product's simulator."""
