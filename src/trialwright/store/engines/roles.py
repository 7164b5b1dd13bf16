"""The roles of a PostgreSQL database, so that nobody who saves can also take a lock off.

Three roles: the owner of the tables, as which nobody can log in; the application, which may add events and move heads;
the verifier, which may read. The ledgers lie in the schema `public`; in `accounts` the application makes tables of its
own, of passwords and sessions, which the verifier does not read. `initialise` makes roles, database, tables and grants,
or finds them made: it can be run again at any time, and says of each step whether anything was to do. It needs a login
that may create roles and databases, and that login is not the application's. Read `STEPS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialwright.store.engines.migrating import migrate
from trialwright.store.engines.postgresql import check_version, database_of_url, parts_of
from trialwright.store.engines.trips import TRIPS
from trialwright.store.errors import LedgerError, UnsafeDatabase

if TYPE_CHECKING:
    from psycopg import Connection

GRANTS = (
    ("ledger_event", "SELECT, INSERT"),
    ("ledger_payload", "SELECT, INSERT"),
    ("ledger_meta", "SELECT, INSERT"),
    ("stored_text", "SELECT, INSERT"),
    ("ledger_checkpoint", "SELECT, INSERT"),
    ("ledger_head", "SELECT, INSERT, UPDATE"),
    ("projection_subject", "SELECT, INSERT, UPDATE, DELETE"),
    ("django_migrations", "SELECT"),
)
"""What the application may do with each table; whatever else there is, it may not."""
TOO_MUCH = (
    "SELECT concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END, "
    "CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END, "
    "CASE WHEN rolreplication THEN 'REPLICATION' END) FROM pg_roles WHERE rolname = %s"
)


@dataclass(frozen=True)
class Roles:
    """The names that belong to one database."""

    database: str
    owner: str
    application: str
    verifier: str
    password: str | None = None

    @classmethod
    def of(cls, url: str) -> Roles:
        """The roles of the database at an address; the application's is the one that the address names."""
        parts = parts_of(url)
        name = str(parts["dbname"])
        if not parts.get("user"):
            raise LedgerError(
                "The address of the database names no role, and the role it names is the one that the application will "
                f"log in as: write it before the host, as in postgresql://{name}_app@db.example/{name}."
            )
        return cls(name, f"{name}_owner", str(parts["user"]), f"{name}_verifier", parts.get("password"))


@dataclass(frozen=True)
class Step:
    """One step: what is now so, and whether it had to be made so."""

    what: str
    made: bool


@dataclass
class Work:
    """The connections and names of one run."""

    roles: Roles
    admin: Connection[Any]
    inside: Callable[[], Connection[Any]]
    migrate: Callable[[], list[str]]

    def ask(self, query: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.admin.execute(query.encode(), values).fetchone()
        return found and found[0]

    def run(self, statement: str, connection: Connection[Any] | None = None, **names: str) -> None:
        """A statement with names put in as names."""
        from psycopg import sql

        named = {key: sql.Identifier(value) for key, value in names.items()}
        (connection or self.admin).execute(sql.SQL(statement).format(**named))


def initialise(url: str, admin_url: str) -> list[Step]:
    """Make everything that the ledger at an address needs, and say of each step whether anything was to do."""
    import psycopg

    roles, parts = Roles.of(url), parts_of(admin_url)
    if parts.get("user") == roles.application:
        raise UnsafeDatabase(
            f"The role {roles.application} is to save, and was named to make the database as well: whoever owns the "
            "database can take off its locks. Name another login, which may create roles."
        )
    inside = {**parts, "dbname": roles.database}
    try:
        with psycopg.connect(**parts, autocommit=True) as admin:
            work = Work(
                roles, admin, lambda: psycopg.connect(**inside, autocommit=True), lambda: _migrated(url, admin_url)
            )
            check_version(int(work.ask("SHOW server_version_num")))
            return [step(work) for step in STEPS]
    except psycopg.Error as wrong:
        raise LedgerError(f"The server refused: {str(wrong).strip().splitlines()[0]}.") from wrong


def make_owner(work: Work) -> Step:
    """The owner, as which nobody can log in."""
    what = f"role {work.roles.owner} owns the tables; nobody can log in as it"
    made = not _exists(work, work.roles.owner)
    if made:
        work.run("CREATE ROLE {role} NOLOGIN", role=work.roles.owner)
    if not work.ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        work.run("GRANT {role} TO CURRENT_USER", role=work.roles.owner)
    return Step(what, made)


def make_application(work: Work) -> Step:
    """The application, which may add to the ledger; one that may more is refused."""
    role = work.roles.application
    made = not _exists(work, role)
    if made:
        work.run("CREATE ROLE {role} LOGIN", role=role)
        if work.roles.password:
            _set_password(work, role)
    if rights := work.ask(TOO_MUCH, role):
        raise UnsafeDatabase(
            f"The role {role} is there already and has {rights}: it could take off the locks of the ledger. "
            "Take that right from it, or name another role in the address."
        )
    if work.ask("SELECT pg_has_role(%s, %s, 'MEMBER')", role, work.roles.owner):
        raise UnsafeDatabase(f"The role {role} is a member of {work.roles.owner}: take it out of that role.")
    return Step(f"role {role} may add to the ledger, and nothing else", made)


def make_verifier(work: Work) -> Step:
    """The verifier, which may read."""
    made = not _exists(work, work.roles.verifier)
    if made:
        work.run("CREATE ROLE {role} LOGIN", role=work.roles.verifier)
    return Step(f"role {work.roles.verifier} may read everything (it has no password until you give it one)", made)


def make_database(work: Work) -> Step:
    """The database, in UTF-8, owned by the owner."""
    made = not work.ask("SELECT 1 FROM pg_database WHERE datname = %s", work.roles.database)
    if made:
        work.run(
            "CREATE DATABASE {name} OWNER {owner} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0",
            name=work.roles.database,
            owner=work.roles.owner,
        )
    elif (
        work.ask("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", work.roles.database)
        != work.roles.owner
    ):
        raise UnsafeDatabase(
            f"The database {work.roles.database} is there already and {work.roles.owner} does not own it. "
            "Name another database, or give it to that role first."
        )
    return Step(f"database {work.roles.database}, owned by {work.roles.owner}", made)


def make_tables(work: Work) -> Step:
    """The tables and their locks, made as the owner."""
    done = work.migrate()
    return Step(f"tables and locks{': ' + ', '.join(done) if done else ''}", bool(done))


def make_grants(work: Work) -> Step:
    """What each role may do; said again each time, since saying it twice changes nothing."""
    names = {
        "app": work.roles.application, "verifier": work.roles.verifier, "owner": work.roles.owner,
        "database": work.roles.database,
    }  # fmt: skip
    with work.inside() as inside:
        before = _rights(inside, work.roles)
        for statement in GRANTING:
            work.run(statement, inside, **{key: name for key, name in names.items() if "{" + key + "}" in statement})
        after = _rights(inside, work.roles)
    return Step("rights: the application adds, the verifier reads, everybody else nothing", before != after)


GRANTING = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {app}, {verifier}",
    "SET ROLE {owner}",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {app}, {verifier}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}",
    *(f"GRANT {rights} ON public.{table} TO {{app}}" for table, rights in GRANTS),
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {verifier}",
    "REVOKE ALL ON FUNCTION public.redact(text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION public.redact(text) TO {app}",
    *(f"REVOKE ALL ON FUNCTION public.{trip.name} FROM PUBLIC" for trip in TRIPS),
    *(f"GRANT EXECUTE ON FUNCTION public.{trip.name} TO {{app}}" for trip in TRIPS),
    "CREATE SCHEMA IF NOT EXISTS accounts",
    "REVOKE ALL ON SCHEMA accounts FROM PUBLIC",
    "GRANT USAGE, CREATE ON SCHEMA accounts TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {verifier}",
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    "RESET ROLE",
)
STEPS: tuple[Callable[[Work], Step], ...] = (
    make_owner,
    make_application,
    make_verifier,
    make_database,
    make_tables,
    make_grants,
)


def _exists(work: Work, role: str) -> bool:
    return bool(work.ask("SELECT 1 FROM pg_roles WHERE rolname = %s", role))


def _set_password(work: Work, role: str) -> None:
    from psycopg import sql

    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(work.roles.password))
    work.admin.execute(statement)


def _rights(inside: Connection[Any], roles: Roles) -> list[tuple[Any, ...]]:
    """Who may do what with which table, and who may connect."""
    found = inside.execute(
        "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "UNION ALL SELECT datname, datacl::text FROM pg_database WHERE datname = current_database() "
        "UNION ALL SELECT proname, proacl::text FROM pg_proc WHERE proname = ANY(%s) ORDER BY 1, 2",
        [["redact", *(trip.name for trip in TRIPS)]],
    )
    return [(name, sorted((acl or "").strip("{}").split(","))) for name, acl in found.fetchall()]


def _migrated(url: str, admin_url: str) -> list[str]:
    """Run the migrations in the database as its owner."""
    from django.db import connections
    from django.db.utils import DatabaseError

    from trialwright.store.ready import ready

    ready()
    roles, alias = Roles.of(url), "database-init"
    settings = database_of_url(admin_url, {"role": roles.owner})
    connections.settings[alias] = {**settings, "NAME": roles.database}
    try:
        return migrate(alias)
    except DatabaseError as wrong:
        raise LedgerError(f"The tables were not made: {str(wrong).strip().splitlines()[0]}. Try again.") from wrong
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
