"""Keys derived from the server's SECRET_KEY, one for each purpose."""

import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret_key: str, purpose: str) -> bytes:
    """Return the 32-byte key of a purpose; who learns one of them learns none of the others.

    Args:
        secret_key: The operator's SECRET_KEY.
        purpose: What the key is for, with a version, such as ``activation codes 1``.

    Source:
        HKDF with SHA-256, RFC 5869.

    >>> derive("secret", "a") == derive("secret", "a"), derive("secret", "a") == derive("secret", "b")
    (True, False)
    """
    return HKDF(hashes.SHA256(), length=32, salt=None, info=f"aimss {purpose}".encode()).derive(
        secret_key.encode()
    )


def digest(key: bytes, text: str) -> str:
    """Return the HMAC-SHA-256 of a text in hexadecimal: what a table keeps of a short secret."""
    return hmac.digest(key, text.encode(), "sha256").hex()
