"""Clients generated from the OpenAPI document, driven against a real server."""
