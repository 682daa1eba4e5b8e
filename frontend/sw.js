// Keeps the program, and the documents and pictures that were shown last, so that the shop opens at
// once and without a connection. Only a release has it: boot.js registers it there.
//
// The documents contain the public catalog. Responses of the API, config.json and tokens are never
// kept, so nothing here belongs to a customer.
//
// There is no skipWaiting: a new version waits until no page of this one is open, whose files must not
// go. But while one waits, documents come from the network, so that a reload shows the new version.

// The release names them by their content.
const FILES = [
  "/boot.js",
  "/formats.js",
  "/frontend.js",
  "/frontend_bg.wasm",
  "/frontend_split.js",
  "/split_lazy.wasm",
  "/shop.css",
  "/mark.svg",
];
const SHELL = "/shell.html";
// The hash of boot.js covers this file, which it names, and so all of FILES: it identifies the release.
const CACHE = `tiffin ${FILES[0]}`;
const PICTURES = "tiffin pictures";
// How many documents and pictures are kept.
const MOST_DOCUMENTS = 40;
const MOST_PICTURES = 300;
// How long a person waits for the network if there is a document that was kept, in milliseconds.
const TIMEOUT = 3_000;

const isDocument = (path) => /^\/(r\/[a-z0-9-]+)?$/.test(path);
const isOfRelease = (path) => /\.[0-9a-f]{16}\.[a-z]+$/.test(path);
// The counter (/counter) is a page of its own, for staff, who act on what is true now.
const isRoute = (path) => !/^\/(api|cognito|counter|live|_local)\b|\.[^/]*$/.test(path);
// Storage may be full, or damaged: then everything comes from the network.
const find = (key) => caches.match(key).catch(() => undefined);

if (isOfRelease(FILES[0])) {
  addEventListener("install", (event) => {
    const keepAll = async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll([SHELL, ...FILES]);
      const shell = await (await cache.match(SHELL)).text();
      if (!shell.includes(FILES[0])) throw new Error("the documents are of another version yet");
      await freshDocument("/");
    };
    event.waitUntil(keepAll());
  });

  addEventListener("activate", (event) => {
    const removeOthers = async () => {
      const others = (await caches.keys()).filter((name) => ![CACHE, PICTURES].includes(name));
      await Promise.all(others.map((name) => caches.delete(name)));
    };
    event.waitUntil(removeOthers());
  });

  addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    if (isDocument(pathname)) {
      event.respondWith(answer(event, pathname));
    } else if (request.mode === "navigate" && isRoute(pathname)) {
      event.respondWith(answer(event, SHELL));
    } else if (pathname.startsWith("/art/") || pathname.startsWith("/pictures/")) {
      event.respondWith(picture(event));
    } else if (isOfRelease(pathname)) {
      event.respondWith(find(request).then((kept) => kept ?? fetch(request)));
    }
  });

  // A page has shown this menu without loading its document.
  addEventListener("message", (event) => {
    if (isDocument(event.data)) event.waitUntil(freshDocument(event.data).catch(() => {}));
  });
} else {
  // `cargo dev` after a release at the same address.
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(registration.unregister()));
}

// What was shown last, at once, and what the network has for the next time. On a reload, and while a new
// version is being installed or waits, what the network has, if that comes.
async function answer(event, path) {
  const kept = await find(path);
  const fresh = freshDocument(path);
  event.waitUntil(fresh.catch(() => {}));
  const isOld =
    registration.waiting || registration.installing || event.request.isReloadNavigation;
  if (kept && !isOld) return kept;
  if (!kept) return fresh.catch(async () => (await find(SHELL)) ?? Response.error());
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), TIMEOUT));
  return Promise.race([fresh.then((it) => (it.ok ? it : kept)), late]).catch(() => kept);
}

// Fetches a document, and keeps it if it is of this version: another one names files that are not kept.
async function freshDocument(path) {
  const response = await fetch(path, { cache: "no-cache" });
  if (response.redirected) throw new Error(`${path} leads elsewhere`);
  const text = await response.clone().text();
  if (response.ok && text.includes(FILES[0])) {
    await keep(path, text, response.clone()).catch(() => {});
  }
  return response;
}

async function keep(path, text, response) {
  const cache = await caches.open(CACHE);
  // A restaurant that is gone has no document of its own any more.
  const isItsOwn = path === SHELL || text.includes('id="prerendered"');
  if (!isItsOwn) return cache.delete(path);
  if (path !== SHELL) await cache.delete(path); // the newest is the last one
  await cache.put(path, response);
  await trim(cache, MOST_DOCUMENTS, isDocument);
}

async function picture(event) {
  const kept = await find(event.request);
  if (kept) return kept;
  const response = await fetch(event.request);
  const isPicture = response.headers.get("content-type")?.startsWith("image/");
  if (response.status === 200 && !response.redirected && isPicture) {
    const copy = response.clone();
    const keepPicture = async () => {
      const cache = await caches.open(PICTURES);
      await cache.put(event.request, copy);
      await trim(cache, MOST_PICTURES, () => true);
    };
    event.waitUntil(keepPicture().catch(() => {}));
  }
  return response;
}

// Removes the oldest.
async function trim(cache, most, isOfKind) {
  const keys = (await cache.keys()).filter((key) => isOfKind(new URL(key.url).pathname));
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}
