//! JavaScript that runs before any script of a page and makes the browser another one: older,
//! stricter, or with a worse connection. [`Shopper::runs_first`](super::Shopper::runs_first) takes it.

use serde_json::json;

/// What chromedriver needs itself: it is hidden from the page's scripts alone.
const NEEDED_BY_THE_DRIVER: [&str; 2] = ["Element.prototype.scrollIntoView", "Object.hasOwn"];

/// A browser without the function, object or property of this path, such as `AbortSignal.timeout`
/// or `Element.prototype.scrollIntoView`. `window.lacking` is the path once it is gone.
pub(crate) fn without(path: &str) -> String {
    let hide = NEEDED_BY_THE_DRIVER.contains(&path);
    format!(
        "{{ const path = {path}, names = path.split('.'), last = names.pop();
            let owner = window;
            for (const name of names) owner = owner?.[name];
            const real = owner[last];
            // What an object has may be its prototype's.
            for (let o = owner; o; o = Object.getPrototypeOf(o)) delete o[last];
            if (owner[last] === undefined) window.lacking = path;
            if ({hide}) Object.defineProperty(owner, last, {{
              get: () => new Error().stack.includes(location.origin) ? undefined : real,
            }});
        }}",
        path = json!(path)
    )
}

/// Counts the notes that a page plays in `window.notes`.
pub(crate) const COUNTS_SOUNDS: &str = "{
    window.notes = 0;
    const start = AudioScheduledSourceNode.prototype.start;
    AudioScheduledSourceNode.prototype.start = function (...when) {
      window.notes += 1;
      return start.apply(this, when);
    };
}";

/// A browser that forbids storage: touching it throws, as with all cookies blocked.
pub(crate) fn storage_throws() -> String {
    "for (const name of ['localStorage', 'sessionStorage'])
       Object.defineProperty(window, name, {
         get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); },
       });"
    .to_owned()
}

/// A browser whose storage is full, or that keeps none in a private window.
pub(crate) fn storage_is_full() -> String {
    "Storage.prototype.setItem = () => {
       throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
     };"
    .to_owned()
}

/// A browser that takes so many changes of its history in ten seconds, and throws at the next:
/// WebKit takes 100.
pub(crate) fn history_throws(after: usize) -> String {
    format!(
        "{{ let times = [];
            for (const name of ['pushState', 'replaceState']) {{
              const real = History.prototype[name];
              History.prototype[name] = function (...what) {{
                const now = Date.now();
                times = times.filter((then) => now - then < 10000);
                if (times.length >= {after})
                  throw new DOMException(`Attempt to use history.${{name}}() too often`, 'SecurityError');
                times.push(now);
                return real.apply(this, what);
              }};
            }} }}"
    )
}

/// A site that never answers a `fetch` of this path, or of those below if it ends with a slash.
/// Giving up works, as it does with a real one.
pub(crate) fn slow_answer(path: &str) -> String {
    format!(
        "{{ const real = window.fetch.bind(window), slow = {};
            window.fetch = (request, options) => {{
              const path = new URL(request.url ?? request, location.href).pathname;
              if (path !== slow && !(slow.endsWith('/') && path.startsWith(slow)))
                return real(request, options);
              const signal = options?.signal ?? request.signal;
              return new Promise((_, reject) => {{
                if (signal?.aborted) reject(signal.reason);
                signal?.addEventListener('abort', () => reject(signal.reason));
              }});
            }}; }}",
        json!(path)
    )
}

/// Holds back what is fetched with this method from paths with this part, from `window.hold()`, which
/// is called at first, to `window.release()`; `window.held` counts what waits.
pub(crate) fn holds_back(method: &str, part: &str) -> String {
    format!(
        "{{ const real = window.fetch.bind(window), [method, part] = {};
            let holds, waiting = [];
            window.hold = () => {{ holds = true; window.held = 0; }};
            window.release = () => {{
              holds = false;
              for (const go of waiting) go();
              waiting = [];
            }};
            window.hold();
            window.fetch = (request, options) => {{
              const used = options?.method ?? request.method ?? 'GET';
              const path = new URL(request.url ?? request, location.href).pathname;
              if (!holds || used !== method || !path.includes(part)) return real(request, options);
              window.held += 1;
              return new Promise((resolve, reject) => {{
                waiting.push(() => real(request, options).then(resolve, reject));
              }});
            }}; }}",
        json!([method, part])
    )
}

/// A site of a later version, which calls something else than this page: in what it answers below
/// `/api/orders` and in what it pushes.
pub(crate) fn later_version(known: &str, later: &str) -> String {
    format!(
        "{{ const real = window.fetch.bind(window), [known, later] = {};
            window.fetch = async (request, options) => {{
              const response = await real(request, options);
              const path = new URL(request.url ?? request, location.href).pathname;
              if (!path.startsWith('/api/orders')) return response;
              const {{ status, headers }} = response;
              return new Response((await response.text()).replaceAll(known, later), {{ status, headers }});
            }};
            const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
            Object.defineProperty(MessageEvent.prototype, 'data', {{
              get() {{
                const value = data.get.call(this);
                return typeof value === 'string' ? value.replaceAll(known, later) : value;
              }},
            }}); }}",
        json!([known, later])
    )
}

/// Every clock of the page's JavaScript is wrong by so many minutes.
pub(crate) fn wrong_clock(minutes: i64) -> String {
    format!(
        "{{ const Right = Date, skew = {minutes} * 60000;
            window.Date = class extends Right {{
              constructor(...a) {{ if (a.length) super(...a); else super(Right.now() + skew); }}
              static now() {{ return Right.now() + skew; }}
            }}; }}"
    )
}

/// `fetch` does what bad weather would, where `sessionStorage` says so: `loading`, `error` or
/// `offline`.
pub(crate) const WEATHER: &str = "{
    const real = window.fetch.bind(window);
    const weathers = {
        loading: () => new Promise(() => {}),
        error: async () => new Response('{\"message\":\"Service Unavailable\"}', { status: 503 }),
        offline: async () => { throw new TypeError('Failed to fetch'); },
    };
    window.fetch = (request, init) => {
        const path = new URL(request.url ?? request, location.href).pathname;
        const weather = path.startsWith('/api/') && weathers[sessionStorage.weather];
        return weather ? weather() : real(request, init);
    };
}";
