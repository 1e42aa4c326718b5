// The desk shows why the row one stands on was proposed, and thickens its line on the map. Each row links to the
// whole reason anyway; this only spares the way there and back.
(() => {
  "use strict";
  const card = document.querySelector("[data-jd-chosen]");
  if (!card) return;

  const rows = [...document.querySelectorAll("[data-jd-desk] .jd-pair")];
  const all = (name) => [...card.querySelectorAll(`[data-jd-say=${name}]`)];
  const say = (name, values) => {
    const [place] = all(name);
    place.textContent = Object.entries(values)
      .reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), place.dataset.jdPattern);
  };
  const draw = (points) => {
    let x = 0;
    card.querySelectorAll(".jd-parts rect").forEach((part, at) => {
      part.setAttribute("x", x);
      part.setAttribute("width", points[at]);
      if (at === 2) card.querySelector(".stripe").setAttribute("d", `M${x} 14h${points[at]}`);
      x += Number(points[at]);
    });
  };

  let chosen = null;
  const choose = (row) => {
    if (!row || row === chosen) return;
    chosen = row;
    const [need, offer] = [...row.querySelectorAll(".side")].map((side) => side.querySelector("a, b").textContent);
    const score = row.querySelector(".jd-score a");
    const points = row.dataset.jdParts.split(" ");
    say("title", { need, offer });
    say("score", { score: score.textContent });
    all("part").forEach((part, at) => { part.textContent = points[at]; });
    all("next")[0].textContent = row.dataset.jdNext;
    all("url")[0].setAttribute("href", score.getAttribute("href"));
    draw(points);
    const line = document.getElementById(`l${row.querySelector("input").value}`);
    for (const other of document.querySelectorAll(".jd-map .l")) other.classList.toggle("on", other === line);
    for (const other of rows) other.classList.toggle("on", other === row);
  };

  for (const row of rows) {
    row.addEventListener("click", () => choose(row));
    row.addEventListener("focusin", () => choose(row));
  }
  choose(rows[0]);
})();
