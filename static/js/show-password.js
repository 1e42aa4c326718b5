// A box that shows what is typed into a password field: <label data-jd-shows="password" hidden>…<input type="checkbox"></label>.
// Without JavaScript the box stays hidden.
for (const label of document.querySelectorAll("[data-jd-shows]")) {
  const box = label.querySelector("input");
  const field = document.getElementById(label.dataset.jdShows);
  label.hidden = false;
  box.addEventListener("change", () => { field.type = box.checked ? "text" : "password"; });
  field.form.addEventListener("submit", () => { field.type = "password"; });
}
