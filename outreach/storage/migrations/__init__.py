"""How the tables came to be, revision by revision (alembic). Run by `storage.schema`; never by hand."""
