// One form, one sending: after the first submit its buttons rest, so that an impatient second tap does nothing.
// The server keeps the promise anyway (matching/once.py); this only spares the wait. Coming back wakes them up.
(() => {
  "use strict";
  const LONGEST_REST_MS = 10000; // an answer that is a file does not leave the page
  const resting = new Set();

  const wake = (form) => {
    form.removeAttribute("aria-busy");
    resting.delete(form);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (resting.has(form)) {
      event.preventDefault();
      return;
    }
    resting.add(form);
    form.setAttribute("aria-busy", "true");
    window.setTimeout(wake, LONGEST_REST_MS, form);
  });

  window.addEventListener("pageshow", () => resting.forEach(wake));
})();
