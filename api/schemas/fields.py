"""Base classes and fields shared by all schemas."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from api.domain.email_address import LONGEST, NoEmailAddress, read_email
from api.domain.enrolment import Language
from api.domain.errors import InvalidTimezone
from api.domain.json_values import as_whole
from api.domain.text import INVISIBLE, cleaned, has_control
from api.domain.zones import check_timezone
from api.words.catalogue import translate_all, translated
from api.words.speaking import language_of_request

PAGE_SIZE = 50
LARGEST_PAGE = 200


def about(description: str, **documented: Any) -> dict[str, Any]:
    """Return the metadata of a field, with its description in the API's documentation."""
    return {"description": description, **documented}


def required(description: str, **documented: Any) -> dict[str, Any]:
    """Return the arguments of a field that is always present."""
    return {"required": True, "metadata": about(description, **documented)}


def nullable(description: str, **documented: Any) -> dict[str, Any]:
    """Return the arguments of a field that is always present and may be null."""
    return {**required(description, **documented), "allow_none": True}


def absent_or_null(description: str, **documented: Any) -> dict[str, Any]:
    """Return the arguments of a field that may be absent or null."""
    return {"metadata": about(description, **documented), "allow_none": True}


class Strict(Schema):
    """A body in which unknown fields are errors, so that a misspelt field is not ignored."""

    class Meta:
        """Unknown fields are errors."""

        unknown = RAISE


class Moment(fields.AwareDateTime):
    """A time with offset, such as ``2026-03-02T12:00:00+01:00``. It is returned in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:  # 9999-12-31T23:59-12:00 is past the last year there is
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class ClockTime(fields.Time):
    """A local time of day, ``HH:MM``."""

    def __init__(self, **kwargs: Any) -> None:
        documented = {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["09:30"]}
        super().__init__(format="%H:%M", metadata=documented | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> time:
        if not isinstance(value, str) or len(value) != len("HH:MM") or not value.isascii():
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment: time = super()._deserialize(value, attr, data, **kwargs)
        return moment


class Text(fields.String):
    """Non-empty text of limited length. ``lines=True`` allows several lines.

    It is kept trimmed, in Unicode's form NFC and without invisible letters that hide or reorder words.
    NUL is refused because PostgreSQL cannot hold it, half a surrogate pair because UTF-8 cannot, and
    other control characters because a name that breaks a line breaks an e-mail's header or a log.
    """

    def __init__(self, *, max: int, lines: bool = False, **kwargs: Any) -> None:
        self._max, self._lines = max, lines
        control = r"\u0000-\u0008\u000b-\u001f" if lines else r"\u0000-\u001f"
        control += r"\u007f-\u009f\u2028\u2029"
        pattern = rf"^[^{control}]*[^\s{control}{INVISIBLE}][^{control}]*$"
        documented = {"minLength": 1, "maxLength": max, "pattern": pattern}
        super().__init__(metadata=documented | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        sent: str = super()._deserialize(value, attr, data, **kwargs)
        if len(sent.strip()) > self._max:  # before the characters are looked at one by one
            raise ValidationError(f"Longer than {self._max} characters.")
        text = cleaned(sent)
        if not text:
            raise ValidationError("Must not be blank.")
        if has_control(text, lines=self._lines):
            raise ValidationError("Contains a control character.")
        return text


class OneOf(fields.String):
    """One of several words, such as the values of an enumeration."""

    def __init__(self, words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(list(words)), **kwargs)


class Prose(fields.String):
    """A sentence of the product, returned in the language of the patient. Staff get English."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        text: str | None = super()._serialize(value, attr, obj, **kwargs)
        return text and translate_all(text, language_of_request())


class EveryLanguage(fields.Dict):
    """A sentence of the product, returned in all languages of patients, as an object by language."""

    def __init__(self, **kwargs: Any) -> None:
        texts = {each.value: {"type": "string", "description": each.name.title()} for each in Language}
        documented = {"properties": texts, "required": list(texts)}
        super().__init__(**kwargs | {"metadata": documented | kwargs.get("metadata", {})})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str] | None:
        texts = None if value is None else {each.value: translated(value, each) for each in Language}
        shown: dict[str, str] | None = super()._serialize(texts, attr, obj, **kwargs)  # type: ignore[no-untyped-call]
        return shown


class Email(Text):
    """An e-mail address, normalised like those of staff."""

    def __init__(self, **kwargs: Any) -> None:
        documented = {"examples": ["ada@example.org"]}
        super().__init__(max=LONGEST, **kwargs | {"metadata": documented | kwargs.get("metadata", {})})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return read_email(text)
        except NoEmailAddress as error:
            raise ValidationError("Not an e-mail address; an example is ada@example.org.") from error


class Rounded(fields.Float):
    """A number in a response, rounded to ``digits`` decimals: four for probabilities and scores."""

    def __init__(self, *, digits: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._digits = digits

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        number: Any = super()._serialize(value, attr, obj, **kwargs)
        return None if number is None else round(number, self._digits)


class Whole(fields.Integer):
    """A JSON integer, including ``3.0`` (JSON Schema 2020-12). Text and booleans are errors."""

    def __init__(self, *, lowest: int, highest: int | None = None, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(lowest, highest), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        number: int = super()._deserialize(as_whole(value), attr, data, **kwargs)
        return number


class Flag(fields.Boolean):
    """A JSON boolean. Numbers and text are errors."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **kwargs))


class Timezone(Text):
    """A name of the IANA time zone database."""

    def __init__(self, **kwargs: Any) -> None:
        documented = {"examples": ["Europe/Berlin"]} | kwargs.pop("metadata", {})
        super().__init__(max=64, metadata=documented, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        try:
            return check_timezone(super()._deserialize(value, attr, data, **kwargs))
        except InvalidTimezone as error:
            raise ValidationError("Not a time zone; an example is Europe/Berlin.") from error


def old_name(field: fields.Field[Any], *, of: str) -> fields.Field[Any]:
    """Return a deprecated query parameter that has a new name."""
    renamed = about(f"Old name of `{of}`; send one of the two.", deprecated=True)
    field.metadata = {**field.metadata, **renamed}
    return field


class RenamedQuery(Strict):
    """A query that also accepts the parameter ``x`` under an old name, as the field ``old_x``."""

    @validates_schema
    def _one_name_each(self, query: dict[str, Any], **_: object) -> None:
        for old in [name for name in query if name.startswith("old_")]:
            if (new := old.removeprefix("old_")) in query:
                keys = self.fields[new].data_key, self.fields[old].data_key
                raise ValidationError(f"Old name of {keys[0]}; send one of the two.", keys[1] or old)

    @post_load
    def _under_new_names(self, query: dict[str, Any], **_: object) -> dict[str, Any]:
        return {name.removeprefix("old_"): value for name, value in query.items()}


class PageQuery(Strict):
    """Query parameters of a page."""

    cursor = fields.String(validate=validate.Length(1, 1000), metadata=about("`next` of the previous page."))
    limit = fields.Integer(
        load_default=PAGE_SIZE,
        validate=validate.Range(1, LARGEST_PAGE),
        metadata=about("Maximum number of items per page."),
    )


def page_of(items: type[Schema], name: str) -> type[Schema]:
    """Return the schema, called ``name``, of one page of ``items``."""
    cursor = fields.String(**absent_or_null("Cursor of the next page: send it as `cursor`. Null at the end."))
    shown = fields.List(fields.Nested(items), metadata=about("The items of this page."))
    more = fields.Function(
        lambda page: (page["next"] if isinstance(page, Mapping) else page.next) is not None,
        **required("True: another page follows.", type="boolean"),
    )
    page = {"items": shown, "next": cursor, "more": more}
    return Schema.from_dict(page, name=name)  # type: ignore[arg-type]


def list_of(item: type[Schema], name: str, description: str, *, items: str) -> type[Schema]:
    """Return the schema, called ``name``, of a whole list; ``items`` describes its field."""
    whole = fields.List(fields.Nested(item), **required(items))
    made = Schema.from_dict({"items": whole}, name=name)
    made.__doc__ = description
    return made


def etag_field() -> fields.Integer:
    """Return the field of the version number, which is the ETag."""
    return fields.Integer(**required("Version number, from 1. It is the ETag. Send it in If-Match."))
