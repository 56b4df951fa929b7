/**
 * Inspelade röster: a member of staff reads the texts of the screens aloud, or picks a file of sound
 * for each. Kept in the tablet's database, and on the unit's other tablets only when somebody here
 * chooses to share them. A child is never recorded: nothing here can be reached from a child's screen.
 */
import { wordsOf } from "../child/listen.js";
import { piecesOf } from "../child/voice.js";
import { askHub, NoHub } from "../hub.js";
import { readChildPack } from "../packs.js";
import { copy, fill, go, message } from "../screen.js";
import { session } from "../session.js";
import { store } from "../store/store.js";

const LONGEST_S = 30;
const BITS_PER_SECOND = 32_000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const VARIANTS = ["preschool", "older"];
// Everything with words of its own on a child's screen, but what is filled in while it is used.
const SPOKEN = "[data-say], button, label, h1, p, legend:not(.card-face)";

let recorder; // the one recording that goes on
const player = new Audio();

export async function recordingsScreen(asked, variant) {
  stopAll();
  const { languages } = session.tablet;
  const language = languages.includes(asked) ? asked : languages[0];
  const screen = copy("adult-recordings");
  const packs = Object.fromEntries(
    await Promise.all(VARIANTS.map(async (each) => [each, await readChildPack(language, each)])),
  );
  const recorded = new Set(await store.recorded(language));
  const all = await store.ownSounds();
  const own = new Set(all.filter((sound) => sound.language === language).map(({ text }) => text));
  const groups = textsOf(packs[variant]);
  const inUse = new Set(VARIANTS.flatMap((each) => [...textsOf(packs[each]).values()].flat()));
  const gone = [...recorded].filter((text) => !inUse.has(text));
  if (gone.length) groups.set(message("sounds-gone"), gone);
  for (const option of screen.querySelectorAll("option")) {
    const isLanguage = option.parentElement.dataset.recordings === "language";
    if (isLanguage && !languages.includes(option.value)) option.remove(); // not switched on
    else option.toggleAttribute("selected", option.value === language || option.value === variant);
  }
  screen.dataset.language = language;
  showToShare(screen.querySelector(".share-sounds"), all.length);
  screen.querySelector("[data-voice-words]").dataset.voiceWords = language;
  return fill(screen, { groups: [...groups].map(([name, texts]) => groupOf(name, texts, { recorded, own, language })) });
}

export function startRecordings() {
  const place = document.getElementById("screen");
  place.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-recording]");
    if (button) acts[button.dataset.recording](button.closest(".recording"));
    const shared = target.closest("[data-share-sounds]");
    if (shared) share(shared.closest(".share-sounds"));
  });
  place.addEventListener("change", ({ target }) => {
    if (target.dataset.recording === "file") takeFile(target);
    else if (target.dataset.recordings) changeList();
  });
  document.addEventListener("htmx:before:swap", stopAll);
}

const acts = {
  async record(row) {
    stopAll();
    tell(row, "");
    try {
      await record(row);
    } catch (error) {
      tell(row, error.name === "NotAllowedError" ? "recording-denied" : "recording-no-microphone");
    }
  },

  stop: () => recorder?.stop(),

  async play(row) {
    const { mime, bytes } = await store.sound(languageOf(row), textOf(row));
    player.src = URL.createObjectURL(new Blob([bytes], { type: mime }));
    player.onended = player.onpause = () => URL.revokeObjectURL(player.src);
    await player.play().catch(() => tell(row, "recording-wrong-file"));
  },

  async delete(row) {
    await store.deleteSound(languageOf(row), textOf(row));
    const isUnits = (await store.recorded(languageOf(row))).includes(textOf(row));
    showKept(row, isUnits, false);
    if (!isUnits) tell(row, "sound-deleted");
    await countToShare();
  },
};

async function record(row) {
  if (!navigator.mediaDevices || !globalThis.MediaRecorder) throw new DOMException("", "NotFoundError");
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  const end = () => sound.getTracks().forEach((track) => track.stop());
  if (!row.isConnected) return end();
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  recorder = new MediaRecorder(sound, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
  const parts = [];
  const longest = setTimeout(() => recorder?.stop(), LONGEST_S * 1000);
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = async () => {
    clearTimeout(longest);
    end();
    const { mimeType: mime } = recorder;
    recorder = undefined;
    showRecording(row, false);
    if (row.isConnected) await keep(row, new Blob(parts, { type: mime }));
  };
  showRecording(row, true);
  recorder.start();
}

async function takeFile(field) {
  const row = field.closest(".recording");
  const [file] = field.files;
  field.value = "";
  if (!file) return;
  if (!file.type.startsWith("audio/") || !player.canPlayType(file.type)) return tell(row, "recording-wrong-file");
  await keep(row, file);
}

async function keep(row, blob) {
  const fault = await faultOf(blob);
  if (fault) return tell(row, fault);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const at = new Date().toISOString();
  try {
    await store.keepSound({ language: languageOf(row), text: textOf(row), mime: blob.type, bytes, at });
  } catch (error) {
    const known = ["sound-too-large", "sounds-full", "full", "locked"];
    return tell(row, known.includes(error.kind) ? error.kind : "sound-failed");
  }
  showKept(row, true);
  tell(row, "sound-kept");
  await countToShare();
}

/** To the hub, one at a time: what has got there is the unit's, whatever becomes of the rest. */
async function share(place) {
  const told = place.querySelector(".recording-state");
  const button = place.querySelector("[data-share-sounds]");
  const { token } = session.tablet;
  const staff = await store.unlockedStaff();
  button.disabled = true;
  told.textContent = "";
  try {
    for (const { language, text } of await store.ownSounds()) {
      const { bytes } = await store.sound(language, text);
      const json = { language, text, staff, content: await base64Of(bytes) };
      await store.soundIsShared(language, text, await askHub("/tablet/api/local-sound", { method: "POST", token, json }));
    }
    go(`/local/recordings/${chosen("language")}/${chosen("variant")}`).then(() => {
      const now = document.querySelector("#screen .share-sounds");
      now?.removeAttribute("hidden");
      if (now) now.querySelector(".recording-state").textContent = message("sounds-shared");
    });
  } catch (error) {
    told.textContent = error instanceof NoHub ? message("no-hub") : error.message;
  }
  button.disabled = false;
}

/** In the alphabet that the hub reads. */
async function base64Of(bytes) {
  const reader = new FileReader();
  reader.readAsDataURL(new Blob([bytes]));
  await new Promise((resolve) => (reader.onload = resolve));
  return reader.result.slice(reader.result.indexOf(",") + 1).replaceAll("+", "-").replaceAll("/", "_");
}

async function countToShare() {
  const place = document.querySelector("#screen .share-sounds");
  if (place) showToShare(place, (await store.ownSounds()).length);
}

function showToShare(place, n) {
  place.toggleAttribute("hidden", !n);
  fill(place, { own: message("sounds-own", { n }) });
  place.querySelector("[data-share-sounds]").toggleAttribute("hidden", !n);
}

const MAX_BYTES = 1024 * 1024; // as in store/worker.js, which has the last word

/** What is wrong with a sound, found by decoding it as the player will. */
async function faultOf(blob) {
  if (!blob.size) return "recording-empty";
  if (blob.size > MAX_BYTES) return "sound-too-large";
  try {
    const { duration } = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(await blob.arrayBuffer());
    return duration > LONGEST_S + 1 ? "recording-too-long" : undefined;
  } catch {
    return "recording-wrong-file"; // told to the adult beside the text
  }
}

/** A screen that goes away takes an unfinished recording with it. */
function stopAll() {
  player.pause();
  if (recorder?.state === "recording") recorder.stop();
}

const chosen = (what) => document.querySelector(`#screen [data-recordings="${what}"]`).value;

function changeList() {
  go(`/local/recordings/${chosen("language")}/${chosen("variant")}`);
}

/** The texts of a pack by area; those of every screen in a group of their own. @returns {Map<string, string[]>} */
export function textsOf(pack) {
  const everywhere = message("sounds-everywhere");
  const labels = new Map(
    [...pack.querySelectorAll("template[id^='child-area-']")].map(({ content }) => {
      const { area, label } = content.firstElementChild.dataset;
      return [area, label];
    }),
  );
  const places = new Map(); // text → the group it belongs to; one that several areas have is everywhere
  for (const { content } of pack.querySelectorAll("template")) {
    const group = labels.get(content.firstElementChild?.dataset.area) ?? everywhere;
    for (const text of [...content.querySelectorAll(SPOKEN)].flatMap(pieces)) {
      places.set(text, (places.get(text) ?? group) === group ? group : everywhere);
    }
  }
  const groups = new Map([...labels.values(), everywhere].map((name) => [name, []]));
  for (const [text, name] of places) groups.get(name).push(text);
  return groups;
}

function pieces(element) {
  if (element.querySelector("[data-fill]") && !element.dataset.say) return [];
  return piecesOf(wordsOf(element));
}

function groupOf(name, texts, { recorded, own, language }) {
  const group = copy("adult-recordings-group");
  const n = texts.filter((text) => recorded.has(text)).length;
  group.querySelector("ul").replaceChildren(
    ...texts.map((text) => {
      const row = fill(copy("adult-recording"), { text });
      row.querySelector(".recording-text").lang = language;
      showKept(row, recorded.has(text), own.has(text));
      return row;
    }),
  );
  return fill(group, { name, count: message("sounds-count", { n, all: texts.length }) });
}

const textOf = (row) => row.querySelector(".recording-text").textContent;
const languageOf = (row) => row.closest("[data-language]").dataset.language;
const button = (row, name) => row.querySelector(`[data-recording="${name}"]`);

/** What came from the hub is taken away there: here it would come back. */
function showKept(row, isKept, isOwn = isKept) {
  row.classList.toggle("is-kept", isKept);
  button(row, "play").toggleAttribute("hidden", !isKept);
  button(row, "delete").toggleAttribute("hidden", !isOwn);
  if (isKept && !isOwn) tell(row, "sound-is-units");
}

function showRecording(row, isGoing) {
  button(row, "record").hidden = isGoing;
  button(row, "stop").hidden = !isGoing;
  tell(row, isGoing ? "recording-now" : "");
}

function tell(row, key) {
  row.querySelector(".recording-state").textContent = key && message(key);
}
