/**
 * A case code or a password can be copied with one tap; without script it is selected by hand.
 * Works for every `[data-copy]`: the button's label is exchanged for `data-done` for a moment.
 */
const SHOWN_MS = 2500;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), SHOWN_MS);
  } catch {
    // The browser does not let us: the text is marked instead, ready to be copied by hand.
    getSelection().selectAllChildren(source);
  }
});
