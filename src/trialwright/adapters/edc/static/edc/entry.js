// A form while it is filled in: what is not asked is out of the way, Enter goes on, what is asked about opens a field.
"use strict";
(() => {
  const form = document.getElementById("entry");
  if (!form) return;
  const words = new Map([...form.querySelectorAll("[data-waits]")].map((one) => [one, one.dataset.values.split(" ").filter(Boolean)]));

  // Skip logic: an item shows where the other one has one of its values, and always where something stands in it.
  const valueOf = (key) => {
    const at = document.getElementById(key);
    if (!at) return null;
    const chosen = at.matches("[role=radiogroup]") ? at.querySelector("input:checked") : at;
    return chosen ? chosen.value.trim() : "";
  };
  const filled = (row) => [...row.querySelectorAll("input, textarea, select")].some((one) =>
    one.name.startsWith("v:") && one.type !== "hidden" && (one.type === "radio" ? one.checked && one.value : one.value.trim()));
  const skip = () => words.forEach((values, row) => {
    const value = valueOf(row.dataset.waits);
    if (value === null) return;
    const asked = values.length ? values.includes(value) : value !== "" && value !== "0";
    row.hidden = !asked && !filled(row) && !row.querySelector(".err");
    row.classList.toggle("off", !asked);
  });
  form.addEventListener("input", skip);
  form.addEventListener("change", skip);
  skip();

  // Whoever may judge confirms an answer that somebody else entered: their name and role, saved with the form.
  form.querySelectorAll("[data-says]").forEach((one) => {
    one.hidden = false;
    one.addEventListener("click", () => {
      const beside = one.closest(".row").querySelector(".folded");
      beside.open = true;
      beside.querySelector("[name$='/by']").value = one.dataset.says;
      const role = beside.querySelector("[name$='/role']");
      role.value = one.dataset.role;
      one.disabled = true;
      role.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // Enter goes to the next field, as in a table; the last one leads to Save. What is folded away has a place and takes no focus.
  const open = (one) => one.offsetParent !== null && (!one.checkVisibility || one.checkVisibility());
  const stops = () => [...form.querySelectorAll("input, select, textarea, button")].filter((one) =>
    one.type !== "hidden" && !one.disabled && open(one) && !one.matches(".miss, .none select, .none input, .unit"));
  form.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || at.matches("textarea, button, a, summary")) return;
    event.preventDefault();
    const list = stops(), group = at.type === "radio" ? at.name : null;
    let next = list.indexOf(at) + 1;
    while (group && list[next] && list[next].name === group) next += 1;
    (list[next] || form.querySelector(".save button")).focus();
    if (list[next] && list[next].select) list[next].select();
  });

  form.addEventListener("keydown", (event) => {
    // Alt+N: say why there is no value.
    if (!event.altKey || event.key.toLowerCase() !== "n") return;
    const why = event.target.closest(".row, .cell")?.querySelector(".none select, .miss");
    if (why) { event.preventDefault(); why.focus(); }
  });

  // What the check said: a question opens the field for the answer; a correction asks for its reason.
  const settle = () => {
    form.querySelectorAll(".confirm").forEach((one) => {
      const said = document.getElementById(one.id.replace(/-confirm$/, "-said"));
      one.hidden = !(said && said.dataset.asks) && !one.querySelector("input").value;
    });
    form.querySelectorAll(".said").forEach((said) => {
      const field = document.getElementById(said.id.replace(/-said$/, ""));
      if (field && "value" in field) field.toggleAttribute("aria-invalid", !!said.querySelector(".err"));
      said.closest(".row, .cell")?.classList.toggle("wrong", !!said.querySelector(".err"));
    });
    const told = document.getElementById("corrects");
    if (told) document.getElementById("correction")?.classList.toggle("asked", told.dataset.corrects === "yes");
    skip();
  };
  // An answer that is not the check's (a locked session, a sign-in) is no answer; what was typed stays where it is.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL || "", location).pathname.endsWith("/check/")) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("htmx:oobAfterSwap", settle);
  document.getElementById("wrong")?.focus();
})();
