"""Patients' rights over their own data: the access log, a copy, their erasure."""
