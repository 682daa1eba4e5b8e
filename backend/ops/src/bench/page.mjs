// Measures pages on a throttled phone, and prints what it found as JSON, one line for each page.
//
// node page.mjs LIGHTHOUSE INPUT: the folder of Lighthouse's package, and the struct `Input` of page.rs
// as JSON. Lighthouse is used with its mobile preset; puppeteer-core comes with it.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, text] = process.argv.slice(2);
const input = JSON.parse(text);
const { resolve } = createRequire(`${folder}/`);
const load = async (name) => (await import(pathToFileURL(resolve(name)))).default;
const [lighthouse, puppeteer] = await Promise.all(["lighthouse", "puppeteer-core"].map(load));

// Lighthouse's mobile preset, which the other measurement has too.
const PHONE = { width: 412, height: 823, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true };
const SLOW_4G = { download: 1.6e6 / 8, upload: 750e3 / 8, latency: 150 };
const CPU_SLOWDOWN = 4;

async function inBrowser(use) {
  const [executablePath, ...args] = input.chromium;
  const browser = await puppeteer.launch({ executablePath, args, headless: true });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

// Signs a browser in, as the page stores it. Each session has a token of its own, which is used once.
async function signIn(page) {
  const config = await (await fetch(`${input.site}/config.json`)).json();
  const { email, password } = input.account;
  const answer = await fetch(input.site + config.cognito_endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: config.client_id,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  });
  const tokens = (await answer.json()).AuthenticationResult;
  const session = JSON.stringify({ refresh_token: tokens.RefreshToken, email });
  await page.goto(`${input.site}/robots.txt`);
  await page.evaluate((session) => localStorage.setItem("tiffin.session", session), session);
}

const audit = ({ path, is_private }) =>
  inBrowser(async (browser) => {
    if (is_private) await signIn(await browser.newPage());
    const port = Number(new URL(browser.wsEndpoint()).port);
    const flags = { port, logLevel: "error", disableStorageReset: true };
    const { lhr } = await lighthouse(input.site + path, flags);
    if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
    const figure = (name) => lhr.audits[name].numericValue;
    const score = ({ score }) => Math.round(score * 100);
    return {
      scores: Object.fromEntries(Object.values(lhr.categories).map((it) => [it.id, score(it)])),
      first_contentful_paint: figure("first-contentful-paint"),
      largest_contentful_paint: figure("largest-contentful-paint"),
      total_blocking_time: figure("total-blocking-time"),
      cumulative_layout_shift: figure("cumulative-layout-shift"),
    };
  });

// A phone of Lighthouse's mobile preset, throttled by DevTools.
async function throttle(page) {
  await page.setViewport(PHONE);
  await page.emulateCPUThrottling(CPU_SLOWDOWN);
  await page.emulateNetworkConditions(SLOW_4G);
}

// Opens a path, and measures how long the first thing that `selector` finds takes to be there, and the
// program to run; and the longest tasks from when that is asked for.
async function open(page, path, selector) {
  await page.evaluateOnNewDocument((selector) => {
    window.times = { tasks: [] };
    times.observer = new PerformanceObserver((list) => times.tasks.push(...list.getEntries()));
    times.observer.observe({ type: "longtask", buffered: true });
    addEventListener("started", () => setTimeout(() => (times.started = performance.now())));
    const look = () => {
      if (document.querySelector(selector)) times.shown ??= performance.now();
      if (!times.shown || !times.started) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, selector);
  await page.goto(input.site + path);
  await page.waitForFunction(() => times.shown && times.started, { timeout: 60_000 });
  return page.evaluate(async () => {
    // The page that is shown has to be laid out and painted.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve));
    times.tasks.push(...times.observer.takeRecords());
    const program = performance.getEntriesByType("resource").find(({ name }) => name.endsWith(".wasm"));
    const { shown, started, tasks } = times;
    const starting = tasks.filter((task) => task.startTime + task.duration > program.startTime);
    const durations = starting.map((task) => task.duration).sort((one, other) => other - one);
    const [longest_task = 0, second_longest_task = 0] = durations;
    return { shown, started, long_tasks: durations.length, longest_task, second_longest_task };
  });
}

// A first visit. The document of the path `served` is served in place of the path's own.
const firstVisit = ({ path, selector, is_private }, served) =>
  inBrowser(async (browser) => {
    const page = await browser.newPage();
    if (is_private) await signIn(page);
    await throttle(page);
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      request.continue(request.isNavigationRequest() ? { url: input.site + served } : {});
    });
    return open(page, path, selector);
  });

// A visit after another one, whose service worker has kept the program.
const laterVisit = ({ path, selector, is_private }) =>
  inBrowser(async (browser) => {
    const page = await browser.newPage();
    if (is_private) await signIn(page);
    await page.goto(input.site + path);
    await page.waitForFunction(
      async () => (await navigator.serviceWorker.getRegistration())?.active && (await caches.match("/shell.html")),
      { timeout: 60_000, polling: 100 },
    );
    await page.close();
    const again = await browser.newPage();
    await throttle(again);
    return open(again, path, selector);
  });

for (const visit of input.pages) {
  const [audits, prerendered, shell, kept] = [[], [], [], []];
  for (let run = 0; run < input.runs; run++) {
    audits.push(await audit(visit));
    if (!visit.is_private) prerendered.push(await firstVisit(visit, visit.path));
    shell.push(await firstVisit(visit, "/shell.html"));
    kept.push(await laterVisit(visit));
  }
  console.log(JSON.stringify({ path: visit.path, audits, prerendered, shell, kept }));
}
