"""Short hash of a content, by which a version is named."""

import hashlib
import json


def content_hash(content: object, *, ensure_ascii: bool = True) -> str:
    """Return twelve hexadecimal digits of a content that JSON can store; the order of keys is no part of it.

    >>> content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=ensure_ascii)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
