"""Alembic's entry: migrate within the transaction that the caller has begun."""

from alembic import context

from web.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
