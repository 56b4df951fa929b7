/** A bare canvas: a line follows the finger, and is a row in SQLite when the finger lifts. */
const worker = new Worker("/worker.mjs", { type: "module" });
const { dataset } = document.documentElement;
worker.onmessage = ({ data }) => {
  if (data === "open") dataset.ready = "yes";
  else dataset.savedTaps = String(data);
};
const canvas = document.querySelector("canvas");
const pen = canvas.getContext("2d");
pen.lineWidth = 8;
let points = [];
canvas.addEventListener("pointerdown", ({ offsetX, offsetY }) => (points = [offsetX, offsetY]));
canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
  pen.beginPath();
  pen.moveTo(...points.slice(-2));
  pen.lineTo(offsetX, offsetY);
  pen.stroke();
  points.push(offsetX, offsetY);
});
canvas.addEventListener("pointerup", () => worker.postMessage({ points }));
