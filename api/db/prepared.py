"""Statements compiled once and run on the driver's own cursor, for those that every entry runs."""

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
        """Return parameters in the types of the driver."""
        bound = [(name, bind(parameters[name]) if bind else parameters[name]) for name, bind in self.binds]
        return [value for _, value in bound] if self.positional else dict(bound)

    def read(self, row: Sequence[Any]) -> list[Any]:
        """Return a row of the driver in Python's types."""
        return [read(value) if read else value for read, value in zip(self.results, row, strict=True)]


class Fetched(NamedTuple):
    """Rows in the types of the driver."""

    rows: Sequence[Sequence[Any]]
    compiled: _Compiled

    def read(self) -> list[list[Any]]:
        """Return the rows in Python's types."""
        return [self.compiled.read(row) for row in self.rows]


class PreparedStatement:
    """A statement that is executed without SQLAlchemy's work around each execution.

    That work costs several times what the statement does. It matters only on the hot path, from the
    token of an entry to its audit row; all other statements go through the session.
    """

    def __init__(self, statement: ClauseElement) -> None:
        """Keep ``statement``; it is compiled at the first execution on each kind of database."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def one_or_none(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
        """Return the only row, or None."""
        cursor = self._execute(connection, parameters)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else self._of(connection.dialect).read(row)

    def all(self, connection: Connection, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """Return every row."""
        return self.fetched(connection, parameters).read()

    def fetched(self, connection: Connection, parameters: Mapping[str, Any]) -> "Fetched":
        """Fetch every row in the types of the driver; it can be read after the transaction."""
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
    """A statement with an IN list, prepared for lists of 1, 2, 4, 8 … values."""

    def __init__(
        self, kind: TypeEngine[Any], statement: Callable[[Sequence[BindParameter[Any]]], ClauseElement]
    ) -> None:
        """Keep how the statement is built from parameters of a ``kind``, one for each value."""
        self._kind = kind
        self._statement = statement
        self._prepared: dict[int, PreparedStatement] = {}

    def all(
        self,
        connection: Connection,
        values: Sequence[Any],
        parameters: Mapping[str, Any] = MappingProxyType({}),
    ) -> list[list[Any]]:
        """Return every row about ``values``, at least one; the last is repeated to fill the list."""
        size = 1 << (len(values) - 1).bit_length()
        prepared = self._prepared.get(size)
        if prepared is None:
            binds: list[BindParameter[Any]] = [
                bindparam(f"value_{number}", type_=self._kind) for number in range(size)
            ]
            prepared = self._prepared[size] = PreparedStatement(self._statement(binds))
        filled = [*values, *[values[-1]] * (size - len(values))]
        named = {f"value_{number}": value for number, value in enumerate(filled)}
        return prepared.all(connection, {**parameters, **named})


@contextmanager
def redact_errors(connection: Connection, compiled: _Compiled) -> Iterator[None]:
    """Keep the first line of the error of a database only; the detail lines quote the row."""
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
    binds = tuple((name, kinds[name].dialect_impl(dialect).bind_processor(dialect)) for name in names or ())
    columns = getattr(statement, "selected_columns", ())
    results = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return _Compiled(compiled.string, binds, bool(compiled.positional), results)
