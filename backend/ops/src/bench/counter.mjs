// Measures the counter's board in a rush and when it is full, and prints what it found as one line of JSON.
//
// node counter.mjs LIGHTHOUSE INPUT: the folder of Lighthouse's package, with which puppeteer-core comes,
// and the struct `Input` of counter.rs as JSON.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, text] = process.argv.slice(2);
const input = JSON.parse(text);
const { resolve } = createRequire(`${folder}/`);
const puppeteer = (await import(pathToFileURL(resolve("puppeteer-core")))).default;
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// RFC 9562, section 5.7.
function uuidV7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// Places an order; its id, and when it was accepted.
async function place() {
  const id = uuidV7();
  const headers = { authorization: `Bearer ${input.token}`, "content-type": "application/json" };
  const request = { method: "PUT", headers, body: JSON.stringify(input.order) };
  for (;;) {
    const answer = await fetch(`${input.site}/api/orders/${id}`, request);
    if (answer.ok) return { id, at: Date.now() };
    if (answer.status !== 503) throw new Error(`${answer.status} ${await answer.text()}`);
    await sleep(100);
  }
}

// Signs in as the cook, starts the shift, and counts what is pushed.
async function openBoard(browser) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1024, height: 768 });
  const pushed = [];
  const client = await page.createCDPSession();
  await client.send("Network.enable");
  client.on("Network.webSocketFrameReceived", ({ response }) => {
    if (response.payloadData.includes("order_placed")) pushed.push(response.payloadData);
  });
  await page.evaluateOnNewDocument(() => {
    window.appeared = {};
    window.notes = 0;
    const start = AudioScheduledSourceNode.prototype.start;
    AudioScheduledSourceNode.prototype.start = function (...when) {
      notes += 1;
      return start.apply(this, when);
    };
    const look = (nodes) => {
      for (const node of nodes) {
        for (const heading of node.querySelectorAll?.("[id^=ticket-]") ?? []) appeared[heading.id.slice(7)] ??= Date.now();
      }
    };
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => look(addedNodes)))
      .observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${input.site}/counter`);
  await page.waitForSelector("input[type=password]");
  await page.type("input[type=email]", input.account.email);
  await page.type("input[type=password]", input.account.password);
  await page.click("button[type=submit]");
  const press = (text) => page.locator(`::-p-xpath(//button[starts-with(., "${text}")])`).click();
  await press("Start shift");
  await press("Yes");
  await page.waitForSelector(".connection.live");
  return { page, pushed };
}

// How long it took, in milliseconds, until each of these orders was on the board; `null` if it never was.
async function delays(page, orders) {
  const all = (ids) => ids.every((id) => appeared[id]);
  const ids = orders.map(({ id }) => id);
  await page.waitForFunction(all, { timeout: 60_000, polling: 100 }, ids).catch(() => {});
  const appeared = await page.evaluate(() => window.appeared);
  return orders.map(({ id, at }) => (appeared[id] ? Math.max(0, appeared[id] - at) : null));
}

// The longest task of the page's main thread, in milliseconds, while something is done.
async function longestTask(page, act) {
  await page.tracing.start({ categories: ["toplevel", "disabled-by-default-v8.compile"] });
  await act();
  const trace = JSON.parse(Buffer.from(await page.tracing.stop()).toString());
  const threads = trace.traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const mains = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = trace.traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === "X" && name.endsWith("RunTask") && mains.has(`${pid} ${tid}`),
  );
  return tasks.reduce((longest, { dur }) => Math.max(longest, dur / 1_000), 0);
}

const [executablePath, ...args] = input.chromium;
const browser = await puppeteer.launch({ executablePath, args, headless: true });
try {
  const { page, pushed } = await openBoard(browser);
  const placing = [];
  for (let count = 0; count < input.orders; count++) {
    placing.push(place());
    await sleep(input.every_millis);
  }
  const orders = await Promise.all(placing);
  const shown = await delays(page, orders);
  const rung = await page.evaluate(() => ({ notes, said: document.querySelector(".band.ring")?.textContent ?? "" }));
  const [quiet, events] = [[], []];
  for (let run = 0; run < input.runs; run++) {
    quiet.push(await longestTask(page, () => sleep(2_000)));
    events.push(
      await longestTask(page, async () => {
        const order = await place();
        await delays(page, [order]);
        await sleep(200);
      }),
    );
  }
  console.log(JSON.stringify({ shown, pushed: pushed.length, ...rung, quiet, events }));
} finally {
  await browser.close();
}
