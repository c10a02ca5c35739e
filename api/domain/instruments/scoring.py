"""From answers to scores: every answer checked first, every score given or refused with its reason."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from api.domain.errors import InvalidAnswers
from api.domain.instruments.definition import Answer, Answers, Instrument, Item, Option, Options, Unscored

MOST_NAMED = 20
"""How many things that are wrong with one set of answers are named; more help nobody."""


@dataclass(frozen=True, slots=True)
class InstrumentScores:
    """What an instrument said: its scores, and for those it could not give, why."""

    scores: Mapping[str, float | None]
    unscored: Mapping[str, str]
    options: Options
    """The options it was scored with, defaults included."""


def score(
    instrument: Instrument, answers: Mapping[str, object], options: Mapping[str, object] | None = None
) -> InstrumentScores:
    """Check the answers and score them.

    Args:
        instrument: The questionnaire, of one version.
        answers: Item id to answer; an absent or None answer is missing, never 0.
        options: What the scorer is told beside the answers; those not named take their default.

    Returns:
        Every score of the instrument: its number, or None with the reason in ``unscored``.
        Each score's own definition says its range and which direction is worse.

    Raises:
        InvalidAnswers: An item or option is unknown, or an answer is not one the item takes; the
            error names each, with what would be right.

    Source:
        The instrument's own, see ``instrument.sources``.
    """
    chosen = options_told(instrument, options or {})
    results = instrument.score(checked(instrument, answers), chosen)
    refused = {name: result.reason for name, result in results.items() if isinstance(result, Unscored)}
    numbers = {
        name: None if isinstance(result, Unscored) else float(result) for name, result in results.items()
    }
    return InstrumentScores({of.id: numbers[of.id] for of in instrument.scores}, refused, chosen)


def checked(instrument: Instrument, answers: Mapping[str, object]) -> Answers:
    """Return the answers that were given, in the order of the items.

    Raises:
        InvalidAnswers: An item is unknown, or an answer is not one the item takes.
    """
    known = {item.id: item for item in instrument.items}
    wrong = {
        _short(name): f"{instrument.code} has no item {_shown(name)}; its items are {_span(known)}"
        for name in answers
        if name not in known
    }
    given: dict[str, Answer] = {}
    for name, item in known.items():
        sent = answers.get(name)
        if sent is None:
            continue
        read = _read_choices(item, sent) if item.choices else _read_number(item, sent)
        if isinstance(read, str):
            wrong[name] = read
        else:
            given[name] = read
    _refuse(wrong)
    return given


def options_told(instrument: Instrument, sent: Mapping[str, object]) -> Options:
    """Return what the scorer is told: the options that were sent, the others by default.

    Raises:
        InvalidAnswers: An option is unknown, or its value is not one it takes.
    """
    known = {option.name: option for option in instrument.options}
    wrong = {
        f"options.{_short(name)}": (
            f"{instrument.code} has no option {_shown(name)}; it has {_span(known) or 'none'}"
        )
        for name in sent
        if name not in known
    }
    wrong |= {
        f"options.{name}": f"{_shown(sent[name])} is not {_allowed(option)}"
        for name, option in known.items()
        if name in sent and not _takes(option, sent[name])
    }
    _refuse(wrong)
    return {name: sent.get(name, option.default) for name, option in known.items()}  # type: ignore[misc]


def _takes(option: Option, sent: object) -> bool:
    if isinstance(option.default, bool) or isinstance(sent, bool):
        return isinstance(option.default, bool) and isinstance(sent, bool)
    return isinstance(sent, int) and option.lowest <= sent <= option.highest


def _allowed(option: Option) -> str:
    if isinstance(option.default, bool):
        return "true or false"
    return f"a whole number in {option.lowest}..{option.highest}"


def _read_number(item: Item, sent: object) -> float | str:
    """Return the number of an answer, or what is wrong with it."""
    kind = "a whole number" if item.whole else "a number"
    right = f"{kind} in {item.lowest:g}..{item.highest:g}"
    if isinstance(sent, bool) or not isinstance(sent, (int, float)):
        return f"{_shown(sent)} is not {right}"
    if not item.lowest <= sent <= item.highest or not math.isfinite(sent):
        return f"{_shown(sent)} is not {right}"
    if item.whole and sent != int(sent):
        return f"{_shown(sent)} is not {right}"
    return float(sent)


def _read_choices(item: Item, sent: object) -> tuple[str, ...] | str:
    right = f"a list of some of {', '.join(item.choices)}"
    if not isinstance(sent, (list, tuple)):
        return f"{_shown(sent)} is not {right}"
    known = {choice.casefold(): choice for choice in item.choices}
    strange = [choice for choice in sent if not isinstance(choice, str) or choice.casefold() not in known]
    if strange:
        return f"{_shown(strange[0])} is not one of {', '.join(item.choices)}"
    meant = {known[choice.casefold()] for choice in sent}
    return tuple(choice for choice in item.choices if choice in meant)


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        named = dict(islice(wrong.items(), MOST_NAMED))
        raise InvalidAnswers("; ".join(f"{name}: {what}" for name, what in named.items())[:500], named)


def _span(names: Iterable[str]) -> str:
    listed: Sequence[str] = list(names)
    return ", ".join(listed) if len(listed) <= 12 else f"{listed[0]} … {listed[-1]}"  # noqa: PLR2004


def _shown(sent: object) -> str:
    return _short(repr(sent))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004
