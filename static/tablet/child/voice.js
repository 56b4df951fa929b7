/**
 * Says words: the unit's own recording when there is one, else a voice of the tablet itself, and
 * always in writing. It must never send the words away, and never be silent without showing it.
 *
 * What is said may be of several pieces, one a line: each is looked for among the recordings.
 */
import { copy } from "../screen.js";
import { session } from "../session.js";
import { store } from "../store/store.js";

const SHOWN_MS = 6000;
const RATE = { normal: 0.9, slower: 0.65 }; // of the voice's own; children are spoken to a little slower
const PLAYED = { normal: 1, slower: 0.8 };
const LONGEST_MS = 20_000; // some voices never tell that they have ended

const player = new Audio(); // the same one always: a tablet lets it play once a finger has started it
let round = 0; // what is being said belongs to the newest round only
let hide;
let last; // the words said last on this screen

/**
 * @param {string} words
 * @param {Element} [about] what they belong to, to be marked on the screen
 * @param {boolean} [slowly] whatever pace was chosen
 */
export async function say(words, about, slowly = false) {
  const pieces = piecesOf(words);
  if (!pieces.length) return;
  stop();
  const mine = round;
  last = { words, about };
  mark(about);
  for (const piece of pieces) {
    const isHeard = speak(piece, () => mine === round, slowly);
    show(piece);
    if (!(await isHeard) && mine === round) {
      show(pieces.join(" "), { isMute: true });
      break;
    }
    if (mine !== round) return;
  }
  hide = setTimeout(() => bubble()?.remove(), SHOWN_MS);
}

/** Each piece is said, and may be recorded, by itself. @param {string} words */
export const piecesOf = (words) => words.split("\n").map((piece) => piece.replace(/\s+/g, " ").trim()).filter(Boolean);

/**
 * "Säg igen": what the child has just listened to, or else what is in front of it. What is said once
 * more is said slower, as one does to somebody who asks again.
 */
export function sayAgain(about) {
  const isLast = session.manner.listens && last?.about?.isConnected;
  const next = isLast ? last : { words: about?.dataset.say ?? "", about };
  say(next.words, next.about, next.words === last?.words);
}

/** A new screen: what was said belongs to the last one. */
export function beQuiet() {
  stop();
  last = undefined;
  bubble()?.remove();
}

/** A voice of the language on the tablet itself: one from the net would send the words away. */
export function localVoice(language) {
  const wanted = primary(language);
  const voices = (globalThis.speechSynthesis?.getVoices() ?? []).filter(
    (voice) => voice.localService && primary(voice.lang) === wanted,
  );
  return voices.find((voice) => voice.default) ?? voices[0];
}

/** "sv" of "sv-x-latt", "sv_SE" or "SV". */
export const primary = (language) => language.toLowerCase().split(/[-_]/)[0];

const bubble = () => document.getElementById("said-again");

function stop() {
  round += 1;
  clearTimeout(hide);
  player.pause();
  globalThis.speechSynthesis?.cancel();
}

/** @returns {Promise<boolean>} whether it was heard, when it has been said to its end */
async function speak(words, isStillWanted, slowly) {
  const { language, reading, pace: chosen = "normal" } = session.manner?.about ?? {};
  const pace = slowly ? "slower" : chosen;
  if (!language || reading === "off") return true; // chosen silence is no failure: the words are shown
  const recorded = await recordingOf(language, words);
  if (!isStillWanted()) return true;
  if (recorded && (await play(recorded, pace))) return true;
  return isStillWanted() ? utter(words, language, pace) : true;
}

async function recordingOf(language, words) {
  try {
    return await store.sound(language, words);
  } catch (error) {
    console.warn("no recording", error.name);
    return undefined; // the tablet's own voice says it instead
  }
}

function play({ mime, bytes }, pace) {
  const address = URL.createObjectURL(new Blob([bytes], { type: mime }));
  return new Promise((resolve) => {
    const end = (isHeard) => {
      for (const kind of ["ended", "error", "pause"]) player.removeEventListener(kind, onEnd);
      URL.revokeObjectURL(address);
      resolve(isHeard);
    };
    const onEnd = ({ type }) => end(type !== "error");
    for (const kind of ["ended", "error", "pause"]) player.addEventListener(kind, onEnd);
    player.src = address;
    player.playbackRate = PLAYED[pace];
    player.play().catch((error) => end(error.name === "AbortError")); // stopped by a new screen, or not playable
  });
}

function utter(words, language, pace) {
  const voice = localVoice(language);
  if (!voice) return false;
  return new Promise((resolve) => {
    const utterance = new SpeechSynthesisUtterance(words);
    Object.assign(utterance, { voice, lang: voice.lang, rate: RATE[pace] });
    utterance.onend = () => resolve(true);
    utterance.onerror = ({ error }) => resolve(error === "canceled" || error === "interrupted");
    setTimeout(() => resolve(true), LONGEST_MS);
    speechSynthesis.speak(utterance);
  });
}

function show(words, { isMute = false } = {}) {
  const shown = bubble() ?? makeBubble();
  shown.querySelector("[data-words]").textContent = words;
  shown.querySelector(".mute").hidden = !isMute;
}

function makeBubble() {
  const made = copy("child-bubble");
  document.body.append(made);
  return made;
}

function mark(about) {
  for (const other of document.querySelectorAll(".is-said")) other.classList.remove("is-said");
  if (about) requestAnimationFrame(() => about.classList.add("is-said"));
}
