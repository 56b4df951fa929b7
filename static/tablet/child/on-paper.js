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
  const { content } = document.getElementById("on-paper");
  for (const words of content.querySelectorAll(`[data-of="closing-steps"], [data-of="${screen.dataset.screen}"]`)) put(words, screen);
  screen.dataset.say = [...screen.querySelectorAll("h1, h1 + p")].map(({ textContent }) => textContent).join("\n");
  return screen;
}

function put(words, screen) {
  if (words.dataset.gone) for (const element of screen.querySelectorAll(words.dataset.gone)) element.remove();
  const { lang, dir } = wordsOf("adult-pack");
  for (const { textContent, dataset } of words.querySelectorAll("[data-instead]")) {
    for (const place of screen.querySelectorAll(dataset.instead)) {
      Object.assign(place, { lang, dir });
      if (dataset.as) place.setAttribute(dataset.as, textContent);
      else place.textContent = textContent;
    }
  }
}
