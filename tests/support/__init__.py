"""Builders, servers, databases and fakes that tests share."""
