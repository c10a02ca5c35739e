"""Passwords: argon2id of the NFKC form; the check takes as long for an unknown account."""

import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from api.domain.account_errors import WeakPassword

SHORTEST = 12
LONGEST = 1024
HARD_TO_GUESS = 3
"""Of zxcvbn's scores 0 to 4: at least 10^8 guesses, out of reach of guessing over the network."""
FEWEST_OF_ITS_OWN = 6
"""Fewest letters and digits beside frequent words; a word and a year alone are too weak."""
SHORTEST_WORD = 3
ESTIMATED = 72
"""Characters that zxcvbn estimates; further ones only make a password harder to guess."""

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's recommendation for argon2id: 19 MiB, two passes, one lane."""

CONTEXT = (
    "aimss", "monitor", "clinic", "hospital", "oncology", "breast", "nurse", "doctor", "patient", "welcome",
    "letrozole", "anastrozole", "exemestane", "aromatase", "password", "spring", "summer", "autumn", "winter",
    "klinik", "krankenhaus", "klinikum", "brust", "brustzentrum", "onkologie", "schwester", "arzt", "praxis",
    "willkommen", "passwort", "kennwort", "letrozol", "anastrozol", "exemestan", "sommer", "herbst",
    "hopital", "clinique", "oncologie", "infirmiere", "medecin", "bienvenue", "motdepasse",
    "clinica", "hospital", "oncologia", "enfermera", "medico", "bienvenida", "contrasena", "verano",
)  # fmt: skip
"""Words that are likely in clinics and missing in zxcvbn's lists of frequent passwords."""


def hash_of(password: str, *, email: str, context: Iterable[str] = ()) -> str:
    """Return the hash of a new password.

    Frequent passwords, and those made of frequent words, sequences, keyboard walks, dates and repeats, are
    found by zxcvbn (MIT; its lists hold 30,000 frequent passwords, and words and names). A plain list, as
    ASVS 5 asks for in 6.2.4, would let ``password1234`` through or be very long.

    Args:
        password: The password as typed.
        email: The account's address; its parts count as frequent words.
        context: Other words that are easy to guess, such as names of the person and the site.

    Raises:
        WeakPassword: It is too short, endless, the e-mail address, or easy to guess.
    """
    typed = normalised(password)
    if not SHORTEST <= len(typed) <= LONGEST:
        raise WeakPassword(f"a password has {SHORTEST} to {LONGEST} characters")
    if typed.strip().casefold() == email.casefold():
        raise WeakPassword("a password is not the e-mail address")
    if _is_easy_to_guess(typed, [email, *context]):
        raise WeakPassword(
            "this password is among the first that are tried: frequent, a pattern, or made of names. Take "
            "three or four unrelated words, or let a password manager make one"
        )
    return HASHER.hash(typed)


def normalised(password: str) -> str:
    """Return the form of a password that is hashed (NFKC), whatever the keyboard composed."""
    return unicodedata.normalize("NFKC", password)


def fits(stored: str | None, password: str) -> bool:
    """Return whether a password matches a hash; None, for an unknown account, takes as long.

    Hashes from before passwords were normalised are of the typed form, so that is checked too.
    """
    forms = dict.fromkeys((normalised(password), password))
    fitting = [_fits(stored, form) for form in forms]  # every form, so that the time reveals nothing
    return any(fitting)


def is_outdated(stored: str, password: str) -> bool:
    """Return whether a correct password needs a new hash, with the present parameters and form."""
    typed = normalised(password)
    return HASHER.check_needs_rehash(stored) or (typed != password and not _fits(stored, typed))


def rehash(password: str) -> str:
    """Return the hash of an accepted password, whatever the present rules."""
    return HASHER.hash(normalised(password))


def _fits(stored: str | None, form: str) -> bool:
    try:
        return HASHER.verify(stored or _dummy_hash(), form) and stored is not None
    except InvalidHashError:  # an account that cannot sign in yet
        return _fits(None, form)
    except VerificationError:
        return False


def _is_easy_to_guess(typed: str, context: Iterable[str]) -> bool:
    words = [*CONTEXT, *(part for text in context for part in _words(text))]
    if len(_without(words, typed)) < FEWEST_OF_ITS_OWN:
        return True
    return int(zxcvbn(typed[:ESTIMATED], user_inputs=words)["score"]) < HARD_TO_GUESS


def _without(words: Iterable[str], typed: str) -> str:
    """Return the letters and digits of a password that belong to none of the words.

    >>> _without(["nora", "nurse"], "Nora-Nurse-26")
    '26'
    """
    left = "".join(letter for letter in typed.lower() if letter.isalnum())
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            left = left.replace(word, "")
    return left


def _words(text: str) -> list[str]:
    """Return the words of a name or an address, each alone and all joined.

    >>> _words("St. Example")
    ['st', 'example', 'stexample']
    """
    parts = "".join(letter if letter.isalnum() else " " for letter in normalised(text).lower()).split()
    return [*parts, "".join(parts)]


@cache
def _dummy_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe())
