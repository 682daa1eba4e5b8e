// Starts the shop from a file of its own, so that the page needs no inline script, and fetches
// meanwhile what the first page will ask for: src/http.rs finds the answers in `window.tiffin`.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const trouble = document.getElementById("trouble");
trouble.querySelector("button").addEventListener("click", () => location.reload());

// The program, as long as it has not taken the boot screen away, may take this long to come.
const TIMEOUT = 15_000;
setTimeout(() => {
  if (document.getElementById("boot")) trouble.hidden = false;
}, TIMEOUT);

// WebKit throws a SecurityError after 100 calls in ten seconds, which leptos_router does not expect.
// Then a new page is loaded as any link would load it, and a changed query is not written.
for (const name of ["pushState", "replaceState"]) {
  const original = history[name];
  history[name] = function (state, unused, url) {
    try {
      original.call(this, state, unused, url);
    } catch (error) {
      const target = url && new URL(url, location.href);
      if (name === "pushState" && target?.origin === location.origin) location.assign(target);
    }
  };
}

window.tiffin = new Map();
for (const path of ["/config.json", "/api/restaurants"]) {
  const answer = fetch(path);
  answer.catch(() => {}); // who takes it handles the error
  window.tiffin.set(path, answer);
}

import(js)
  .then((shop) => shop.default({ module_or_path: wasm }))
  .then(() => (trouble.hidden = true))
  .catch((error) => {
    console.error(error);
    trouble.hidden = false;
  });
