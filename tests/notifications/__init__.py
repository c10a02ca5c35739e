"""Delivery: claims, retries, ladders, channels."""
