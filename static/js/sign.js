// A box to sign in with a finger, a pen or the mouse: <div data-jd-sign hidden><canvas></canvas><button></button></div>.
// What was drawn goes along as a PNG in the field #signature. Without JavaScript the box stays hidden.
for (const box of document.querySelectorAll("[data-jd-sign]")) {
  const canvas = box.querySelector("canvas");
  const field = document.getElementById("signature");
  const pen = canvas.getContext("2d");
  let last = null;

  const clear = () => {
    box.hidden = false;
    canvas.width = Math.min(canvas.clientWidth || 320, 800);
    canvas.height = canvas.clientHeight || 180;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 3;
    pen.lineCap = "round";
    field.value = "";
  };
  const at = (event) => [event.offsetX * canvas.width / canvas.clientWidth, event.offsetY * canvas.height / canvas.clientHeight];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const here = at(event);
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...here);
    pen.stroke();
    last = here;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) field.value = canvas.toDataURL("image/png");
      last = null;
    });
  }
  box.querySelector("button").addEventListener("click", clear);
  clear();
}
