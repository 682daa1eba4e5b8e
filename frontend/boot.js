// Starts the shop, without an inline script, and fetches meanwhile what the first page will ask for:
// src/http.rs finds it in `window.tiffin`.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const trouble = document.getElementById("trouble");
trouble.querySelector("button").addEventListener("click", async () => {
  // What is kept may be what is broken.
  try {
    if (navigator.onLine) await (await navigator.serviceWorker?.getRegistration())?.unregister();
  } catch {}
  location.reload();
});

// What the document shows until the program does; nothing if the document is of another path.
const boot = document.getElementById("boot");
if (boot.dataset.path && boot.dataset.path !== location.pathname) boot.replaceChildren();

// The program may take this long to come.
const TIMEOUT = 15_000;
let isLate = false;
setTimeout(() => {
  isLate = boot.isConnected;
  if (isLate) trouble.hidden = false;
}, TIMEOUT);

// Buttons that were pressed and options that were chosen before the program was there. Links are the
// browser's until then: the router listens before it can show another page.
const pressed = [];
const chosen = new Set();
boot.addEventListener("change", ({ target }) => chosen.add(target));
boot.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) pressed.push(button);
  button?.setAttribute("aria-busy", "true");
  if (event.target.closest("a")) event.stopPropagation();
});

// Removes what the document showed. What was begun there goes on: what is in its fields, a chosen
// option, the focus, opened hours, pressed buttons (of those that open a dialog, the last one).
function takeOver() {
  const focused = boot.contains(document.activeElement) && document.activeElement;
  boot.remove();
  const textOf = (it) => (it.querySelector(".visually-hidden") ?? it).textContent;
  const nameOf = (it) => it.id || it.getAttribute("aria-label") || it.getAttribute("href") || textOf(it);
  const alike = (root, old) =>
    [...root.querySelectorAll(old.localName)].filter((it) => nameOf(it) === nameOf(old));
  const counterpart = (old) => alike(document, old)[alike(boot, old).indexOf(old)];
  for (const old of boot.querySelectorAll("input, select")) {
    // A text may have been typed, or restored by the browser, before this script was there.
    const isChanged = old.localName === "select" ? chosen.has(old) : old.value !== old.defaultValue;
    const field = isChanged && counterpart(old);
    if (!field || field.value === old.value) continue;
    field.value = old.value;
    // Some fields count as they are typed in, others when they are left.
    for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true }));
  }
  if (focused) counterpart(focused)?.focus({ preventScroll: true });
  const details = boot.querySelector("details[open]") && document.querySelector("details");
  if (details) details.open = true;
  const last = pressed[pressed.length - 1];
  for (const button of pressed) if (button === last || !button.hasAttribute("aria-haspopup")) counterpart(button)?.click();
}

// WebKit throws after 100 calls in ten seconds, which leptos_router does not expect. Then a new page is
// loaded as by any link, and a changed query is not written.
for (const name of ["pushState", "replaceState"]) {
  const original = history[name];
  history[name] = function (state, unused, url) {
    try {
      original.call(this, state, unused, url);
    } catch (error) {
      const target = url && new URL(url, location.href);
      if (name === "pushState" && target?.origin === location.origin) location.assign(target);
    }
    keepDocument();
  };
}

// A file of a release is named by its content.
const isOfRelease = (path) => /\.[0-9a-f]{16}\.[a-z]+$/.test(path);

// The service worker, once it runs, and the last page that it was asked to keep.
let worker, kept;
function keepDocument() {
  if (!worker || location.pathname === kept) return;
  kept = location.pathname;
  try {
    worker.postMessage(kept);
  } catch {} // it has ended
}

// Has sw.js keep the program, and offers a reload once there is a new version.
async function keepForNextTime() {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const registration = await workers.register("/sw.js");
  if (workers.controller) kept = location.pathname; // it has answered with this document
  workers.ready.then(({ active }) => {
    worker = active;
    keepDocument();
  });
  const update = document.getElementById("update");
  const [reload, later] = update.querySelectorAll("button");
  reload.addEventListener("click", () => location.reload());
  later.addEventListener("click", () => (update.hidden = true));
  const offer = async () => {
    if (!registration.waiting) return;
    // This page may be of the version that waits.
    const newest = await fetch("/sw.js", { cache: "no-cache" }).then((response) => response.text());
    const isOlder = newest.includes("/boot.") && !newest.includes(new URL(import.meta.url).pathname);
    update.hidden = !isOlder;
  };
  const offerOrNot = () => offer().catch(() => {});
  offerOrNot();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offerOrNot);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) registration.update().catch(() => {});
  });
}

// The other pages; a release replaces the name (backend/ops/src/site/names.rs).
const LAZY = "/split_lazy.wasm";

// Has the browser load what its formatters need, beside the page.
const FORMATS = "/formats.js";

// Fetches what the first page will ask for.
function prefetch() {
  const menu = location.pathname.match(/^\/r\/([a-z0-9-]+)$/)?.[1];
  if (!menu && location.pathname !== "/" && isOfRelease(LAZY)) {
    const link = { rel: "preload", as: "fetch", crossOrigin: "", type: "application/wasm", href: LAZY };
    document.head.append(Object.assign(document.createElement("link"), link));
  }
  window.tiffin = new Map();
  for (const path of ["/config.json", menu ? `/api/restaurants/${menu}` : "/api/restaurants"]) {
    const answer = fetch(path);
    answer.catch(() => {}); // who takes it handles the error
    window.tiffin.set(path, answer);
  }
}

// A document with content is painted, with its first picture, before the program takes the connection:
// its links to the program have no `rel` and `href` until then.
const postponed = document.querySelectorAll("link[data-href]");
const painted = new Promise((resolve) => {
  if (postponed.length === 0 || document.hidden) resolve();
  const picture = boot.querySelector("img");
  requestAnimationFrame(() =>
    setTimeout(() => Promise.resolve(picture?.decode?.()).then(resolve, resolve)),
  );
  setTimeout(resolve, 1_000);
});

// The program shows the page in this very task.
const started = new Promise((resolve) => {
  const finish = () => {
    if (isLate) trouble.hidden = true; // but not what the program itself says
    try {
      takeOver();
    } finally {
      resolve();
    }
  };
  addEventListener("started", finish, { once: true });
});

// Compiles and instantiates the program in a task each; if it cannot be streamed, wasm-bindgen loads it.
const compile = () =>
  WebAssembly.compileStreaming(fetch(wasm)).then(
    (module) => new Promise((resolve) => setTimeout(resolve, 0, module)),
    () => wasm,
  );

painted
  .then(() => {
    for (const link of postponed) Object.assign(link, { href: link.dataset.href, rel: link.dataset.rel });
    prefetch();
    return import(js);
  })
  .then((shop) => {
    // After the first paint: it would compete for the connection.
    try {
      new Worker(FORMATS);
    } catch {} // the program makes its first formatter itself
    return compile().then((module_or_path) => shop.default({ module_or_path }));
  })
  .then(() => started)
  .then(() => {
    if (isOfRelease(import.meta.url)) keepForNextTime().catch(() => {});
  })
  .catch((error) => {
    console.error(error);
    trouble.hidden = false;
  });
