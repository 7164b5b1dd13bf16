"""A save in few trips to a server: functions that do what several statements would, with the rights of who calls.

They let nothing through that the tables would refuse: rights, triggers, keys and checks hold for every row they write,
and whoever has the rights could send the same statements one by one. Each statement in them sees what was committed
before it began, so what is read after the lock is as it stands once the lock is had. Read `TRIPS`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trip:
    """A function: what it takes and gives, and what it does."""

    name: str
    takes: str
    gives: str
    does: str

    def made_by(self) -> str:
        """The statement that makes it."""
        return (
            f"CREATE FUNCTION public.{self.name}({self.takes}) {self.gives} LANGUAGE plpgsql AS $trip${self.does}$trip$"
        )


TRIPS = (
    Trip(
        "ledger_end",
        "wanted text, submission text, stream text, OUT head_seq bigint, OUT head_hash bytea, OUT head_frontier bytea, "
        "OUT last_seq bigint, OUT last_hash bytea, OUT written boolean, OUT version bigint",
        "",
        """
BEGIN
  SELECT seq, hash, frontier INTO head_seq, head_hash, head_frontier
    FROM public.ledger_head WHERE chain_id = wanted FOR UPDATE;
  SELECT seq, hash INTO last_seq, last_hash
    FROM public.ledger_event WHERE chain_id = wanted ORDER BY seq DESC LIMIT 1;
  SELECT true INTO written
    FROM public.ledger_event WHERE chain_id = wanted AND submission_id = submission ORDER BY part LIMIT 1;
  SELECT stream_version INTO version
    FROM public.ledger_event WHERE chain_id = wanted AND stream_id = stream ORDER BY stream_version DESC LIMIT 1;
END
""",
    ),
    Trip(
        "ledger_add",
        "text, bigint, text, text, integer, text, bigint, text, bytea, bytea, bytea, bytea, text",
        "RETURNS void",
        """
BEGIN
  INSERT INTO public.ledger_event (chain_id, seq, event_id, submission_id, part, stream_id, stream_version, header,
      payload_commit, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);
  INSERT INTO public.ledger_payload (event_id, salt, body) VALUES ($3, $12, $13);
END
""",
    ),
    Trip(
        "ledger_move",
        "text, bigint, bytea, bytea, boolean, text, bigint, text",
        "RETURNS void",
        """
BEGIN
  IF $5 THEN
    INSERT INTO public.ledger_head (chain_id, seq, hash, frontier) VALUES ($1, $2, $3, $4);
  ELSE
    UPDATE public.ledger_head SET seq = $2, hash = $3, frontier = $4 WHERE chain_id = $1;
  END IF;
  INSERT INTO public.projection_subject (chain_id, stream_id, stream_version, last_seq, last_hash, status)
    VALUES ($1, $6, $7, $2, $3, $8) ON CONFLICT (chain_id, stream_id) DO UPDATE SET
      stream_version = excluded.stream_version, last_seq = excluded.last_seq, last_hash = excluded.last_hash,
      status = excluded.status;
END
""",
    ),
)
