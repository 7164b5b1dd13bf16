"""What PostgreSQL itself refuses, whoever holds the connection, and whether all of it is still there.

Each table of the ledger has triggers against UPDATE, DELETE and TRUNCATE and against what is out of order, and they
stay on where a session asks to skip them (ENABLE ALWAYS). A payload may lose salt and body alone, and only where an
event of its chain redacts it. The application's role can take none of this off; the owner and a superuser can, and
`lost` says what is gone. Read `TRIGGERS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trialwright.store.engines.trips import TRIPS

APPEND_ONLY = ("ledger_event", "ledger_payload", "ledger_meta", "stored_text", "ledger_checkpoint")
TABLES = (*APPEND_ONLY, "ledger_head")
ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32  # bits of pg_trigger.tgtype
WORDS = {INSERT: "INSERT", DELETE: "DELETE", UPDATE: "UPDATE", TRUNCATE: "TRUNCATE"}


@dataclass(frozen=True)
class Trigger:
    """A trigger as it should be."""

    name: str
    table: str
    on: int
    function: str

    @property
    def type(self) -> int:
        """Its bits in the server's catalogue."""
        return BEFORE | self.on | (0 if self.on == TRUNCATE else ROW)

    def statements(self) -> tuple[str, str]:
        """How it is made, and made to stay on."""
        events = " OR ".join(word for bit, word in WORDS.items() if self.on & bit)
        each = "STATEMENT" if self.on == TRUNCATE else "ROW"
        made = f"CREATE TRIGGER {self.name} BEFORE {events} ON public.{self.table} FOR EACH {each}"
        return (
            f"{made} EXECUTE FUNCTION public.{self.function}()",
            f"ALTER TABLE public.{self.table} ENABLE ALWAYS TRIGGER {self.name}",
        )


# The last event is asked for by its order, so that the server takes the key: a plan it made while the table was empty
# would otherwise walk the chain at each save.
FUNCTIONS = {
    "ledger_refuse": """
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
""",
    "ledger_event_next": """
BEGIN
  IF NEW.seq IS DISTINCT FROM
      (SELECT coalesce(max(seq), 0) + 1 FROM public.ledger_event WHERE chain_id = NEW.chain_id)
    OR (NEW.seq > 1 AND NEW.prev_hash IS DISTINCT FROM
      (SELECT hash FROM public.ledger_event WHERE chain_id = NEW.chain_id ORDER BY seq DESC LIMIT 1))
    OR NEW.stream_version IS DISTINCT FROM
      (SELECT coalesce(max(stream_version), 0) + 1 FROM public.ledger_event
       WHERE chain_id = NEW.chain_id AND stream_id = NEW.stream_id)
  THEN
    RAISE EXCEPTION 'ledger_event: not the next of its chain' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
""",
    "ledger_payload_of_event": """
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.ledger_event WHERE event_id = NEW.event_id)
    OR NEW.salt IS NULL OR NEW.body IS NULL
  THEN
    RAISE EXCEPTION 'ledger_payload: what no event says' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
""",
    "ledger_payload_only_redacted": """
BEGIN
  IF NEW.event_id IS DISTINCT FROM OLD.event_id OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL
    OR NOT EXISTS (
      SELECT 1 FROM public.ledger_event AS gone JOIN public.ledger_event AS said ON said.chain_id = gone.chain_id
      WHERE gone.event_id = OLD.event_id AND said.submission_id = 'redact:' || OLD.event_id AND said.part = 0
        AND said.seq > gone.seq AND strpos(said.header, '"type":"PayloadRedacted"') > 0
        AND strpos(gone.header, '"type":"PayloadRedacted"') = 0 AND strpos(gone.header, '"type":"StudyOpened"') = 0
        AND strpos(gone.header, '"type":"ProtocolActivated"') = 0 AND gone.chain_id <> 'system')
  THEN
    RAISE EXCEPTION 'ledger_payload is append-only' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
""",
    "ledger_head_forward": """
BEGIN
  IF (TG_OP = 'UPDATE' AND (NEW.chain_id IS DISTINCT FROM OLD.chain_id OR NEW.seq <= OLD.seq))
    OR NEW.seq IS DISTINCT FROM (SELECT max(seq) FROM public.ledger_event WHERE chain_id = NEW.chain_id)
    OR NEW.hash IS DISTINCT FROM
      (SELECT hash FROM public.ledger_event WHERE chain_id = NEW.chain_id ORDER BY seq DESC LIMIT 1)
  THEN
    RAISE EXCEPTION 'ledger_head only moves forward' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
""",
}
PINNED = ["search_path=pg_catalog"]
"""A lock looks names up where nobody else can put any, whatever the session says."""
REDACT = """
  WITH erased AS (UPDATE public.ledger_payload SET salt = NULL, body = NULL WHERE event_id = wanted RETURNING 1)
  SELECT count(*) FROM erased
"""
TRIGGERS = (
    *(Trigger(f"{table}_no_update", table, UPDATE, "ledger_refuse") for table in APPEND_ONLY if "payload" not in table),
    *(Trigger(f"{table}_no_delete", table, DELETE, "ledger_refuse") for table in TABLES),
    *(Trigger(f"{table}_no_truncate", table, TRUNCATE, "ledger_refuse") for table in TABLES),
    Trigger("ledger_event_next", "ledger_event", INSERT, "ledger_event_next"),
    Trigger("ledger_payload_of_event", "ledger_payload", INSERT, "ledger_payload_of_event"),
    Trigger("ledger_payload_only_redacted", "ledger_payload", UPDATE, "ledger_payload_only_redacted"),
    Trigger("ledger_head_forward", "ledger_head", INSERT | UPDATE, "ledger_head_forward"),
)
CHECKS = {
    "ledger_event_lengths": (
        "ledger_event",
        "octet_length(payload_commit) = 32 AND octet_length(prev_hash) = 32 AND octet_length(hash) = 32",
    ),
    "ledger_payload_lengths": ("ledger_payload", "octet_length(salt) = 32 AND (salt IS NULL) = (body IS NULL)"),
    "ledger_head_lengths": ("ledger_head", "octet_length(hash) = 32 AND octet_length(frontier) % 32 = 0"),
}
KEYS = ("chain_id", "event_id", "submission_id", "stream_id", "sha256", "key")
BYTE_ORDER = """
DO $do$
DECLARE found record; tables text[] := '{TABLES}'; keys text[] := '{KEYS}';
BEGIN
  FOR found IN SELECT indexname FROM pg_indexes
    WHERE schemaname = 'public' AND indexdef LIKE '%text_pattern_ops%' AND tablename = ANY(tables)
  LOOP EXECUTE format('DROP INDEX public.%I', found.indexname); END LOOP;
  FOR found IN SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ANY(tables) AND column_name = ANY(keys)
  LOOP
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN %I TYPE text COLLATE "C"', found.table_name, found.column_name);
  END LOOP;
END $do$
""".replace("TABLES", ",".join((*TABLES, "projection_subject"))).replace("KEYS", ",".join(KEYS))
"""Keys are compared byte by byte, as SQLite does, whatever the database's collation."""


def made_by() -> list[str]:
    """The statements that make all of it, in order."""
    functions = [
        f"CREATE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $${body}$$"
        for name, body in FUNCTIONS.items()
    ]
    redact = (
        "CREATE FUNCTION public.redact(wanted text) RETURNS bigint LANGUAGE sql SECURITY DEFINER "
        f"SET search_path = pg_catalog AS $${REDACT}$$"
    )
    checks = [
        f"ALTER TABLE public.{table} ADD CONSTRAINT {name} CHECK ({rule})" for name, (table, rule) in CHECKS.items()
    ]
    triggers = [statement for trigger in TRIGGERS for statement in trigger.statements()]
    return [
        BYTE_ORDER,
        *checks,
        *functions,
        redact,
        "REVOKE ALL ON FUNCTION public.redact(text) FROM PUBLIC",
        *triggers,
    ]


def lost(cursor: Any) -> tuple[str, ...]:
    """What was dropped, disabled, changed or added, in words."""
    return (*_lost_triggers(cursor), *_lost_functions(cursor), *_lost_checks(cursor), *_added(cursor))


def _lost_triggers(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, p.proname, t.tgqual IS NULL "
        "FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s) "
        "ORDER BY t.tgname",
        [list(TABLES)],
    )
    there = {str(name): tuple(rest) for name, *rest in cursor.fetchall()}
    wanted = {each.name: (each.table, each.type, "A", each.function, True) for each in TRIGGERS}
    found = [f"the trigger {name} was dropped: the database no longer refuses it" for name in wanted.keys() - there]
    for name, stands in there.items():
        if name not in wanted:
            found.append(f"the trigger {name} is not one the ledger put there")
        elif stands[2] != "A":
            found.append(f"the trigger {name} is disabled, or can be skipped: the database may no longer refuse it")
        elif stands != wanted[name]:
            found.append(f"the trigger {name} was changed")
    return sorted(found)


def _lost_functions(cursor: Any) -> list[str]:
    """A lock that is gone, or any function that is another; an earlier version's database has no trips yet."""
    locks = {**{name: (does, PINNED, False) for name, does in FUNCTIONS.items()}, "redact": (REDACT, PINNED, True)}
    wanted = {**locks, **{trip.name: (trip.does, [], False) for trip in TRIPS}}
    cursor.execute(
        "SELECT proname, prosrc, proconfig, prosecdef FROM pg_catalog.pg_proc "
        "WHERE pronamespace = 'public'::regnamespace "
        "AND proname = ANY(%s)",
        [list(wanted)],
    )
    there = [(str(name), (str(source), config or [], above)) for name, source, config, above in cursor.fetchall()]
    gone = [f"the function {name} was dropped" for name in locks.keys() - {name for name, _ in there}]
    return sorted(gone) + sorted(f"the function {name} was changed" for name, stands in there if stands != wanted[name])


def _lost_checks(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT conname FROM pg_catalog.pg_constraint WHERE contype = 'c' AND convalidated AND conname = ANY(%s)",
        [list(CHECKS)],
    )
    there = {str(name) for (name,) in cursor.fetchall()}
    return sorted(f"the check {name} was dropped" for name in CHECKS.keys() - there)


def _added(cursor: Any) -> list[str]:
    """A rewrite rule or row security on a table can swallow a save, or hide a row, without any trigger."""
    cursor.execute(
        "SELECT rulename, tablename FROM pg_catalog.pg_rules WHERE schemaname = 'public' AND tablename = ANY(%s)",
        [list(TABLES)],
    )
    rules = [f"the rule {name} on {table} is not one the ledger put there" for name, table in cursor.fetchall()]
    cursor.execute(
        "SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s) "
        "AND relrowsecurity",
        [list(TABLES)],
    )
    hidden = [f"row security is on for {table}: rows may be hidden" for (table,) in cursor.fetchall()]
    return sorted(rules) + sorted(hidden)
