// The alarm desk by keyboard: j/k choose, Enter opens, a letter presses the button marked with it; a tone on red, m mutes.
const MUTED = "kuangan.muted";
const desk = document.querySelector("[data-desk]");
const muteButton = document.querySelector("[data-mute]");
let sound = null;
let chosen = 0;
let known = new Set(rows().filter((row) => row.dataset.level === "red").map((row) => row.dataset.key));

function rows() {
  return [...document.querySelectorAll("[data-desk] [data-key]")];
}

function choose(index) {
  const all = rows();
  if (!all.length) return;
  chosen = Math.max(0, Math.min(index, all.length - 1));
  all.forEach((row, at) => row.classList.toggle("chosen", at === chosen));
  all[chosen].scrollIntoView({ block: "nearest" });
}

function open() {
  rows()[chosen]?.querySelector("a[data-open]")?.click();
}

function tone() {
  if (localStorage.getItem(MUTED) === "1") return;
  sound ||= new AudioContext();
  const gain = sound.createGain();
  gain.connect(sound.destination);
  const start = sound.currentTime;
  for (const [after, pitch] of [[0, 880], [0.25, 660], [0.5, 880], [0.75, 660]]) {
    const voice = sound.createOscillator();
    voice.frequency.value = pitch;
    voice.connect(gain);
    voice.start(start + after);
    voice.stop(start + after + 0.22);
  }
  gain.gain.setValueAtTime(0.25, start);
  gain.gain.linearRampToValueAtTime(0.0001, start + 1.1);
}

function drawMute() {
  const muted = localStorage.getItem(MUTED) === "1";
  if (!muteButton) return;
  muteButton.textContent = muted ? "声音已关（m）" : "声音已开（m）";
  muteButton.setAttribute("aria-pressed", String(muted));
}

function mute() {
  localStorage.setItem(MUTED, localStorage.getItem(MUTED) === "1" ? "0" : "1");
  drawMute();
}

function press(key) {
  document.querySelector(`[data-hotkey="${CSS.escape(key)}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = { j: () => choose(chosen + 1), k: () => choose(chosen - 1), ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen - 1), m: mute }[event.key];
  if (act) {
    event.preventDefault();
    act();
  } else if (event.key === "Enter" && event.target === document.body) open();
  else if (/^[a-z]$/.test(event.key)) press(event.key);
});

document.body.addEventListener("htmx:afterSettle", () => {
  const red = rows().filter((row) => row.dataset.level === "red").map((row) => row.dataset.key);
  if (red.some((key) => !known.has(key))) tone();
  known = new Set(red);
  choose(chosen);
});

muteButton?.addEventListener("click", mute);
drawMute();
if (desk) choose(Math.max(0, rows().findIndex((row) => row.hasAttribute("data-current"))));
