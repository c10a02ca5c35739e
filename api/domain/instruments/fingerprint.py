"""Short hash of the parts of a definition that decide a score, stored beside the score."""

from api.domain.content_hash import content_hash
from api.domain.instruments.definition import Instrument


def fingerprint(instrument: Instrument) -> str:
    """Return the content hash of the parts that decide an instrument's scores.

    Its code and version stand for the scorer: a published version never changes, a correction is a new
    one. Items, options and scores are hashed as they are; wording, sources and bands decide no score.

    >>> from dataclasses import replace
    >>> from api.domain.instruments.registry import find
    >>> bpi = find("bpi-sf")
    >>> fingerprint(bpi) == fingerprint(replace(bpi, cautions=())), len(fingerprint(bpi))
    (True, 12)
    >>> fingerprint(bpi) == fingerprint(replace(bpi, version="of tomorrow"))
    False
    """
    parts = [
        [instrument.code, instrument.version],
        [[item.id, item.lowest, item.highest, item.is_integer, item.choices] for item in instrument.items],
        [[each.name, each.default, each.lowest, each.highest] for each in instrument.options],
        [[score.id, score.lowest, score.highest, score.direction] for score in instrument.scores],
    ]
    return content_hash(parts)
