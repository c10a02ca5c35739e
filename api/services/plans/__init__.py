"""Monitoring plans of patients, and the slots that are due by them."""
