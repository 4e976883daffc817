// One stream of changes a page; it closes while the tab is hidden, since a browser opens only six to one server.
// An element with data-live="episode case" is fetched anew (its hx-get, hx-trigger="live") after such a change.
const address = document.body.dataset.liveAddress;
const dot = document.querySelector("[data-live-dot]");
const word = document.querySelector("[data-live-word]");
const GATHER_MS = 400;
const RETRY_MS = 2000;
let stream = null;
let waiting = new Set();
let timer = 0;

function say(on, text) {
  if (dot) dot.dataset.state = on ? "on" : "off";
  if (word) word.textContent = text;
}

function refresh() {
  timer = 0;
  const topics = waiting;
  waiting = new Set();
  for (const element of document.querySelectorAll("[data-live]")) {
    const wanted = element.dataset.live.split(" ");
    const typing = element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    if (!typing && (topics.has("all") || wanted.some((topic) => topics.has(topic)))) window.htmx.trigger(element, "live");
  }
}

function changed(topic) {
  waiting.add(topic);
  timer ||= setTimeout(refresh, GATHER_MS);
}

function open() {
  if (stream || document.hidden) return;
  stream = new EventSource(address);
  stream.addEventListener("open", () => say(true, "实时更新中"));
  stream.addEventListener("error", () => {
    say(false, "实时更新中断，正在重连");
    // after an answer that is no stream (a server that starts) the browser gives up: then we try again
    if (stream?.readyState === EventSource.CLOSED) {
      stream = null;
      setTimeout(open, RETRY_MS);
    }
  });
  // the session has ended: what somebody else may not see does not stay on the screen
  stream.addEventListener("over", () => window.location.reload());
  stream.addEventListener("change", (event) => {
    const change = JSON.parse(event.data);
    changed(change.topic);
    document.dispatchEvent(new CustomEvent("kuangan:change", { detail: change }));
  });
}

function close() {
  stream?.close();
  stream = null;
  say(false, "页面在后台，实时更新暂停");
}

// what a page fetches by itself is no use of the session: the server's idle time goes on
document.addEventListener("htmx:configRequest", (event) => {
  const cause = event.detail.triggeringEvent?.type;
  if (!cause || cause === "live" || cause === "hx:poll:trigger") event.detail.headers["X-Kuangan-Background"] = "1";
});

if (address) {
  open();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else {
      open();
      changed("all");
    }
  });
  window.addEventListener("pagehide", close);
}
