// A button that prints the page: <p data-jd-print hidden><button type="button">…</button></p>.
for (const place of document.querySelectorAll("[data-jd-print]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}
