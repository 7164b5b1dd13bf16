// What is typed and not saved yet is kept on this device, under person, patient and form; a save or a sign-out removes it.
"use strict";
(() => {
  const PREFIX = "trialwright-draft|", OFF = "trialwright-drafts-off";
  const store = (() => { try { localStorage.setItem(PREFIX, ""); localStorage.removeItem(PREFIX); return localStorage; } catch { return null; } })();
  const drafts = () => (store ? Object.keys(store).filter((name) => name.startsWith(PREFIX)) : []);

  // Signing out, wherever, leaves nothing behind.
  document.addEventListener("submit", (event) => {
    if (/sign-out|logout/.test(event.target.action || "")) drafts().forEach((name) => store.removeItem(name));
  });

  const form = document.getElementById("entry");
  if (!form || !form.dataset.draft) return;
  const name = PREFIX + form.dataset.draft, note = document.getElementById("draft-note"), state = document.getElementById("draft-state");
  const off = document.getElementById("draft-off"), key = form.elements.namedItem("key");
  const kept = () => store && !store.getItem(OFF);
  const own = (one) => one.name && !["csrfmiddlewaretoken", "key", "version"].includes(one.name) && one.type !== "hidden";
  const read = () => {
    const found = {};
    for (const one of form.elements) if (own(one) && (one.type !== "radio" || one.checked)) found[one.name] = one.value;
    return found;
  };
  const first = read();
  const earlier = (() => { try { return JSON.parse(store.getItem(name)); } catch { return null; } })();
  // A form that came back with something to mend holds what was typed: that stays unsaved, and stays kept.
  const typed = form.dataset.typed !== undefined, unsaved = new Set(typed && earlier ? Object.keys(earlier.fields) : []);
  let sending = false;

  const say = (words, deeds = []) => {
    if (!note) return;
    note.querySelector("span").textContent = words;
    note.querySelectorAll("[data-deed]").forEach((one) => { one.hidden = !deeds.includes(one.dataset.deed); });
    note.hidden = !words;
  };
  const changed = () => {
    const now = read();
    return Object.fromEntries(Object.keys(now).filter((one) => now[one] !== first[one] || unsaved.has(one)).map((one) => [one, now[one]]));
  };
  const keep = () => {
    const fields = changed(), any = Object.keys(fields).length > 0;
    if (state) state.textContent = any ? (kept() ? note.dataset.kept : note.dataset.unkept) : "";
    if (!kept()) return;
    if (!any) store.removeItem(name);
    else try { store.setItem(name, JSON.stringify({ version: form.dataset.version, key: key?.value, fields })); } catch { state.textContent = note.dataset.unkept; }
  };
  const write = (fields) => {
    for (const one of form.elements) {
      if (!own(one) || !(one.name in fields)) continue;
      if (one.type === "radio") one.checked = one.value === fields[one.name];
      else one.value = fields[one.name];
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };

  if (form.dataset.saved !== undefined) { if (store) store.removeItem(name); }
  else if (kept() && earlier && !typed) {
    write(earlier.fields || {});
    if (Object.keys(changed()).length) {
      // The same save under the same key: what reached the server before the line broke is not written twice.
      if (earlier.version === form.dataset.version && key && earlier.key) key.value = earlier.key;
      say(earlier.version === form.dataset.version ? note.dataset.restored : note.dataset.older, ["discard"]);
    }
  }

  let timer = 0;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 250); });
  form.addEventListener("change", keep);
  window.addEventListener("pagehide", () => { if (!sending) keep(); });
  window.addEventListener("beforeunload", (event) => { if (!sending && !kept() && Object.keys(changed()).length) event.preventDefault(); });

  if (off) {
    off.checked = !!(store && store.getItem(OFF)) || !store;
    off.disabled = !store;
    off.addEventListener("change", () => {
      if (off.checked) { store.setItem(OFF, "1"); drafts().forEach((one) => store.removeItem(one)); } else store.removeItem(OFF);
      keep();
    });
  }

  // Before it sends, the form looks whether the line holds; where it does not, nothing is lost and it is sent later.
  const send = async () => {
    keep();
    try {
      const answer = await fetch(form.dataset.probe, { method: "GET", cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (!answer.ok) throw new Error(String(answer.status));
    } catch { say(note.dataset.offline, ["again"]); waiting = true; return; }
    waiting = false;
    sending = true;
    say("");
    HTMLFormElement.prototype.submit.call(form);
  };
  let waiting = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); if (!sending) send(); });
  window.addEventListener("online", () => { if (waiting) send(); });
  window.addEventListener("offline", () => { if (Object.keys(changed()).length) say(note.dataset.offline, ["again"]); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) sending = false; });
  note?.querySelector("[data-deed=again]")?.addEventListener("click", send);
  note?.querySelector("[data-deed=discard]")?.addEventListener("click", () => {
    if (store) store.removeItem(name);
    unsaved.clear(); write(first); say(""); keep();
  });
  keep();
})();
