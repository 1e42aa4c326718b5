// 长辈版: the browser reads the page aloud, part by part, and stops when asked to or when the page is left.
(() => {
  "use strict";
  const button = document.querySelector("[data-jd-aloud]");
  if (!button || !window.speechSynthesis) return;
  button.hidden = false;
  const say = (name) => {
    for (const words of button.querySelectorAll("[data-jd-say]")) words.hidden = words.dataset.jdSay !== name;
  };
  const stop = () => { window.speechSynthesis.cancel(); say("start"); };
  const seen = (part) => part.offsetParent !== null && part.textContent.trim();
  button.addEventListener("click", () => {
    if (window.speechSynthesis.speaking) { stop(); return; }
    const parts = [...document.querySelectorAll(".jd-hail h1, .jd-hail p, main h2, main p, main legend, main label, main li, main dt, main dd, main button")];
    const words = parts.filter(seen).filter((part) => !parts.some((other) => other !== part && other.contains(part)));
    const rest = words.map((part) => part.innerText.trim()).filter(Boolean);
    if (!rest.length) return;
    rest.forEach((text, at) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
      speech.rate = 0.85;
      if (at === rest.length - 1) speech.addEventListener("end", () => say("start"));
      window.speechSynthesis.speak(speech);
    });
    say("stop");
  });
  window.addEventListener("pagehide", stop);
})();
