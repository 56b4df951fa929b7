/**
 * A picture of time: a disc that slowly gets smaller, when an adult has started one. It must never
 * make a sound, count in figures, or end anything: when it is empty, nothing happens.
 */
const STEP_MS = 5000;
let ticking;

/** @param {{minutes: number, at: string} | undefined} timer */
export function showTimer(timer) {
  clearInterval(ticking);
  document.getElementById("time-picture")?.remove();
  const template = document.getElementById("child-time");
  if (!timer || !template) return;
  const disc = template.content.firstElementChild.cloneNode(true);
  disc.id = "time-picture";
  document.body.append(disc);
  const paint = () => disc.style.setProperty("--left", `${100 * timeLeft(timer, Date.now())}%`);
  paint();
  ticking = setInterval(paint, STEP_MS);
}

/** How much is left of the disc, from 1 to 0. */
export function timeLeft({ minutes, at }, now) {
  return Math.min(1, Math.max(0, 1 - (now - Date.parse(at)) / (minutes * 60_000)));
}
