/* Keeps every page, picture and script of the tablet for use without net. The hub puts PACK above:
   {rev, headers, pages: {address: hash}, pictures: {address: hash}}. It touches only its own caches,
   answers only GET, and a new version waits until an adult says so. */
const PREFIX = "kid-wheel-";
const NAME = PREFIX + PACK.rev;
const WANTED = { ...PACK.pages, ...PACK.pictures };
const DRAWN_FROM = "X-Drawn-From"; // the hash of the file that a drawn picture stands for

self.addEventListener("install", (event) => {
  // Where the browser can, it takes files from the cache itself and need not wake this worker for each.
  event.addRoutes?.(
    ["/static/*", "/tablet/", "/tablet/*/adult"].map((pathname) => ({
      condition: { urlPattern: { pathname, search: "" }, requestMethod: "GET" },
      source: { cacheName: NAME },
    })),
  );
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname in WANTED) event.respondWith(kept(url.pathname, event.request));
  else if (event.request.mode === "navigate" && /^\/(tablet|local)\//.test(url.pathname) && !url.pathname.startsWith("/tablet/api/"))
    event.respondWith(kept("/tablet/", event.request));
});

self.addEventListener("message", (event) => {
  if (event.data === "ready?") event.waitUntil(answerReady(event.ports[0]));
  if (event.data === "take-over") self.skipWaiting();
  if (event.data.raster) event.waitUntil(keepRaster(event.data, event.ports[0]));
});

async function kept(address, request) {
  return (await caches.match(address, { cacheName: NAME })) ?? fetch(request);
}

async function fill() {
  const cache = await caches.open(NAME);
  const missing = [];
  for (const [address, hash] of Object.entries(WANTED)) {
    if (!(await copyFromOlder(cache, address, hash))) missing.push(address);
  }
  const pages = missing.filter((address) => address in PACK.pages);
  await Promise.all(pages.map((address) => fetchInto(cache, address)));
  if (missing.length > pages.length) await fillPictures(cache, missing.filter((address) => address in PACK.pictures));
}

/** A file that has not changed is not fetched again. */
async function copyFromOlder(cache, address, hash) {
  const own = await cache.match(address);
  if (own) return true;
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === NAME) continue;
    const found = await (await caches.open(name)).match(address);
    if (found && (await hashBehind(found)) === hash) {
      await cache.put(address, found);
      return true;
    }
  }
  return false;
}

const hashBehind = async (found) => found.headers.get(DRAWN_FROM) ?? hashOf(await found.clone().arrayBuffer());

async function fetchInto(cache, address) {
  const response = await fetch(address, { cache: "no-cache" });
  const body = await response.arrayBuffer();
  await check(address, body, response.ok);
  await cache.put(address, new Response(body, { headers: response.headers }));
}

async function fillPictures(cache, addresses) {
  const all = await (await fetch("/tablet/pictures.json", { cache: "no-cache" })).json();
  await Promise.all(
    addresses.map(async (address) => {
      const body = new TextEncoder().encode(all[address]);
      await check(address, body, true);
      const headers = { ...PACK.headers, "Content-Type": "image/svg+xml" };
      await cache.put(address, new Response(body, { headers }));
    }),
  );
}

async function check(address, body, ok) {
  if (!ok || (await hashOf(body)) !== WANTED[address]) throw new TypeError(`not what the list says: ${address}`);
}

async function hashOf(body) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What this tablet has drawn takes the place of its SVG, until the SVG is another. */
async function keepRaster({ raster, picture }, port) {
  try {
    const cache = await caches.open(NAME);
    const headers = { ...PACK.headers, "Content-Type": picture.type, [DRAWN_FROM]: PACK.pictures[raster] };
    if (raster in PACK.pictures) await cache.put(raster, new Response(picture, { headers }));
  } finally {
    port.postMessage("done");
  }
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
  await self.clients.claim();
}

/** Says what is missing, and fetches it: a browser short of room may have taken a file away. */
async function answerReady(port) {
  const answer = await ready();
  port.postMessage(answer);
  // Without net it stays missing, which is what the screen says until somebody asks again.
  if (answer.missing) await fill().catch(() => {});
}

async function ready() {
  const cache = await caches.open(NAME);
  const have = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  const missing = Object.keys(WANTED).filter((address) => !have.has(address));
  return { rev: PACK.rev, wanted: Object.keys(WANTED).length, missing: missing.length };
}
