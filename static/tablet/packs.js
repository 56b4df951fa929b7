/** Fetches the packs of templates (from the cache when there is no net) and reads the catalog in them. */

export async function loadAdultPack(language) {
  await load("adult-pack", `/tablet/${language}/adult`);
}

/** @returns {Promise<{areas: Array, version: string}>} */
export async function loadChildPack(language, variant) {
  await load("child-pack", `/tablet/${language}/${variant}`);
  return readCatalog();
}

/** The direction and language of the words in a pack. */
export const wordsOf = (pack) => document.querySelector(`#${pack} > [data-lang]`).dataset;

async function load(id, address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  document.getElementById(id).replaceChildren(...parsed.body.children);
}

function readCatalog() {
  const areas = [...document.querySelectorAll("#child-pack template[id^='child-area-']")].map(({ content }) => {
    const { area, label } = content.firstElementChild.dataset;
    const cards = [...content.querySelectorAll("fieldset.card")].map(({ dataset }) => ({
      key: dataset.card,
      label: dataset.label,
      say: dataset.say,
      symbol: dataset.symbol,
    }));
    return { key: area, label, cards };
  });
  return { areas, version: wordsOf("child-pack").version };
}
