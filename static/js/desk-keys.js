// Keys of the desk, only while its list has the focus: J K up and down, X tick, R reason, ? help,
// A to the approve button, where Enter approves what is ticked (the row itself when nothing is).
(() => {
  "use strict";
  const OFF = "jiedui-desk-keys-off";
  const help = document.querySelector("[data-jd-keys]");
  if (!help) return;

  const lists = [...document.querySelectorAll("[data-jd-desk]")];
  const rows = lists.flatMap((list) => [...list.querySelectorAll(".jd-pair")]);
  const box = (row) => row.querySelector("input[type=checkbox]");
  const here = () => rows.indexOf(document.activeElement.closest(".jd-pair"));
  const wanted = help.querySelector("input");
  const to = (index) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row) box(row).focus();
  };
  const acts = {
    j: () => to(here() + 1),
    k: () => to(here() - 1),
    x: () => here() >= 0 && box(rows[here()]).click(),
    a: () => {
      if (here() >= 0 && !rows.some((row) => box(row).checked)) box(rows[here()]).click();
      help.closest("form").querySelector(".jd-bulk .btn-primary")?.focus();
    },
    r: () => here() >= 0 && rows[here()].querySelector(".jd-score a")?.click(),
    "?": () => { help.open = !help.open; },
  };

  help.hidden = false;
  wanted.checked = localStorage.getItem(OFF) === null;
  wanted.addEventListener("change", () => {
    if (wanted.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });

  for (const list of lists) {
    list.addEventListener("keydown", (event) => {
      const act = acts[event.key.toLowerCase()];
      if (!act || !wanted.checked || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
  }
})();
