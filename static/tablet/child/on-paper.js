/**
 * Where a conversation from paper is written in, the closing speaks to the adult who writes: the child
 * is not here to be asked. It must never ask what only a child could answer.
 */
import { wordsOf } from "../packs.js";
import { session } from "../session.js";

export const isFromPaper = () => Boolean(session.state?.about.origin);

/** The screen in the adult's own words, where there are such; else as it is. @param {Element} screen */
export function inAdultsWords(screen) {
  if (!isFromPaper()) return screen;
  const words = document.getElementById("on-paper").content.querySelector(`[data-of="${screen.dataset.screen}"]`);
  if (!words) return screen;
  if (words.dataset.gone) for (const element of screen.querySelectorAll(words.dataset.gone)) element.remove();
  const { lang, dir } = wordsOf("adult-pack");
  for (const text of words.querySelectorAll("[data-instead]")) {
    const place = screen.querySelector(text.dataset.instead);
    if (place) Object.assign(place, { textContent: text.textContent, lang, dir });
  }
  screen.dataset.say = [...screen.querySelectorAll("h1, h1 + p")].map(({ textContent }) => textContent).join("\n");
  return screen;
}
