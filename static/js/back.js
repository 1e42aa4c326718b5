// A button back to the page before, where the browser still has what was typed.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-jd-back]")) {
    if (window.history.length < 2) continue;
    button.hidden = false;
    button.addEventListener("click", () => window.history.back());
  }
})();
