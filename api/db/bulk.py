"""Bulk inserts and upserts, in one statement on both databases."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from api.db.base import Base, dump_json


def insert_once(session: Session, table: type[Base], *, values: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows with the same columns, doing nothing where a unique key is taken.

    Safe between processes. Columns that are left out take the table's defaults.

    Returns:
        How many rows were new.
    """
    return _write(session, table, values, conflict="DO NOTHING")


def upsert(session: Session, table: type[Base], *, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert whole rows, replacing those with the same primary key."""
    keys = [column.name for column in table.__table__.primary_key]
    others = [column.name for column in table.__table__.c if column.name not in keys]
    changed = ", ".join(f"{name} = excluded.{name}" for name in others)
    _write(session, table, values, conflict=f"({', '.join(keys)}) DO UPDATE SET {changed}")


def upsert_adding(
    session: Session, table: type[Base], *, values: Sequence[Mapping[str, Any]], column: str
) -> None:
    """Insert whole rows, adding ``column`` to that of a row with the same primary key where there is one."""
    keys = ", ".join(key.name for key in table.__table__.primary_key)
    changed = f"{column} = {table.__tablename__}.{column} + excluded.{column}"
    _write(session, table, values, conflict=f"({keys}) DO UPDATE SET {changed}")


def _write(session: Session, table: type[Base], values: Sequence[Mapping[str, Any]], *, conflict: str) -> int:
    """Write rows by the fastest statement of each database.

    On PostgreSQL every round trip and parameter costs time, so all rows are sent as one JSON text. SQLite
    runs in this process, where SQLAlchemy's work per row costs more than the row, so the rows are passed
    to the driver directly.
    """
    if not values:
        return 0
    columns = tuple(values[0])
    name, listed = table.__tablename__, ", ".join(columns)
    into = f"INSERT INTO {name} ({listed})"
    connection = session.connection()
    if session.get_bind().dialect.name == "postgresql":
        rows = f"SELECT {listed} FROM json_populate_recordset(NULL::{name}, %s::json)"  # noqa: S608 - our names
        all_rows = (dump_json(list(values)),)
        return connection.exec_driver_sql(f"{into} {rows} ON CONFLICT {conflict}", all_rows).rowcount
    marks = ", ".join("?" * len(columns))
    statement = f"{into} VALUES ({marks}) ON CONFLICT {conflict}"
    return connection.exec_driver_sql(statement, _to_driver_rows(table, values)).rowcount


def _to_driver_rows(table: type[Base], values: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    names = list(values[0])
    columns = [[row[name] for row in values] for name in names]
    for number, name in enumerate(names):
        if (processor := _sqlite_processor(table, name)) is not None:
            columns[number] = [processor(value) for value in columns[number]]
    return list(zip(*columns, strict=True))


@cache
def _sqlite_processor(table: type[Base], column: str) -> Callable[[Any], Any] | None:
    """Return the function that converts values of a column for the SQLite driver; None: not needed."""
    kind = table.__table__.c[column].type.dialect_impl(_SQLITE)
    return kind.bind_processor(_SQLITE)


_SQLITE = sqlite.dialect(json_serializer=dump_json)
