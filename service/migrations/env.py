"""Alembic's environment: on the connection it is given (the service's start), else on DATABASE_URL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import JSON, Connection

from campus.db import Base, Database, Moment, Money
from campus.models import load_all
from campus.settings import get_settings

load_all()


def render(kind: str, obj: object, _autogen: object) -> str | bool:
    """Our column types by their plain names in a migration, which imports them."""
    if kind == "type" and isinstance(obj, (Moment, Money)):
        return f"{type(obj).__name__}()"
    if kind == "type" and isinstance(obj, JSON):
        return "Json"
    return False


def run(connection: Connection) -> None:
    """Upgrade on that connection; whoever gave it commits."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("offline migrations are not supported: give a database")

given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(get_settings().database_url)
    with database.writing() as session:
        run(session.connection())
