/**
 * Tells an adult whether the tablet has a voice for a language, before a child asks for it. Voices
 * may come late, so what is said is kept true while the screen is there.
 */
import { localVoice, primary } from "../child/voice.js";
import { message } from "../screen.js";
import { session } from "../session.js";
import { store } from "../store/store.js";

globalThis.speechSynthesis?.addEventListener?.("voiceschanged", () => tellOfVoices(document));

/** A mark for the languages that the wheel speaks. */
export function voiceMark() {
  const mark = document.createElement("span");
  mark.dataset.voiceWords = languages().join(" ");
  return mark;
}

/** Fill every mark in `root`, now and whenever the chosen language changes. */
export async function tellOfVoices(root) {
  for (const place of root.querySelectorAll("[data-voice-of]")) {
    const select = place.closest("form").elements[place.dataset.voiceOf];
    place.dataset.voiceWords = select.value;
    select.onchange = () => tellOfVoices(root);
  }
  for (const mark of root.querySelectorAll("[data-voice-words]")) mark.textContent = await voiceWords(mark.dataset.voiceWords);
}

/** What is the same of several languages is said once. */
async function voiceWords(codes) {
  const found = new Map(); // voice and number of recordings → names
  for (const code of codes.split(" ")) {
    const { length } = await store.recorded(code);
    const same = `${localVoice(code) ? "voice-yes" : "voice-no"} ${length}`;
    found.set(same, [...(found.get(same) ?? []), nameOf(code)]);
  }
  return [...found].map(([same, names]) => sentence(...same.split(" "), names.join(", "))).join(" ");
}

function sentence(voice, n, language) {
  const words = message(voice, { language });
  return n === "0" ? words : `${words} ${message("voice-recorded", { n })}`;
}

const options = () => document.getElementById("adult-recordings").content.querySelectorAll("[data-recordings='language'] option");
const languages = () => [...options()].map(({ value }) => value).filter((code) => session.tablet.languages.includes(code));
const ownNameOf = (code) => [...options()].find(({ value }) => value === code)?.textContent ?? primary(code);

/** In the adult's words where its own are in another script: they would fetch that script's typeface. */
function nameOf(code) {
  const own = ownNameOf(code);
  if (/\p{Script=Latin}/u.test(own)) return own;
  const { lang } = document.documentElement;
  const name = new Intl.DisplayNames([lang], { type: "language" }).of(primary(code));
  return name.charAt(0).toLocaleUpperCase(lang) + name.slice(1);
}
