// Lists with boxes to tick: boxes of a group, "all on this page", and the count on the bar.
(() => {
  "use strict";

  const ticked = (rows) => rows.filter((row) => row.checked).length;
  const follow = (box, rows) => {
    box.checked = rows.length > 0 && ticked(rows) === rows.length;
    box.indeterminate = ticked(rows) > 0 && !box.checked;
  };

  for (const bar of document.querySelectorAll(".jd-bulk")) {
    const form = bar.closest("form");
    const boxes = (root) => [...root.querySelectorAll(":is(.jd-pair, .jd-table) input[type=checkbox]")];
    const groups = [...form.querySelectorAll("[data-jd-group]")]
      .map((box) => ({ box, rows: boxes(box.closest(".jd-group").nextElementSibling) }));
    const all = bar.querySelector("[data-jd-all]");
    if (all) groups.push({ box: all.querySelector("input"), rows: boxes(form) });
    const count = bar.querySelector("[data-jd-count]");

    const show = () => {
      for (const { box, rows } of groups) follow(box, rows);
      count.textContent = count.dataset.jdCount.replace("{n}", ticked(boxes(form)));
      bar.classList.toggle("idle", ticked(boxes(form)) === 0);
    };

    for (const { box, rows } of groups) {
      box.hidden = false;
      box.addEventListener("change", () => {
        for (const row of rows) row.checked = box.checked;
        show();
      });
    }
    if (all) all.hidden = false;
    form.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  }
})();
