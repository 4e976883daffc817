// Due times tick in the page's own clock: the server's moment at rendering, moved on at the server's rate.
const page = document.documentElement.dataset;
const rate = Number(page.rate) || 1;
const rendered = Number(page.now);
const began = performance.now();

const now = () => rendered + (performance.now() - began) * rate;

function length(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days) return `${days}天${hours}小时`;
  if (hours) return `${hours}小时${minutes}分`;
  return minutes ? `${minutes}分${String(seconds % 60).padStart(2, "0")}秒` : `${seconds}秒`;
}

function draw(element, at) {
  const left = Number(element.dataset.due) - at;
  const floor = element.dataset.kind === "floor";
  const soon = Number(element.dataset.soon) || 600000;
  element.classList.toggle("late", left < 0 && !floor);
  element.classList.toggle("soon", left >= 0 && left < soon && !floor);
  if (floor) element.textContent = left < 0 ? "期限已满" : `尚需 ${length(left)}`;
  else element.textContent = left < 0 ? `逾期 ${length(left)}` : `还剩 ${length(left)}`;
}

function drawAge(element, at) {
  const passed = at - Number(element.dataset.since);
  element.textContent = passed < -30000 ? `时间超前 ${length(passed)}` : `${length(Math.max(0, passed))}${element.dataset.after || "前"}`;
}

const beijing = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

function drawClock(element, at) {
  const part = Object.fromEntries(beijing.formatToParts(at).map(({ type, value }) => [type, value]));
  element.textContent = `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`;
}

function tick() {
  const at = now();
  for (const element of document.querySelectorAll("[data-due]")) draw(element, at);
  for (const element of document.querySelectorAll("[data-since]")) drawAge(element, at);
  for (const element of document.querySelectorAll("[data-clock]")) drawClock(element, at);
}

tick();
setInterval(tick, 1000);
document.body.addEventListener("htmx:afterSettle", tick);
