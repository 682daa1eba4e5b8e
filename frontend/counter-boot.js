// Starts the counter from a file of its own, so that the page needs no inline script.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const boot = document.getElementById("boot");
const trouble = document.getElementById("trouble");
trouble.querySelector("button").addEventListener("click", () => location.reload());

// The program may take this long to come.
const TIMEOUT = 15_000;
const late = setTimeout(() => (trouble.hidden = false), TIMEOUT);

import(js)
  .then((counter) => counter.default({ module_or_path: wasm }))
  .then(() => {
    clearTimeout(late);
    boot.remove();
  })
  .catch((error) => {
    console.error(error);
    trouble.hidden = false;
  });
