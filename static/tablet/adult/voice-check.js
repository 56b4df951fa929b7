/**
 * Tells an adult whether the tablet has a voice for a language, before a child asks for it. Voices
 * may come late, so what is said is kept true while the screen is there.
 */
import { localVoice, primary } from "../child/voice.js";
import { message } from "../screen.js";
import { session } from "../session.js";
import { store } from "../store/store.js";

globalThis.speechSynthesis?.addEventListener?.("voiceschanged", () => tellOfVoices(document));

/** One mark for each language that the wheel speaks. */
export function voiceMarks() {
  return languages().map((language) => {
    const mark = document.createElement("span");
    mark.dataset.voiceWords = language;
    return mark;
  });
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

async function voiceWords(language) {
  const name = nameOf(language);
  const words = message(localVoice(language) ? "voice-yes" : "voice-no", { language: name });
  const { length: n } = await store.recorded(language);
  return n ? `${words} ${message("voice-recorded", { n })} ` : `${words} `;
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
