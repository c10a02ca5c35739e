"""Fixtures of tests of the phone app."""

from tests.faces.bare_page import bare_phone, new_bare_phone

__all__ = ["bare_phone", "new_bare_phone"]
