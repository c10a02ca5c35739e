"""Pragmas and transactions of connections to SQLite."""

import sqlite3

from sqlalchemy import Connection


def prepare_connection(connection: sqlite3.Connection, _: object) -> None:
    """Set the pragmas of a new connection; transactions are begun by `begin_transaction`."""
    connection.isolation_level = None  # no implicit BEGIN
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def begin_transaction(connection: Connection) -> None:
    """Begin a transaction; one that writes takes the write lock at once."""
    reading = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
