// Starts the counter from a file of its own, so that the page needs no inline script.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const boot = document.getElementById("boot");
const trouble = document.getElementById("trouble");
trouble.querySelector("button").addEventListener("click", () => location.reload());

// A tablet on shift that shows trouble hears of no order: it is loaded again by itself, the first time soon.
const RELOADED = "tiffin.reloaded";
const RELOAD_AFTER = 5_000;
const RELOAD_EVERY = 120_000;
function reloadSoon() {
  try {
    if (trouble.hidden || !localStorage.getItem("tiffin.shift")) return;
    const before = Number(sessionStorage.getItem(RELOADED));
    setTimeout(() => {
      if (trouble.hidden) return;
      sessionStorage.setItem(RELOADED, Date.now());
      location.reload();
    }, Math.max(RELOAD_AFTER, before + RELOAD_EVERY - Date.now()));
  } catch {} // without storage there is no shift either
}
new MutationObserver(reloadSoon).observe(trouble, { attributeFilter: ["hidden"] });

// The program may take this long to come.
const TIMEOUT = 15_000;
let isLate = false;
const late = setTimeout(() => {
  isLate = true;
  trouble.hidden = false;
}, TIMEOUT);

import(js)
  .then((counter) => counter.default({ module_or_path: wasm }))
  .then(() => {
    clearTimeout(late);
    if (isLate) trouble.hidden = true;
    boot.remove();
  })
  .catch((error) => {
    console.error(error);
    trouble.hidden = false;
  });
