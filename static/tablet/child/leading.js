/**
 * Whether an adult's question looks as if it put words in the child's mouth. It sees only how the
 * question is put, in the language it is asked; it must never stop, change or judge what is written.
 */

/** What the words of a language are: see kid_wheel/content/leading.toml. */
const listed = () => {
  const { begins, says, invites } = document.getElementById("leading-questions")?.dataset ?? {};
  return begins && { begins: JSON.parse(begins), says: JSON.parse(says), invites: JSON.parse(invites) };
};

/**
 * @param {string} question as the adult wrote it
 * @param {{begins: string[], says: string[], invites: string[]} | undefined} [lists]
 */
export function isLeading(question, lists = listed()) {
  if (!lists) return false;
  return sentences(question).some((sentence) => {
    if (begins(sentence, lists.invites)) return false;
    return begins(sentence, lists.begins) || lists.says.some((words) => ` ${sentence} `.includes(` ${words} `));
  });
}

/** A hint beside the question, for the adult's eyes: it never hinders. */
export function hintAt(form) {
  const hint = form.querySelector("[data-leading-hint]");
  if (hint) hint.hidden = !isLeading(form.elements.question.value);
}

const begins = (sentence, all) => all.some((words) => `${sentence} `.startsWith(`${words} `));

/** Whole words in lower case, without marks: "Men är det bra?" begins with "är". */
function sentences(text) {
  return text
    .toLowerCase()
    .replaceAll("’", "'")
    .split(/[.?!\n]+/)
    .map((sentence) => sentence.replace(/[^\p{L}\p{N}' ]+/gu, " ").replace(/\s+/g, " ").trim())
    .map((sentence) => sentence.replace(/^((men|och|så|då|and|but|so) )+(?!you\b)/, ""))
    .filter(Boolean);
}
