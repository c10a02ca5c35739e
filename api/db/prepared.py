"""Statements compiled once and run on the driver's own cursor, for the few that every entry runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ClauseElement, Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]


class _Compiled(NamedTuple):
    text: str
    binds: tuple[tuple[str, Processor | None], ...]
    positional: bool
    results: tuple[Processor | None, ...]

    def bound(self, parameters: Mapping[str, Any]) -> dict[str, Any] | list[Any]:
        """Return parameters as the driver takes them."""
        bound = [(name, way(parameters[name]) if way else parameters[name]) for name, way in self.binds]
        return [value for _, value in bound] if self.positional else dict(bound)

    def read(self, row: Sequence[Any]) -> list[Any]:
        """Return a row as the driver gave it, in Python's types."""
        return [way(value) if way else value for way, value in zip(self.results, row, strict=True)]


class Fetched(NamedTuple):
    """Rows as the driver gave them."""

    rows: Sequence[Sequence[Any]]
    compiled: _Compiled

    def read(self) -> list[list[Any]]:
        """Return the rows in Python's types."""
        return [self.compiled.read(row) for row in self.rows]


class PreparedStatement:
    """A statement, written as any other, without SQLAlchemy's work around each of its executions.

    That work costs several times what the statement does. Only statements of the one hot path, an
    entry from its token to its audit row, are worth the second way; all others go through the session.
    """

    def __init__(self, statement: ClauseElement) -> None:
        """Keep ``statement``; it is compiled when a database first asks for it."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def one_or_none(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
        """Return the one row there is, or None."""
        cursor = self._execute(connection, parameters)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else self._of(connection.dialect).read(row)

    def all(self, connection: Connection, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """Return every row."""
        return self.fetched(connection, parameters).read()

    def fetched(self, connection: Connection, parameters: Mapping[str, Any]) -> "Fetched":
        """Fetch every row as the driver gives it; it is read when asked for, after the transaction too."""
        cursor = self._execute(connection, parameters)
        rows = cursor.fetchall()
        cursor.close()
        return Fetched(rows, self._of(connection.dialect))

    def _execute(self, connection: Connection, parameters: Mapping[str, Any]) -> Any:
        compiled = self._of(connection.dialect)
        cursor = connection.connection.cursor()
        with redact_errors(connection, compiled):
            cursor.execute(compiled.text, compiled.bound(parameters))
        return cursor

    def _of(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return found


class PreparedIn:
    """A statement about several things, asked at once: prepared for 1 of them, for 2, for 4 and so on."""

    def __init__(
        self, kind: TypeEngine[Any], statement: Callable[[Sequence[BindParameter[Any]]], ClauseElement]
    ) -> None:
        """Keep how the statement is made from parameters of a ``kind``, one for each thing."""
        self._kind = kind
        self._statement = statement
        self._prepared: dict[int, PreparedStatement] = {}

    def all(
        self,
        connection: Connection,
        things: Sequence[Any],
        parameters: Mapping[str, Any] = MappingProxyType({}),
    ) -> list[list[Any]]:
        """Return every row about ``things``, at least one; the last stands in where there are fewer."""
        room = 1 << (len(things) - 1).bit_length()
        prepared = self._prepared.get(room)
        if prepared is None:
            places: list[BindParameter[Any]] = [
                bindparam(f"thing_{place}", type_=self._kind) for place in range(room)
            ]
            prepared = self._prepared[room] = PreparedStatement(self._statement(places))
        filled = [*things, *[things[-1]] * (room - len(things))]
        named = {f"thing_{place}": thing for place, thing in enumerate(filled)}
        return prepared.all(connection, {**parameters, **named})


@contextmanager
def redact_errors(connection: Connection, compiled: _Compiled) -> Iterator[None]:
    """Keep of what a database says its first line: the lines of detail quote the row."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        first_line = str(error).partition("\n")[0]
        raise DBAPIError(compiled.text, None, type(error)(first_line), hide_parameters=True) from None


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("only SQL can be prepared")
    kinds = {compiled.bind_names[bind]: bind.type for bind in compiled.binds.values()}
    names = compiled.positiontup if compiled.positional else list(kinds)
    binds = tuple((name, _bind_processor(kinds[name], dialect)) for name in names or ())
    columns = getattr(statement, "selected_columns", ())
    results = tuple(_result_processor(column.type, dialect) for column in columns)
    return _Compiled(compiled.string, binds, bool(compiled.positional), results)


def _bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _result_processor(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
