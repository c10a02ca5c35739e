"""Delivery channels; each implements `base.Channel`."""
