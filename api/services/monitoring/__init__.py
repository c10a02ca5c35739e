"""Metrics, health and readiness of the service itself."""
