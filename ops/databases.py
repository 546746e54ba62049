"""The two databases of a portal, on its own PostgreSQL or on one given from outside: roles, databases, rights."""

from __future__ import annotations

import re
from contextlib import closing
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from ops.errors import PortalError
from ops.services import Addresses

CONNECT_SECONDS = 5


def connect(url: str) -> psycopg2.extensions.connection:
    """Connect to a database by its address."""
    return psycopg2.connect(url, connect_timeout=CONNECT_SECONDS)


def name_of(url: str) -> str:
    """The name of the database in an address."""
    return unquote(urlsplit(url).path.strip("/"))


def user_of(url: str) -> str:
    """The name of the role in an address."""
    return unquote(urlsplit(url).username or "")


def in_database(url: str, database: str) -> str:
    """The same address, leading into another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def create(admin: str, addresses: Addresses) -> None:
    """Make the roles and the two databases that are missing, with the rights of the role in the address `admin`.

    The roles follow CKAN's DataStore guide: one owns CKAN's database, one the DataStore, and one may only read the latter.
    """
    owner, writer = user_of(addresses.database), user_of(addresses.datastore_write)
    reader = user_of(addresses.datastore_read)
    with closing(connect(admin)) as connection:
        connection.autocommit = True  # CREATE DATABASE wants no transaction around it
        cursor = connection.cursor()
        for url in (addresses.database, addresses.datastore_write, addresses.datastore_read):
            role, password = user_of(url), unquote(urlsplit(url).password or "")
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            statement = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
            cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
        for database, role in (
            (name_of(addresses.database), owner),
            (name_of(addresses.datastore_write), writer),
        ):
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
            if not cursor.fetchone():
                statement = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
                cursor.execute(statement.format(sql.Identifier(database), sql.Identifier(role)))
            revoke = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC")
            cursor.execute(revoke.format(sql.Identifier(database)))
            roles = [owner] if database == name_of(addresses.database) else [owner, reader]
            grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
            for role_that_enters in roles:
                cursor.execute(grant.format(sql.Identifier(database), sql.Identifier(role_that_enters)))


def set_datastore_rights(admin: str, addresses: Addresses, script: str) -> None:
    """Run the script that `ckan datastore set-permissions` prints, in one transaction.

    Without `admin` the DataStore's owner runs it, who has all that it needs. Raises PortalError where it does not.
    """
    url = in_database(admin, name_of(addresses.datastore_write)) if admin else addresses.datastore_write
    statements = re.sub(r"^\\connect.*$", "", script, flags=re.MULTILINE)
    try:
        with closing(connect(url)) as connection, connection:
            connection.cursor().execute(statements)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise PortalError(
            f"The rights in the DataStore could not be set: {str(error).strip()}. Make {user_of(url)} the owner of the "
            f"database {name_of(url)}, or give PORTAL_DATABASE_ADMIN_URL."
        ) from error
