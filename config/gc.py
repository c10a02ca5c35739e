"""How Python looks for garbage that points at itself, in processes that live long."""

import gc

AFTER = 20_000
"""Objects made, beyond those let go, before the youngest are looked through; Python's own 700 are reached
twice in eight entries recorded together."""


def spare_what_is_loaded() -> None:
    """Never look through what is loaded by now: it stays, and to look held every request up for 100 ms."""
    gc.freeze()
    gc.set_threshold(AFTER)
