/**
 * Whether an adult's question looks as if it put words in the child's mouth. It sees only how the
 * question is put, in the language it is asked; it must never stop, change or judge what is written.
 */
import { wordsOf } from "../packs.js";
import { copy } from "../screen.js";

/** What the words of a language are: see kid_wheel/content/leading.toml. */
const listed = () => JSON.parse(document.getElementById("leading-questions").dataset.kinds);

/**
 * @param {string} question as the adult wrote it
 * @param {{begins?: string[], ends?: string[], says?: string[], invites?: string[], joins?: string[]}} [lists]
 */
export function isLeading(question, lists = listed()) {
  const { begins = [], ends = [], says = [], invites = [], joins = [] } = lists;
  return sentences(question).some((sentence) => {
    const inner = withoutJoins(sentence, joins);
    if (startsWith(inner, invites)) return false;
    const [first] = inner.split(" ");
    const isAsked = startsWith(sentence, begins) || startsWith(inner, begins) || ends.some((end) => first.endsWith(end));
    return isAsked || says.some((words) => ` ${sentence} `.includes(` ${words} `));
  });
}

/** A hint beside the question, in the adult's own language: it never hinders. */
export function hintAt(form) {
  const hint = form.querySelector("[data-leading-hint]");
  if (!hint) return;
  if (!hint.firstChild) {
    const { lang, dir } = wordsOf("adult-pack");
    Object.assign(hint, { lang, dir }).append(copy("adult-leading-hint"));
  }
  hint.hidden = !isLeading(form.elements.question.value);
}

const startsWith = (sentence, all) => all.some((words) => `${sentence} `.startsWith(`${words} `));

/** "men är det bra" begins with "är". */
function withoutJoins(sentence, joins) {
  const [first, ...rest] = sentence.split(" ");
  return rest.length && joins.includes(first) ? withoutJoins(rest.join(" "), joins) : sentence;
}

/** Whole words in lower case, without marks. */
function sentences(text) {
  return text
    .toLowerCase()
    .normalize()
    .replace(/[’ʼ]/g, "'")
    .replace(/\p{M}+/gu, "")
    .split(/[.?!؟\n]+/)
    .map((sentence) => sentence.replace(/[^\p{L}\p{N}' ]+/gu, " ").replace(/\s+/g, " ").trim())
    .filter(Boolean);
}
