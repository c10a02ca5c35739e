"""Checks and normalises text from outside: Unicode form, invisible letters, control characters."""

import unicodedata

INVISIBLE = r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Letters that are removed, as a character class: bidirectional controls, zero-width spaces, word
joiners.

With them one name can look like another. Pasted names and numbers often contain them, so they are
removed instead of rejected. U+200C and U+200D stay: Persian, Indic scripts and emoji need them.

Source:
    Bidi_Control in the Unicode Character Database; Boucher and Anderson 2021, arXiv:2111.00169.
"""

_DROPPED = dict.fromkeys(
    [0x61C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


def cleaned(text: str) -> str:
    r"""Return a text as it is stored: in Unicode's form NFC, without invisible letters, trimmed.

    >>> cleaned(" Eve\u202e "), cleaned("Jo\u0308rg") == "J\xf6rg", cleaned("\u202a+49 30 1\u202c")
    ('Eve', True, '+49 30 1')
    """
    return unicodedata.normalize("NFC", text.translate(_DROPPED)).strip()


def has_control(text: str, *, lines: bool = True) -> bool:
    r"""Return whether a text has a control character or half of a surrogate pair.

    New line and tab are allowed in a text of several ``lines``.

    >>> [has_control(letter) for letter in "a\n\x07\x85\u2028\ud83d"]
    [False, False, True, True, True, True]
    >>> has_control("a\n", lines=False)
    True
    """
    return any(_is_control(letter) and not (lines and letter in "\n\t") for letter in text)


def _is_control(letter: str) -> bool:
    is_separator = "\x7f" <= letter <= "\x9f" or letter in "\u2028\u2029"
    return letter < " " or is_separator or "\ud800" <= letter <= "\udfff"
