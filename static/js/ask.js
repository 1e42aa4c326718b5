// The place on /ask: suggestions while one types, and the phone's own place when its button is tapped, never before.
// Without JavaScript the server asks which place was meant, in a second step.
(() => {
  "use strict";
  const field = document.querySelector("[data-jd-places]");
  if (!field) return;
  const form = field.form;
  const code = () => form.querySelector("input[type=hidden][name=place_code]");
  const says = form.querySelector("[data-jd-place-says]");
  const locate = form.querySelector("[data-jd-locate]");
  const list = document.createElement("ul");
  list.className = "jd-ask-found";
  list.hidden = true;
  field.parentElement.append(list);

  const say = (words) => { says.textContent = words; says.hidden = !words; };
  const hide = () => { list.hidden = true; list.replaceChildren(); };
  let found = [];
  const choose = (place) => {
    field.value = place.label;
    found = [];
    if (code()) code().value = place.code;
    hide();
    say("");
  };
  const ask = async (values) => {
    const body = new URLSearchParams({ ...values, csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(field.dataset.jdPlaces, { method: "POST", body });
    return answer.ok ? (await answer.json()).places : [];
  };
  const show = (places) => {
    list.replaceChildren(...places.map((place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = place.label;
      button.addEventListener("click", () => { choose(place); field.focus(); });
      const row = document.createElement("li");
      row.append(button);
      return row;
    }));
    list.hidden = places.length === 0;
  };

  // Whoever goes on without tapping a suggestion means the only one; where there are several the server asks.
  const settle = () => { if (found.length === 1 && code() && !code().value) choose(found[0]); else hide(); };

  let waiting = 0;
  field.addEventListener("input", () => {
    if (code()) code().value = "";
    window.clearTimeout(waiting);
    found = [];
    const written = field.value.trim();
    if (!written) { hide(); return; }
    waiting = window.setTimeout(async () => {
      try {
        const places = await ask({ written });
        if (field.value.trim() !== written) return;
        found = places;
        show(places);
        if (!field.parentElement.contains(document.activeElement)) settle();
        say(places.length ? "" : says.dataset.jdNone);
      } catch { hide(); } // without a line the server asks in a second step
    }, 200);
  });
  field.parentElement.addEventListener("focusout", ({ relatedTarget: next }) => {
    if (next && !field.parentElement.contains(next)) settle();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); list.querySelector("button").focus(); }
  });
  document.addEventListener("click", (event) => { if (!field.parentElement.contains(event.target)) settle(); });

  if (!locate || !navigator.geolocation) return;
  locate.hidden = false;
  locate.addEventListener("click", () => {
    say(says.dataset.jdAsking);
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      form.elements.lat.value = coords.latitude.toFixed(6);
      form.elements.lon.value = coords.longitude.toFixed(6);
      try {
        const [place] = await ask({ lat: form.elements.lat.value, lon: form.elements.lon.value });
        if (place) choose(place); else say(says.dataset.jdFar);
      } catch { say(says.dataset.jdOff); }
    }, () => say(says.dataset.jdOff), { enableHighAccuracy: true, timeout: 15000 });
  });
})();
