// Closes a toast. Without this it stays until the next page.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-jd-close]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.closest(".jd-toast").remove();
      document.getElementById("main").focus();
    });
  }
})();
