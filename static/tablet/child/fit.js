/**
 * What suits this child, as the adult and the child chose it before the start: preferences, never a
 * diagnosis. It must cost nothing where nothing was chosen: its style sheet is not even read then.
 */
import { startDwell, stopDwell } from "./dwell.js";
import { layLetters } from "./letters.js";
import { layPenPad } from "./pen-pad.js";
import { startScan, stopScan } from "./scan.js";
import { showTimer } from "./timer.js";
import { picture } from "../screen.js";

const ME = "n-1f9d2"; // the picture of "jag": the only one that takes the child's own look

/** @param {Element | undefined} screen the child's, if one is in front @param {{about: object}} state how the child is spoken to: see `manner` in session.js */
export function fitChild(screen, state) {
  const fit = (screen && state?.about.fit) || {};
  const timer = screen && state?.timer;
  wear(fit, Boolean(timer) || Boolean(fit.dwell));
  showTimer(timer);
  if (screen && fit.look) putOn(screen, fit.look);
  if (screen && fit.literal) useWords(screen);
  if (screen && (fit.scan || fit.dwell)) {
    layLetters(screen, fit);
    layPenPad(screen);
  }
  if (screen && fit.scan) startScan(fit);
  else stopScan();
  if (screen && fit.dwell) startDwell(fit.dwell);
  else stopDwell();
}

const WAYS = ["one", "literal", "calm", "still", "large", "lines", "left"];

function wear(fit, hasTools) {
  const ways = WAYS.filter((way) => fit[way]);
  if (fit.contrast) ways.push("contrast", fit.contrast);
  if (fit.scan) ways.push("scan");
  if (hasTools) ways.push("tools");
  const { dataset } = document.body;
  if ((dataset.fit ?? "") === ways.join(" ")) return;
  if (ways.length) dataset.fit = ways.join(" ");
  else delete dataset.fit;
  document.getElementById("fit-css").media = ways.length ? "all" : "not all";
}

/** The child's own look, on the pictures of "jag" and on no other: the family is not dressed. */
function putOn(screen, look) {
  for (const image of screen.querySelectorAll(`img[src='${picture(ME)}']`)) image.src = picture(look);
  for (const image of screen.querySelectorAll(`image[href='${picture(ME)}']`)) image.setAttribute("href", picture(look));
}

/** A picture that stands for something else is not shown: its word is, large. */
function useWords(screen) {
  const packs = [...document.querySelectorAll("#child-pack template[id^='child-area-']")];
  const metaphors = new Set(
    packs.flatMap(({ content }) => [...content.querySelectorAll("[data-metaphor]")].map(({ dataset }) => picture(dataset.symbol))),
  );
  for (const image of screen.querySelectorAll("img:not(.badge)")) {
    if (image.closest(".step, .answer-face") || !metaphors.has(image.getAttribute("src"))) continue;
    image.hidden = true;
    image.parentElement.classList.add("is-in-words");
  }
}

/** What was chosen on the adult's form; nothing that was left as it is. @param {FormData | URLSearchParams} form */
export function readFit(form) {
  const chosen = Object.fromEntries(form.getAll("fit").map((way) => [way, true]));
  if (form.get("contrast")) chosen.contrast = form.get("contrast");
  if (form.get("scan")) Object.assign(chosen, { scan: form.get("scan"), pace: Number(form.get("pace")) });
  if (form.get("dwell")) chosen.dwell = Number(form.get("dwell"));
  const look = [form.get("look_head") ?? ME, form.get("look_tone")].filter(Boolean).join(".");
  if (look !== ME) chosen.look = look;
  return chosen;
}
