/** The unit's own photographs while a conversation lasts: their addresses, as `photo-…` symbols. */
const NEUTRAL = "k-own-card"; // where a photograph is not at hand
const PREFIX = "photo-";
const addresses = new Map(); // name → address of a blob
let faces = {}; // id of a member of staff → name

/**
 * @param {{name: string, type: string, content: Uint8Array}[]} photos take the place of those before
 * @param {Record<string, string>} [portraits] id of a member of staff → the name of their photograph
 */
export function usePhotos(photos, portraits = {}) {
  faces = portraits;
  for (const address of addresses.values()) URL.revokeObjectURL(address);
  addresses.clear();
  for (const { name, type, content } of photos) addresses.set(name, URL.createObjectURL(new Blob([content], { type })));
}

/** @returns {string} the name in a `photo-…` symbol, "" for a symbol of the catalog */
export const photoName = (symbol) => (symbol?.startsWith(PREFIX) ? symbol.slice(PREFIX.length) : "");

/** @returns {string | undefined} where a `photo-…` symbol is shown from */
export const photoAddress = (symbol) => addresses.get(photoName(symbol));

/** @returns {string | undefined} the name of somebody's photograph, when this tablet has it */
export const portraitOf = (staffId) => (addresses.has(faces[staffId]) ? faces[staffId] : undefined);

/** A card or a person of a record as it looked to the child, where this tablet still has the photograph. */
export const photoSymbol = ({ symbol, photo }) => (addresses.has(photo) ? PREFIX + photo : symbol);

/** What a symbol is in a record and where there is no photograph: one that everybody has. */
export const neutral = (symbol) => (photoName(symbol) ? NEUTRAL : symbol);
