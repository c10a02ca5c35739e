"""What a text that people read may hold: one form of each letter, nothing that hides or reorders words."""

import unicodedata

INVISIBLE = r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""What is dropped, as a character class: bidirectional controls, zero-width spaces and joiners of words.

With them a name reads as another one. They come along unseen where a number or a name is pasted, so they
are dropped and not refused. U+200C and U+200D stay: Persian, Indic scripts and emoji need them.

Source:
    Bidi_Control in the Unicode Character Database; Boucher and Anderson 2021, arXiv:2111.00169.
"""

_DROPPED = dict.fromkeys(
    [0x61C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


def cleaned(text: str) -> str:
    r"""Return a text as it is kept: in Unicode's form NFC, without invisible letters, trimmed.

    >>> cleaned(" Eve\u202e "), cleaned("Jo\u0308rg") == "J\xf6rg", cleaned("\u202a+49 30 1\u202c")
    ('Eve', True, '+49 30 1')
    """
    return unicodedata.normalize("NFC", text.translate(_DROPPED)).strip()


def is_control(letter: str) -> bool:
    r"""Say whether a letter is none that a text of several lines holds; a new line and a tab are.

    >>> [is_control(letter) for letter in "a\n\x07\x85\u2028\ud83d"]
    [False, False, True, True, True, True]
    """
    control = letter < " " or "\x7f" <= letter <= "\x9f" or letter in "\u2028\u2029"
    return (control and letter not in "\n\t") or "\ud800" <= letter <= "\udfff"
