// Hold to talk: the message goes into the form's own file field, so it is sent with everything else. A browser that
// cannot record keeps the plain file field.
(() => {
  "use strict";
  const box = document.querySelector("[data-jd-recorder]");
  if (!box || !window.MediaRecorder || !navigator.mediaDevices) return;
  const button = box.querySelector("button");
  const field = document.getElementById(box.dataset.jdField);
  const longest = Number(box.dataset.jdSeconds);
  const done = box.querySelector("[data-jd-say=done]");
  const pattern = done.textContent;
  const types = ["audio/webm", "audio/mp4", "audio/ogg"];
  const type = types.find((one) => MediaRecorder.isTypeSupported(one));
  if (!type) return;
  box.hidden = false;

  const say = (name) => {
    for (const words of box.querySelectorAll("[data-jd-say]")) words.hidden = words.dataset.jdSay !== name;
    button.classList.toggle("on", name === "on");
  };
  let recorder = null;
  let held = false;
  const start = async () => {
    if (held) return;
    held = true;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      held = false;
      field.closest("details").open = true; // the plain field is there, whatever the microphone says
      return;
    }
    if (!held) { stream.getTracks().forEach((track) => track.stop()); return; }
    const parts = [];
    const begun = Date.now();
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop());
      const seconds = Math.round((Date.now() - begun) / 1000);
      if (seconds < 1) { say("idle"); return; }
      const files = new DataTransfer();
      files.items.add(new File([new Blob(parts, { type })], `voice.${type.split("/")[1]}`, { type }));
      field.files = files.files;
      done.textContent = pattern.replace("{n}", seconds);
      say("done");
    });
    recorder.start();
    say("on");
    window.setTimeout(stop, longest * 1000, recorder);
  };
  const stop = (which) => {
    held = false;
    if (recorder && recorder.state === "recording" && (!which || which === recorder)) recorder.stop();
  };
  button.addEventListener("pointerdown", (event) => { button.setPointerCapture(event.pointerId); start(); });
  for (const name of ["pointerup", "pointercancel"]) button.addEventListener(name, () => stop());
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => { if ([" ", "Enter"].includes(event.key) && !event.repeat) start(); });
  button.addEventListener("keyup", (event) => { if ([" ", "Enter"].includes(event.key)) stop(); });
})();
