// What a page does beyond HTML, and can do without: menus that close, keys, a question before typed values are left.
"use strict";
(() => {
  const typing = (at) => at.closest("input, textarea, select, [contenteditable]");
  const drops = () => document.querySelectorAll("details.drop[open]");
  const close = (but) => drops().forEach((one) => { if (one !== but) one.open = false; });

  document.addEventListener("click", (event) => close(event.target.closest("details.drop")));
  document.addEventListener("focusin", (event) => {
    const inside = event.target.closest("details.drop");
    if (inside) close(inside);
  });

  // Keys: a table, so that the help and the deeds do not part.
  const menuLink = (part) => document.querySelector(`nav.menu a[href$="${part}"]`);
  const follow = (link) => { if (link) link.click(); };
  const keys = {
    "?": () => document.getElementById("keys")?.showModal(),
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "g t": () => follow(menuLink("/today/")),
    "g s": () => follow(menuLink("/subjects/")),
  };
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drops().length) {
      const open = [...drops()].pop();
      open.open = false;
      open.querySelector("summary").focus();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form");
      if (form && form.method === "post") { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const deed = keys[`${before} ${event.key}`] || keys[event.key];
    before = event.key;
    if (deed) { event.preventDefault(); deed(); before = ""; }
  });

  // Typed values are not left without a question; a form marked data-kept says itself what it does.
  let changed = null;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && !form.hasAttribute("data-kept")) changed = form;
  });
  document.addEventListener("submit", (event) => {
    changed = null;
    const asked = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (asked && !window.confirm(asked)) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  // A select that chooses what is shown needs no button where there is a script.
  document.addEventListener("change", (event) => {
    if (event.target.closest("form[data-choose]")) event.target.form.requestSubmit();
  });
  document.querySelectorAll("[data-print]").forEach((one) => {
    one.hidden = false;
    one.addEventListener("click", () => window.print());
  });

  // A table that does not fit a telephone is shown as a list, each cell with the name of its column; wider, as a table.
  const narrow = window.matchMedia("(max-width: 600px)");
  const heads = (table) => [...table.tHead.rows[table.tHead.rows.length - 1].cells];
  const name = (table) => {
    const names = heads(table).map((one) => one.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      if (row.cells.length !== names.length) continue;
      [...row.cells].forEach((cell, place) => {
        const empty = !cell.textContent.trim() && !cell.querySelector("input, select, img, svg");
        const idle = table.matches(".calendar") && !cell.querySelector("li") && !cell.matches(".now-day");
        cell.classList.toggle("void", empty || idle);
        if (cell.tagName === "TD" && names[place]) cell.dataset.name = names[place];
      });
    }
  };
  const fit = () => document.querySelectorAll(".scroll > table:not(.parts)").forEach((table) => {
    table.classList.remove("listed");
    if (!narrow.matches || !table.tHead || !table.tBodies.length || heads(table).length < 2) return;
    if (table.scrollWidth <= table.parentElement.clientWidth) return;
    name(table);
    table.classList.add("listed");
  });
  fit();
  narrow.addEventListener("change", fit);
  document.addEventListener("htmx:afterSwap", fit);
  document.addEventListener("toggle", fit, true);

  // Whoever signs out, on whatever page, leaves nothing typed on this device (draft.js keeps it).
  document.addEventListener("submit", (event) => {
    if (!/sign-out|logout/.test(event.target.action || "")) return;
    try {
      Object.keys(localStorage).filter((name) => name.startsWith("trialwright-draft|")).forEach((name) => localStorage.removeItem(name));
    } catch { /* nothing can be kept here */ }
  });

  // htmx sends the forgery token that the page carries.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });
})();
