"""Escalation ladders: rungs, working time, and response times measured against them."""
