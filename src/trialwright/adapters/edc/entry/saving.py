"""A form as it was typed -> what is wrong with it, what it would mean, the events of its save.

One save is one submission: what is new, what is corrected with its reason, and what was asked about an unusual value
together with the answer. A form sent again after an answer got lost is recognised by its key. Read `Entry`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from trialwright.adapters.edc.access.roles import role_named
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import at_site, stream_of
from trialwright.adapters.edc.entry.filling import Filling
from trialwright.adapters.edc.entry.posted import Posted
from trialwright.core.casebook import (
    REASONS,
    Consequence,
    Form,
    Sheet,
    consequences,
    foreseen,
    prefilled,
    read_form,
    same,
    unlikely,
    untouched,
)
from trialwright.core.casebook.items import values_of
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, ItemPath, QueryAnswered, QueryOpened
from trialwright.core.oversight.automatic import implausible_query
from trialwright.core.terms import Finding, PartialDate
from trialwright.store import Receipt


@dataclass(frozen=True)
class Entry:
    """One form of one subject as somebody typed it, at a desk."""

    filling: Filling
    posted: Posted

    @property
    def desk(self) -> Desk:
        """Where it is filled in."""
        return self.filling.desk

    @property
    def subject(self) -> str:
        """Of whom."""
        return self.filling.subject

    @cached_property
    def form(self) -> Form:
        """The form that it is read by."""
        named = {path for path, typed in self.posted.typed.items() if not typed.empty or self._recorded(path)}
        return self.filling.form_of(named | {path for path, said in self.posted.remarks.items() if said.strip()})

    def _recorded(self, path: str) -> bool:
        """Whether anything is recorded there, which an empty field would take back."""
        parts = path.split("/")
        return len(parts) != 3 or parts[2] in values_of(self.filling.bare, parts[0], parts[1])

    @cached_property
    def sheet(self) -> Sheet:
        """What is new, what is corrected, what cannot be read."""
        return read_form(self.form, self.posted.typed, self.filling.bare.units, self.posted.remarks)

    @cached_property
    def nothing(self) -> bool:
        """Whether nothing would be saved: the form is as it was shown."""
        if self.sheet.empty:
            return True
        if any(not change.path.startswith("visit/") for change in self.sheet.changes):
            return False
        return untouched(self.sheet, prefilled(self.filling.form, self.desk.today))

    @cached_property
    def day(self) -> date:
        """The day the form is about: of the visit as it was typed, else as recorded, else today."""
        path = f"visit/{self.form.encounter}/on"
        told = next((change.new for change in self.sheet.changes if change.path == path), None)
        typed = PartialDate.parse(told).exact if isinstance(told, str) else None
        return typed or self.form.day or self.desk.today

    # --- what is said of it -------------------------------------------------------------------------------------------

    @cached_property
    def asked(self) -> tuple[Finding, ...]:
        """Values that are unusual, whether or not somebody said why they are right."""
        return unlikely(self.form, self.sheet.changes, self.filling.bare.units)

    @cached_property
    def unanswered(self) -> tuple[Finding, ...]:
        """Unusual values of which nobody said why they are right."""
        return tuple(one for one in self.asked if one.about not in self.posted.confirmed)

    @cached_property
    def without_reason(self) -> tuple[Finding, ...]:
        """What is missing of the reason of a correction."""
        return tuple(reason_lacks(self.posted)) if self.sheet.corrected else ()

    @cached_property
    def hinders(self) -> tuple[Finding, ...]:
        """Why it cannot be handed in as it stands: unreadable, undated, unusual without a word, without a reason."""
        undated = self._without_day()
        return (*self.sheet.wrong, *((undated,) if undated else ()), *self.unanswered, *self.without_reason)

    @cached_property
    def wrong(self) -> tuple[Finding, ...]:
        """The same, and what it would be refused for; asked for a page, since a save is judged when it is written."""
        tried = [replace(event, id=f"typed-{place}") for place, event in enumerate(self.facts)]
        return (*self.desk.try_events(tried), *self.hinders)

    def _without_day(self) -> Finding | None:
        """That nobody said on which day the visit was made: it is never taken for today."""
        path = f"visit/{self.form.encounter}/on"
        item = self.form.by_path.get(path)
        given = {change.path: change.new for change in self.sheet.changes}
        if item is None or item.recorded or path in given or self.form.day or given.get(self._done) == "no":
            return None
        matters = gettext("Everything on the form is of that day where nothing else is said.")
        says = gettext("On which day was the visit made?")
        return Finding(path, says, matters, gettext("Write the day."))

    @property
    def _done(self) -> str:
        return f"visit/{self.form.encounter}/done"

    @cached_property
    def meaning(self) -> tuple[Consequence, ...]:
        """What would be otherwise for the patient with what is typed so far."""
        if not self.sheet.changes:
            return ()
        events = self.desk.resolved(self.facts)
        after = foreseen(self.desk.trial, self.desk.open.record, events, self.desk.today)
        return consequences(self.desk.status(self.subject), after[self.subject])

    # --- saving it ----------------------------------------------------------------------------------------------------

    @property
    def acting(self) -> Desk:
        """The desk in the role that may judge, where a judgement stands on the form and the person holds that role."""
        asked = {one.id: one.signers for one in self.filling.bare.protocol.asks if one.signers}
        named = (ItemPath.parse(change.path) for change in self.sheet.changes)
        signers = next((asked[path.concept] for path in named if path.concept in asked and path.field == "value"), ())
        if self.desk.role.value in signers:
            return self.desk
        held = [role for name in signers if (role := role_named(name)) is not None and role in self.desk.roles]
        return at_site(self.desk, held[0]) if held else self.desk

    @cached_property
    def facts(self) -> tuple[Event, ...]:
        """What is entered and what is corrected, as events."""
        found: list[Event] = []
        if self.sheet.entered:
            found.append(self._form(FormSubmitted, items=self.sheet.entered))
        if self.sheet.corrected:
            why, reason = why_of(self.posted), self.posted.reason
            found.append(self._form(FormCorrected, items=self.sheet.corrected, why=why, reason=reason))
        return tuple(found)

    def _form(self, kind: type[Event], **said: Any) -> Event:
        """One event of the form."""
        return self.acting.event(
            kind,
            subject=self.subject,
            occurred=self.day,
            form=self.form.id,
            encounter=self.form.encounter,
            definition=self.filling.definition[1],
            **said,
        )

    def events(self) -> tuple[Event, ...]:
        """The events of the save, the questions about unusual values with their answers last."""
        return (*self.facts, *self._explained())

    def _explained(self) -> Iterator[Event]:
        """Each unusual value that somebody said is right, as the question the program asks and its answer."""
        case = self.filling.bare
        values = {change.path: change.new for change in self.sheet.changes}
        for one in self.asked:
            field = self.form.by_path[one.about].field
            query = implausible_query(case, field, one.about, values[one.about], one.says, self.day)
            told: dict[str, Any] = {"item": one.about, "query": query.id}
            answer = self.posted.confirmed[one.about].strip()
            yield self.acting.event(QueryOpened, subject=self.subject, asks=one.says, **told)
            yield self.acting.event(QueryAnswered, subject=self.subject, answer=answer, **told)

    @cached_property
    def is_stale(self) -> bool:
        """Whether somebody saved to the patient since the form was opened: then only the difference is of use.

        What is recorded now is not what the person saw, so that an old value on the form would look like a correction.
        """
        return bool(self.facts) and 0 <= self.posted.version < self.desk.record(self.subject).events

    def save(self) -> Receipt:
        """Write it; what `Desk.save` raises is the caller's to say. A stale one is always refused by its version."""
        seen = {stream_of(self.subject): self.posted.version}
        events = self.facts if self.is_stale else self.events()
        return self.acting.save(events, self.key, seen, texts=(self.filling.definition[0],))

    @cached_property
    def key(self) -> str:
        """The key of the save; another one where this one has saved something else already."""
        used = not self.posted.key or (self.is_stale and self.saved_before)
        return self.desk.new_key() if used else self.posted.key

    @cached_property
    def saved_before(self) -> Mapping[str, object]:
        """What was saved under this key before: its items; empty where it is new."""
        if not self.posted.key:
            return {}
        ids = set(self.desk.open.reader().written_under(self.posted.key))
        events = self.desk.events(self.subject) if ids else []
        forms = (one for one in events if one.id in ids and isinstance(one, FormSubmitted | FormCorrected))
        return {change.path: change.new for form in forms for change in form.items}

    @property
    def is_retry(self) -> bool:
        """Whether exactly this was saved before and the answer got lost; the version is then an older one."""
        before = self.saved_before if self.is_stale else {}
        return bool(before) and all(
            change.path in before and same(before[change.path], change.new)  # type: ignore[arg-type]
            for change in self.sheet.changes
        )


def reason_lacks(posted: Posted) -> Iterator[Finding]:
    """Why a reason is none: not chosen, or "other" without words."""
    matters = gettext("A correction keeps the old value, and says why it changed.")
    if posted.reason not in REASONS:
        says = gettext("Recorded values were changed, and no reason is given.")
        yield Finding("reason", says, matters, gettext("Choose the reason of the correction."))
    elif posted.reason == "other" and not posted.why:
        says = gettext("Another reason is given, without words.")
        yield Finding("why", says, matters, gettext("Say in words why it changed."))


def why_of(posted: Posted) -> str:
    """The reason in words: as written, else what the code means."""
    return posted.why or REASONS.get(posted.reason, posted.reason)
