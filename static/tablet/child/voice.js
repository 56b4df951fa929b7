/** "Säg igen": the words once more, aloud when the tablet has a voice for the language, and always in writing. */
const SHOWN_MS = 6000;
let hide;

/** @param {Element} about carries data-say @param {string} language */
export function sayAgain(about, language) {
  const words = about?.dataset.say ?? "";
  if (!words) return;
  const bubble = document.getElementById("said-again") ?? makeBubble();
  bubble.textContent = words;
  bubble.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => (bubble.hidden = true), SHOWN_MS);
  about.classList.remove("is-said");
  requestAnimationFrame(() => about.classList.add("is-said"));
  speak(words, language);
}

/** A new screen: what was said belongs to the last one. */
export function beQuiet() {
  clearTimeout(hide);
  const bubble = document.getElementById("said-again");
  if (bubble) bubble.hidden = true;
  globalThis.speechSynthesis?.cancel();
}

/** A voice of the language on the device itself: one from the net would send the words away. */
export function localVoice(language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language.split("-")[0]));
}

function speak(words, language) {
  const voice = localVoice(language);
  if (!voice) return;
  const utterance = new SpeechSynthesisUtterance(words);
  Object.assign(utterance, { voice, lang: voice.lang, rate: 0.9 });
  speechSynthesis.cancel();
  speechSynthesis.speak(utterance);
}

function makeBubble() {
  const bubble = document.createElement("p");
  bubble.id = "said-again";
  bubble.setAttribute("role", "status");
  document.body.append(bubble);
  return bubble;
}
