"""Scoring of answers: each answer is checked, each score is computed or has a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from api.domain.errors import InvalidAnswers
from api.domain.instruments.definition import Instrument, Item, Option, Options
from api.domain.instruments.scores import Answer, Answers, Unscored

MOST_NAMED = 20
"""Maximum number of errors named for one set of answers."""


@dataclass(frozen=True, slots=True)
class InstrumentScores:
    """Scores of one set of answers, with the reason for each that could not be computed."""

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
        options: Parameters of the scorer; an absent one takes its default.

    Returns:
        Every score of the instrument: its number, or None with the reason in ``unscored``.
        Range and direction are in the definition of each score.

    Raises:
        InvalidAnswers: An item or option is unknown, or an answer is outside its range; the error
            names each, with the valid values.

    Source:
        The instrument's own, see ``instrument.sources``.
    """
    chosen = checked_options(instrument, options or {})
    results = instrument.score(checked_answers(instrument, answers), **chosen)
    refused = {name: result.reason for name, result in results.items() if isinstance(result, Unscored)}
    numbers = {
        name: None if isinstance(result, Unscored) else float(result) for name, result in results.items()
    }
    return InstrumentScores({of.id: numbers[of.id] for of in instrument.scores}, refused, chosen)


def checked_answers(instrument: Instrument, answers: Mapping[str, object]) -> Answers:
    """Return the given answers in the order of the items.

    Raises:
        InvalidAnswers: An item is unknown, or an answer is outside its range.
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


def checked_options(instrument: Instrument, sent: Mapping[str, object]) -> Options:
    """Return the options of the scorer: those sent, and defaults for the others.

    Raises:
        InvalidAnswers: An option is unknown, or its value is outside its range.
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
    """Return the number of an answer, or an error message."""
    kind = "a whole number" if item.is_integer else "a number"
    right = f"{kind} in {item.lowest:g}..{item.highest:g}"
    if (
        isinstance(sent, (int, float))
        and not isinstance(sent, bool)
        and item.lowest <= sent <= item.highest  # false for NaN
        and (not item.is_integer or sent == int(sent))
    ):
        return float(sent)
    return f"{_shown(sent)} is not {right}"


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
        raise InvalidAnswers("; ".join(f"{name}: {problem}" for name, problem in named.items())[:500], named)


def _span(names: Iterable[str]) -> str:
    listed: Sequence[str] = list(names)
    return ", ".join(listed) if len(listed) <= 12 else f"{listed[0]} … {listed[-1]}"  # noqa: PLR2004


def _shown(sent: object) -> str:
    return _short(repr(sent))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004
