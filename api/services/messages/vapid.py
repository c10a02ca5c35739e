"""The key that identifies this server to push services (VAPID, RFC 8292), in base64url."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.services.access.secret_keys import base64url
from config.checks import VAPID_BYTES, private_number


def new_private_key() -> str:
    """Return a new private key for VAPID_PRIVATE_KEY."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64url(number.to_bytes(VAPID_BYTES, "big"))


def public_keys(private_key: str, previous: Sequence[str]) -> list[str]:
    """Return the public keys of a server, the newest first; none if no key is set."""
    return [public_key_of(key) for key in (private_key, *previous)] if private_key else []


def public_key_of(private_key: str) -> str:
    """Return the public key of a private one, which browsers subscribe with.

    Raises:
        ValueError: The text is not 32 bytes in base64url, or no key of P-256.
    """
    key = ec.derive_private_key(private_number(private_key), ec.SECP256R1())
    return base64url(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
