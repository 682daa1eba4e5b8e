// What happens in the local AWS, as it happens. The feed comes as server-sent events; each entry
// becomes one line, and what a function logs about an event is also shown with that event.
"use strict";

const KEPT = 500;
const $ = (id) => document.getElementById(id);
const feed = $("feed");
const events = new Map(); // event id -> the list of what came of it
let about = { rules: {}, sample: {} };
let sent = null; // the event that was last sent by hand

// ---- small helpers ----

function element(tag, className, ...children) {
  const it = document.createElement(tag);
  if (className) it.className = className;
  it.append(...children);
  return it;
}

function details(title, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return element("details", "", element("summary", "", title), element("pre", "", text));
}

const kind = (text) => element("span", "kind", text);
const chip = (text) => element("span", "chip", text);
const seconds = (ms) => new Date(ms).toLocaleTimeString([], { hour12: false }) + "." + String(ms % 1000).padStart(3, "0");

// What of a log line is said elsewhere, or to CloudWatch only.
const UNSAID = ["message", "function", "event_id", "request_id", "timestamp", "_aws"];

// A log line as a sentence: its message, then the rest of its fields.
function sentence(line) {
  try {
    const fact = JSON.parse(line);
    const { message } = fact;
    if (typeof message !== "string") return line;
    const rest = Object.entries(fact).filter(([name]) => !UNSAID.includes(name));
    const fields = rest.map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
    return [message, ...fields].join(" · ");
  } catch {
    return line;
  }
}

// ---- one function per kind of entry: what it says and how it looks ----

const show = {
  event_put(it) {
    const came = element("ul", "came");
    events.set(it.event.id, came);
    const rules = it.matched_rules.length ? it.matched_rules.map(chip) : [chip("no rule matched")];
    return ["event", kind(it.event["detail-type"]), ` from ${it.event.source}`, ...rules, came, details("The event", it.event)];
  },
  event_refused: (it) => ["bad", kind("Event refused"), ` ${it.code}: ${it.message}`],
  invoked(it) {
    const how = it.invocation === "asynchronous" ? "" : " and answered";
    const attempt = it.attempt > 1 ? `, attempt ${it.attempt}` : "";
    if (it.error) return ["bad", kind(it.function), ` failed after ${it.duration_ms} ms${attempt}: ${it.error}`];
    return ["good", kind(it.function), ` ran${how} in ${it.duration_ms} ms${attempt}`];
  },
  retry_scheduled: (it) => ["warn", kind(it.function), ` is tried again at ${seconds(it.due)} (attempt ${it.attempt} failed: ${it.reason})`],
  dead_lettered: (it) => ["bad", kind("Dead letter"), ` for ${it.function}: ${it.reason}`, chip(it.queue ?? "dropped, there is no queue")],
  code: (it) => ["good", kind("Mail"), ` to ${it.email}: code `, element("code", "", it.code)],
  socket: (it) => ["", kind("WebSocket"), ` ${it.change}`, chip(it.connection_id)],
  push: (it) => [it.status === 200 ? "good" : "warn", kind("Push"), ` answered ${it.status}`, chip(it.connection_id), details("The message", it.body)],
  log: (it) => ["", kind(it.function), ` says: ${sentence(it.line)}`],
  denied: (it) => ["bad", kind("Denied"), ` ${it.function} may not ${it.action} on ${it.resource}`],
  fault: (it) => ["warn", kind("Fault on purpose"), ` ${it.what}`],
};

function isIdle(it) {
  const scheduled = Object.values(about.rules).filter((rule) => rule.schedule).flatMap((rule) => rule.functions);
  return it.kind === "invoked" && !it.error && scheduled.includes(it.function);
}

function add(it) {
  const [className, ...content] = (show[it.kind] ?? ((other) => ["", kind(other.kind), details("Entry", other)]))(it);
  const time = element("time", "", seconds(it.at));
  time.dateTime = new Date(it.at).toISOString();
  const row = element("li", className, time, element("div", "", ...content));
  row.dataset.kind = it.kind;
  row.dataset.text = JSON.stringify(it).toLowerCase();
  if (isIdle(it)) row.dataset.idle = "";
  feed.prepend(row);
  filter(row);
  if (feed.children.length > KEPT) feed.lastElementChild.remove();
  $("empty").hidden = true;
  relate(it);
}

// A line that names an event belongs to that event, too.
function relate(it) {
  if (it.kind === "log") {
    for (const [id, came] of events) {
      if (it.line.includes(id)) came.append(element("li", "", kind(it.function), ` ${sentence(it.line)}`));
    }
  }
  if (it.kind === "dead_lettered") showLetters();
  if (sent) sent.see(it);
}

// ---- filters ----

function filter(row) {
  const wanted = $("find").value.trim().toLowerCase();
  row.hidden = (row.dataset.kind === "log" && !$("logs").checked)
    || ("idle" in row.dataset && !$("idle").checked)
    || (wanted !== "" && !row.dataset.text.includes(wanted));
}

const filterAll = () => { for (const row of feed.children) filter(row); };
for (const id of ["find", "logs", "idle"]) $(id).addEventListener("input", filterAll);
$("clear").addEventListener("click", () => { feed.replaceChildren(); events.clear(); $("empty").hidden = false; });

// ---- sending an event, and what came of it ----

class Sent {
  constructor(id, detail) {
    this.id = id;
    this.mark = null; // the value that events of the same story share
    try { this.mark = JSON.parse(detail)[about.sample.id_field] ?? null; } catch { /* no object: no mark */ }
    this.functions = null; // those that have yet to run
    this.followed = 0;
    this.line(`Accepted as ${id}.`);
  }

  line(text, className) { $("sent").append(element("p", className, text)); }

  see(it) {
    if (it.kind === "event_put" && it.event.id === this.id) return this.matched(it.matched_rules);
    if (this.functions === null) return;
    if (it.kind === "event_put" && this.mark && JSON.stringify(it.event.detail).includes(this.mark)) {
      this.followed += 1;
      this.line(`It led to ${it.event["detail-type"]}.`);
    }
    if (it.kind === "log" && it.line.includes(this.id)) {
      this.line(`${it.function}: ${sentence(it.line)}`);
    }
    if (it.kind === "invoked" && this.functions.delete(it.function)) {
      if (it.error) this.line(`${it.function} failed: ${it.error}`, "bad");
      if (this.functions.size === 0) setTimeout(() => this.conclude(), 500);
    }
  }

  matched(rules) {
    this.functions = new Set(rules.flatMap((rule) => about.rules[rule]?.functions ?? []));
    this.line(rules.length ? `Matched ${rules.join(", ")}.` : "No rule matches it, so nothing happens.");
  }

  conclude() {
    if (sent === this && this.followed === 0) this.line("Every function has run, and no further event came of it so far.");
  }
}

$("send").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  $("sent").replaceChildren();
  const body = JSON.stringify({
    source: $("source").value,
    detail_type: $("detail-type").value,
    detail: $("detail").value,
    fresh_id: submitted.submitter?.value === "fresh",
  });
  try {
    const reply = await fetch("/_local/events", { method: "POST", headers: { "content-type": "application/json" }, body });
    const answer = await reply.json();
    if (!reply.ok) {
      sent = null;
      $("sent").append(element("p", "bad", `Refused: ${answer.code}: ${answer.message}`));
      return;
    }
    sent = new Sent(answer.event_id, answer.detail);
    // The feed may have been faster than the answer.
    for (const it of recent) sent.see(it);
  } catch {
    $("sent").append(element("p", "bad", "It could not be sent: the local AWS does not answer."));
  }
});

// ---- dead letters ----

async function showLetters() {
  const letters = await (await fetch("/_local/dead-letters.json")).json();
  $("dead").hidden = letters.length === 0;
  $("letters").replaceChildren(...letters.map(letter));
}

function letter(it) {
  const button = element("button", "", "Redrive");
  button.type = "button";
  button.setAttribute("aria-label", `Redrive: invoke ${it.function} again`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const path = [it.queue, it.message_id].map(encodeURIComponent).join("/");
    await fetch(`/_local/dead-letters/${path}/redrive`, { method: "POST" });
    await showLetters();
  });
  const title = element("p", "", kind(it.function), ` ${it.reason}`);
  return element("li", "card", title, element("p", "quiet", `${it.queue}, ${new Date(it.sent).toLocaleString()}`), details("The payload", it.payload), button);
}

// ---- the start ----

const recent = [];

function listen() {
  const source = new EventSource("/_local/feed");
  source.addEventListener("open", () => { $("state").textContent = "Live"; $("state").dataset.live = ""; });
  source.addEventListener("error", () => { $("state").textContent = "Reconnecting"; delete $("state").dataset.live; });
  source.addEventListener("message", (message) => {
    const it = JSON.parse(message.data);
    recent.push(it);
    if (recent.length > 50) recent.shift();
    add(it);
  });
}

async function start() {
  about = await (await fetch("/_local/about.json")).json();
  $("stack").textContent = `${about.stack}, ${about.region}`;
  const sample = about.sample;
  $("source").value = sample.source;
  $("detail-type").value = sample.detail_type;
  $("detail").value = sample.detail;
  $("fresh").hidden = !sample.id_field;
  await showLetters();
  listen();
}

start();
