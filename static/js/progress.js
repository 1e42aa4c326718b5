// Watches long work: asks every second, shows how far it is, and opens the result when it is done.
(() => {
  "use strict";
  const EVERY_MS = 1000;
  const AFTER_A_FAULT_MS = 5000;

  for (const card of document.querySelectorAll("[data-jd-progress]")) {
    const bar = card.querySelector("progress");
    const text = card.querySelector("[data-jd-text]");

    const ask = async () => {
      let wait = EVERY_MS;
      try {
        const answer = await fetch(card.dataset.jdProgress, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const now = await answer.json();
        if (now.total) {
          bar.max = now.total;
          bar.value = now.done;
        }
        if (text.textContent !== now.text) text.textContent = now.text;
        if (now.finished) {
          window.location.assign(card.dataset.jdResult);
          return;
        }
      } catch {
        wait = AFTER_A_FAULT_MS;
      }
      window.setTimeout(ask, wait);
    };
    window.setTimeout(ask, EVERY_MS);
  }
})();
