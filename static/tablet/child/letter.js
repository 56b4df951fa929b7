/**
 * The answer letter: each wish of the child beside what becomes of it, a page for each. It must never
 * be kept on the tablet, nor stand in the way of a conversation: the child may always say not now.
 *
 * With a conversation in hand it comes before its start; else it is all that the child was given.
 */
import { NoHub, Problem } from "../hub.js";
import { fetchLent } from "../lent.js";
import { outbox } from "../outbox.js";
import { answer, copy, fill, picture } from "../screen.js";
import { session } from "../session.js";
import { store } from "../store/store.js";
import { steps } from "./screens.js";

const FATES = { do: "n-1f44d", wait: "n-23f3", cannot: "n-270b" }; // as on paper, see documents.py

/** @param {string} caseCode @returns {Promise<object>} as in documents.py. Throws NoHub or Problem. */
export const fetchLetter = async (caseCode) => store.openLetter(await fetchLent("letter", caseCode));

/** @param {(place: string) => Response} visit */
export const letterRoutes = (visit) => ({
  "GET letter-here": () => visit("letter-here"),

  "GET letter": async (index) => {
    if (index !== undefined) return visit(`letter/${index}`);
    try {
      session.letter ??= await fetchLetter(session.state.about.child.case_code);
    } catch (error) {
      if (!(error instanceof NoHub || error instanceof Problem)) throw error;
      return visit("letter-not-here");
    }
    await store.keepShown(session.letter.id, new Date().toISOString());
    outbox.sendNow();
    return visit("letter/0");
  },

  "GET letter-end": () => visit("letter-end"),

  /** The child has seen enough. The letter is gone; what there is to talk about goes on. */
  "GET letter-close": () => {
    session.closeLetter();
    if (session.id) return visit("intro");
    const screen = copy("child-letter-closed");
    session.part();
    return answer(screen);
  },
});

export const letterScreens = {
  letterHere: () => copy("child-letter-here"),
  letterNotHere: () => copy("child-letter-not-here"),

  letter(index = 0) {
    if (!session.letter) return letterScreens.letterHere(); // a reload has forgotten it
    const { replies } = session.letter;
    const page = Math.min(Math.max(0, index), replies.length - 1);
    const screen = copy("child-letter");
    const pair = putReply(copy("child-letter-reply"), replies[page]);
    screen.dataset.area = replies[page].area;
    screen.querySelector("[data-reply]").replaceWith(pair);
    steps(screen, "/local/child/letter", page, replies.length, "/local/child/letter-end");
    return screen;
  },

  letterEnd() {
    if (!session.letter) return letterScreens.letterHere();
    const screen = copy("child-letter-end");
    const { coordinator } = session.letter;
    screen.querySelector(coordinator ? "[data-if-nobody]" : "[data-if-coordinator]").remove();
    fill(screen, { coordinator });
    screen.dataset.say = screen.querySelector("p").textContent;
    return screen;
  },
};

function putReply(pair, reply) {
  const { said, label, language, fate, because, decided_by: decidedBy } = reply;
  const fateWords = pair.querySelector(`[data-fate-is="${fate}"]`).textContent;
  const why = pair.querySelector("[data-why]");
  fill(pair, { said: said || label, label: said ? label : "", fate: fateWords, because, by: decidedBy });
  for (const other of pair.querySelectorAll(said ? "[data-if-chosen]" : "[data-if-said]")) other.remove();
  if (!because || fate === "do") why.remove();
  if (!decidedBy) pair.querySelector("[data-if-by]").remove();
  const words = pair.querySelector("blockquote");
  words.lang = language;
  for (const each of pair.querySelectorAll("[data-words]")) each.dir = "auto";
  pair.querySelector("[data-said]").src = addressOf(reply);
  pair.querySelector("[data-fate]").src = picture(FATES[fate]);
  for (const spare of pair.querySelectorAll("[data-fate-is]")) spare.remove();
  const you = pair.querySelector("[data-you]").textContent;
  pair.dataset.say = [`${you}: ${words.textContent}.`, `${fateWords}.`, because && (fate === "do" ? because : `${why.textContent} ${because}`)]
    .filter(Boolean)
    .join("\n");
  return pair;
}

/** Its card's picture, or a drawing or photograph that came in the letter itself. */
function addressOf({ picture: address }) {
  const [, type, content] = /^data:([^;]+);base64,(.*)$/.exec(address) ?? [];
  if (!type) return address;
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  return session.letterPicture(address, new Blob([bytes], { type }));
}
