// A passkey is made or shown: the page holds the options of the ceremony, the form sends what the browser answers.
"use strict";
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-go]");
  const failed = form.querySelector("[data-passkey-failed]");
  button.addEventListener("click", async () => {
    failed.hidden = true;
    const options = JSON.parse(form.dataset.passkey);
    try {
      const answer = options.creation_options
        ? await globalThis.webauthnJSON.create(options.creation_options)
        : await globalThis.webauthnJSON.get(options.request_options);
      form.elements.credential.value = JSON.stringify(answer);
      form.requestSubmit();
    } catch {
      failed.hidden = false;
      failed.focus();
    }
  });
}
