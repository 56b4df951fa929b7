/**
 * Each picture is drawn once on a tablet, and its service worker keeps the drawn one in place of the SVG.
 * A browser keeps a document of its own for every SVG that is an image, and minds each of them at each
 * of its tasks: with a conversation's pictures that took more of a tap than the tap itself.
 */
const SIDE = 288; // CSS pixels: the largest picture on a child's screen has 272
const PATIENCE_MS = 5_000; // for a service worker that does not answer

/** Draw the picture at this address, unless it is drawn. Without a service worker it stays as it is. */
export async function rasterise(address) {
  const { controller } = navigator.serviceWorker ?? {};
  if (!controller || !address.startsWith("/")) return; // a unit's own photograph is no SVG
  const found = await fetch(address);
  if (!found.headers.get("Content-Type")?.startsWith("image/svg")) return void found.body?.cancel();
  const picture = await drawn(await found.blob());
  await kept(controller, { raster: address, picture });
}

async function drawn(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    const side = Math.ceil(SIDE * Math.max(1, devicePixelRatio));
    const canvas = new OffscreenCanvas(side, side);
    canvas.getContext("2d").drawImage(image, 0, 0, side, side);
    return await canvas.convertToBlob();
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

const kept = (worker, message) =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    setTimeout(done, PATIENCE_MS);
    worker.postMessage(message, [port2]);
  });
