"""Fixtures of tests of what both faces share."""

from tests.faces.bare_page import bare_phone, new_bare_phone

__all__ = ["bare_phone", "new_bare_phone"]
