"""Keys derived from the server's SECRET_KEY, one for each purpose, and tokens signed with them."""

import base64
import hmac

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAC_BYTES = 16


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


def encryption_key(secret_key: str, purpose: str) -> Fernet:
    """Return the key that encrypts the secrets of a purpose."""
    return Fernet(base64.urlsafe_b64encode(derive(secret_key, purpose)))


def digest(key: bytes, text: str) -> str:
    """Return the HMAC-SHA-256 of a text in hexadecimal: what a table keeps of a short secret."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def base64url(raw: bytes) -> str:
    """Return bytes in base64url without padding.

    >>> base64url(b"aimss")
    'YWltc3M'
    """
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(content: bytes, key: bytes) -> str:
    """Return the token that holds ``content`` and its HMAC, in base64url."""
    return base64url(content + hmac.digest(key, content, "sha256")[:MAC_BYTES])


def read_signed(token: str, key: bytes) -> bytes | None:
    """Return the content of a token; None: it was not made with this key.

    >>> read_signed(sign(b"content", b"key"), b"key"), read_signed(sign(b"content", b"key"), b"other")
    (b'content', None)
    """
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    content = raw[:-MAC_BYTES]
    return content if hmac.compare_digest(token, sign(content, key)) else None
