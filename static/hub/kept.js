/**
 * What a guardian writes is kept while they write, and the page says so only when it is true.
 * htmx sends the form; this listens. It never lets an answer take away what is written on the page.
 */
const AGAIN_MS = 5000; // between two tries, as long as the page is open
const SHUT = 404; // as whoever is not in the room is answered

const form = document.getElementById("telling");
const words = document.getElementById("words");
const kept = document.getElementById("kept");
let written = 0; // times that something was typed
let saved = 0; // how much of it the hub has
let again = 0;

function say(what) {
  kept.textContent = kept.dataset[what] ?? "";
  kept.classList.toggle("wrong", what === "again" || what === "tap" || what === "shut");
}

function tryAgain() {
  clearTimeout(again);
  words.dispatchEvent(new Event("change"));
}

function failed(context) {
  const isTap = context.request.body?.has("card") && written === saved;
  say(isTap ? "tap" : "again");
  clearTimeout(again);
  if (!isTap) again = setTimeout(tryAgain, AGAIN_MS);
}

words.addEventListener("input", () => {
  written += 1;
  if (!kept.classList.contains("wrong")) say("");
});

form.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.written = written; // each request of the form carries the words as they are now
});

form.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const { status } = ctx.response;
  if (status < 400) {
    saved = Math.max(saved, ctx.written);
    clearTimeout(again);
    say(saved === written ? "saved" : "");
    return;
  }
  event.preventDefault();
  if (status === SHUT) say("shut");
  else failed(ctx);
});

form.addEventListener("htmx:error", (event) => event.detail.ctx && failed(event.detail.ctx));
window.addEventListener("online", () => written !== saved && tryAgain());

// What was written before htmx had come, or what the browser has put back.
function catchUp() {
  const boxes = [...words.querySelectorAll("textarea")];
  if (boxes.every((one) => one.value === one.defaultValue)) return;
  written += 1;
  tryAgain();
}

setTimeout(catchUp); // htmx, which is loaded before, begins in the same way
window.addEventListener("pageshow", catchUp);

function flush() {
  const body = new URLSearchParams(new FormData(form));
  return fetch(form.action, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
}

// Whoever turns to something else on the telephone has not pressed anything.
window.addEventListener("pagehide", () => {
  if (written !== saved) flush().catch(() => {}); // the page is gone: there is nobody to tell
});

// Whoever closes the page has it closed the second time, also if the words could not be kept.
const leaving = document.querySelector(".top form");
let hasAsked = false;
leaving.addEventListener("submit", async (event) => {
  if (written === saved || hasAsked) return;
  hasAsked = true;
  event.preventDefault();
  try {
    const { ok, status } = await flush();
    if (ok) {
      saved = written;
      leaving.submit();
    } else say(status === SHUT ? "shut" : "again");
  } catch {
    say("again");
  }
});
