// Starts the shop from a file of its own, so that the page needs no inline script, and fetches
// meanwhile what the first page will ask for: src/server.rs finds the answers in `window.tiffin`.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const trouble = document.getElementById("trouble");
trouble.querySelector("button").addEventListener("click", () => location.reload());

window.tiffin = new Map();
for (const path of ["/config.json", "/api/restaurants"]) {
  const answer = fetch(path);
  answer.catch(() => {}); // whoever takes it hears of it
  window.tiffin.set(path, answer);
}

import(js)
  .then((shop) => shop.default({ module_or_path: wasm }))
  .catch((error) => {
    console.error(error);
    trouble.hidden = false;
  });
