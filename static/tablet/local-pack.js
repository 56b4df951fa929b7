/**
 * A unit's own cards, photographs, words, faces and voices: fetched when the hub has others, kept for use without
 * net. It must never take away what works: a tablet that cannot fetch goes on with what it has.
 */
import { askHub } from "./hub.js";
import { photoName } from "./photos.js";
import { store } from "./store/store.js";

/** @param {{token: string, local_version: string}} tablet as the hub says now */
export async function fetchLocalPack({ token, local_version: wanted = "" }) {
  if ((await store.localVersion()) === wanted) return;
  const pack = await askHub("/tablet/api/local-pack", { token });
  const onCards = pack.cards.map(({ symbol }) => photoName(symbol)).filter(Boolean);
  const names = [...onCards, ...Object.values(pack.portraits)];
  for (const name of await store.missingPhotos(names)) {
    const { type, content } = await askHub(`/tablet/api/local-picture/${name}`, { token });
    await store.keepPhoto(name, type, bytesOf(content));
  }
  const missing = new Set(await store.missingSounds(pack.sounds.map(({ name }) => name)));
  for (const sound of pack.sounds.filter(({ name }) => missing.has(name))) {
    const { type, content } = await askHub(`/tablet/api/local-sound/${sound.name}`, { token });
    await store.keepLocalSound(sound, type, bytesOf(content));
  }
  await store.keepLocalPack(pack, names); // last: until then the pack before is the one in use
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Whether a conversation can begin: an older pack will do, none at all only where none is wanted. */
export async function hasLocalPack(tablet) {
  return !tablet?.local_version || (await store.localVersion()) !== undefined;
}
