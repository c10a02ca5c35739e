"""Options, and parsers of options, that several commands share."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from marshmallow import ValidationError, fields

from api.domain.email_address import NoEmailAddress, read_email
from api.schemas.fields import Text
from api.schemas.site_document import MAX_NOTE
from api.schemas.site_text import SiteTextSchema

Command = TypeVar("Command", bound=Callable[..., Any])


class NumberRange(click.FloatRange):
    """A range of numbers. What is not a number lies in none; click's own range lets ``nan`` pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number, or fail."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def number_option(
    flag: str, meaning: str, default: int, *, least: int, most: int
) -> Callable[[Command], Command]:
    """Return an option for a whole number, whose help shows the default."""
    return click.option(
        flag, type=click.IntRange(least, most), default=default, show_default=True, help=meaning
    )


def a_moment(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """Read a moment with its offset from UTC."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment.astimezone(UTC)  # 9999-12-31T23:59-12:00 is past the last year there is
    except (ValueError, OverflowError) as error:
        raise click.BadParameter("is no moment of ISO 8601, such as 2026-03-02T08:00+01:00") from error
    if moment.tzinfo is None:
        raise click.BadParameter("has no offset from UTC, such as 2026-03-02T08:00+01:00")
    return moment


def a_note(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Read a note."""
    if value is not None and len(value) > MAX_NOTE:
        raise click.BadParameter(f"is longer than {MAX_NOTE} characters")
    return value


def an_email(_: click.Context, __: click.Parameter, value: str) -> str:
    """Read an e-mail address, into the same normal form as over the API."""
    try:
        return read_email(value)
    except NoEmailAddress as error:
        raise click.BadParameter(str(error)) from error


def site_text_option(flag: str, meaning: str) -> Callable[[Command], Command]:
    """Return an option for a sentence that a site says to its patients, given once per language."""
    return click.option(
        flag, multiple=True, metavar="LANG=TEXT", callback=_a_site_text, help=f"{meaning}; once per language."
    )


def _a_site_text(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str] | None:
    if not values:
        return None
    pairs = [value.partition("=") for value in values]
    try:
        words: dict[str, str] = SiteTextSchema().load({language: text for language, _, text in pairs})
    except ValidationError as error:
        wrong = "; ".join(f"{name}: {' '.join(problems)}" for name, problems in error.messages_dict.items())
        raise click.BadParameter(wrong) from error
    return words


def a_phone(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Read a telephone number."""
    return value and _read(Text(max=40), value)


def a_name(_: click.Context, __: click.Parameter, value: str) -> str:
    """Read a name, as long as the API takes one."""
    return _read(Text(max=200), value)


def a_paragraph(_: click.Context, __: click.Parameter, value: str) -> str:
    """Read a paragraph of text for patients."""
    return _read(Text(max=1000, lines=True), value)


def _read(field: fields.String, value: str) -> str:
    try:
        return str(field.deserialize(value))
    except ValidationError as error:
        raise click.BadParameter(str(error.messages[0])) from error
