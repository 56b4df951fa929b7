/* Keeps the two pages and what they load. */
const NAME = "floor";
const FILES = ["/page.html", "/page.js", "/store.html", "/store.js", "/paper.html", "/paper.js", "/worker.mjs", "/vendor/sqlite/index.mjs", "/vendor/sqlite/sqlite3.wasm"];
self.addEventListener("install", (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES))));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
const answer = async (request) => (await (await caches.open(NAME)).match(request)) ?? fetch(request);
