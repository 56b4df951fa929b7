/** The unit's own photographs while a conversation lasts: their addresses, as `photo-…` symbols. */
const NEUTRAL = "k-own-card"; // where a photograph is not at hand
const PREFIX = "photo-";
const addresses = new Map(); // name → address of a blob

/** @param {{name: string, type: string, content: Uint8Array}[]} photos take the place of those before */
export function usePhotos(photos) {
  for (const address of addresses.values()) URL.revokeObjectURL(address);
  addresses.clear();
  for (const { name, type, content } of photos) addresses.set(name, URL.createObjectURL(new Blob([content], { type })));
}

/** @returns {string} the name in a `photo-…` symbol, "" for a symbol of the catalog */
export const photoName = (symbol) => (symbol?.startsWith(PREFIX) ? symbol.slice(PREFIX.length) : "");

/** @returns {string | undefined} where a `photo-…` symbol is shown from */
export const photoAddress = (symbol) => addresses.get(photoName(symbol));

/** A card of a record as it looked to the child, where this tablet still has the photograph. */
export const photoSymbol = ({ symbol, photo }) => (addresses.has(photo) ? PREFIX + photo : symbol);

/** What a symbol is in a record and where there is no photograph: one that everybody has. */
export const neutral = (symbol) => (photoName(symbol) ? NEUTRAL : symbol);
