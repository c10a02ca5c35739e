"""Statements compiled once and run on the driver's own cursor, for the few that every entry runs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]


class _Compiled(NamedTuple):
    text: str
    binds: tuple[tuple[str, Processor | None], ...]
    positional: bool
    results: tuple[Processor | None, ...]


class Prepared:
    """A statement, written as any other, without SQLAlchemy's work around each of its executions.

    That work costs several times what the statement does. Only statements of the one hot path, an
    entry from its token to its audit row, are worth the second way; all others go through the session.
    """

    def __init__(self, statement: ClauseElement) -> None:
        """Keep ``statement``; it is compiled when a database first asks for it."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> int:
        """Run a statement that gives no rows, in the connection's transaction; return how many it touched."""
        cursor = self._execute(connection, parameters)
        touched: int = cursor.rowcount
        cursor.close()
        return touched

    def one_or_none(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
        """Return the one row there is, or None."""
        cursor = self._execute(connection, parameters)
        row = cursor.fetchone()
        cursor.close()
        if row is None:
            return None
        ways = self._of(connection.dialect).results
        return [way(value) if way else value for way, value in zip(ways, row, strict=True)]

    def _execute(self, connection: Connection, parameters: Mapping[str, Any]) -> Any:
        compiled = self._of(connection.dialect)
        bound = [(name, way(parameters[name]) if way else parameters[name]) for name, way in compiled.binds]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(
                compiled.text, [value for _, value in bound] if compiled.positional else dict(bound)
            )
        except connection.dialect.loaded_dbapi.Error as error:
            first_line = str(error).partition("\n")[0]  # the lines of detail quote the row
            raise DBAPIError(compiled.text, None, type(error)(first_line), hide_parameters=True) from None
        return cursor

    def _of(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return found


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("only SQL can be prepared")
    kinds = {compiled.bind_names[bind]: bind.type for bind in compiled.binds.values()}
    names = compiled.positiontup if compiled.positional else list(kinds)
    binds = tuple((name, _on_the_way_in(kinds[name], dialect)) for name in names or ())
    columns = getattr(statement, "selected_columns", ())
    results = tuple(_on_the_way_out(column.type, dialect) for column in columns)
    return _Compiled(compiled.string, binds, bool(compiled.positional), results)


def _on_the_way_in(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _on_the_way_out(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
