// History of one point: low and high of each bucket, the limits, episodes shaded, calibrations and gaps hatched.
// Draws on a canvas with rich-text tooltips, so that no inline style is needed under the strict content policy.
const box = document.querySelector("[data-chart]");
const soft = matchMedia("(prefers-reduced-motion: reduce)").matches;
const LEVEL_INK = { power_off: "#c4161c", alarm: "#e06a00", re_power: "#51617a", high: "#c4161c", low: "#1a73d9" };

function hatch() {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = "#8d99aa";
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return { image: tile, repeat: "repeat" };
}

const BEIJING_MS = 8 * 3600 * 1000; // the axis shows Beijing time wherever the browser stands

const beijing = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

function area(name, color, windows) {
  return windows.map((one) => [
    { name: one.label || name, xAxis: one.from + BEIJING_MS, itemStyle: { color, opacity: 0.45 }, label: { show: false } },
    { xAxis: one.to + BEIJING_MS },
  ]);
}

// Set-points of one value become one line, so that their names do not cover each other.
function sharing(limits) {
  const byValue = new Map();
  for (const limit of limits) {
    const known = byValue.get(limit.value);
    byValue.set(limit.value, known ? { ...known, label: `${known.label}、${limit.label}` } : limit);
  }
  return [...byValue.values()];
}

function option(history) {
  const band = history.rows.map(([at, low, high]) => [at + BEIJING_MS, high - low]);
  const limits = sharing(history.limits).map((limit) => ({
    yAxis: limit.value, name: limit.label,
    lineStyle: { color: LEVEL_INK[limit.kind], type: limit.kind === "re_power" ? "dotted" : "dashed", width: 1.5 },
    label: { formatter: `${limit.label} ${limit.value.toFixed(1)}`, position: "insideEndTop", color: LEVEL_INK[limit.kind], fontSize: 12 },
  }));
  const top = Math.max(...history.rows.map((row) => row[2]), ...history.limits.map((limit) => limit.value), 0);
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    aria: { enabled: true, label: { description: box.dataset.description || "" } },
    grid: { left: 56, right: 24, top: 30, bottom: 64 },
    tooltip: {
      trigger: "axis", renderMode: "richText",
      formatter: (items) => {
        const [at, , high, , count] = history.rows[items[0].dataIndex];
        const low = history.rows[items[0].dataIndex][1];
        return `${beijing.format(at)}\n最高 ${high} ${history.unit}　最低 ${low} ${history.unit}\n读数 ${count ?? "—"} 个`;
      },
    },
    xAxis: { type: "time", min: history.from + BEIJING_MS, max: history.to + BEIJING_MS, axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", name: history.unit, max: Math.ceil(top * 5.5) / 5 || 1, min: history.from_zero ? 0 : undefined, splitLine: { lineStyle: { color: "#e3e9f1" } } },
    dataZoom: [{ type: "inside" }, { type: "slider", height: 22, bottom: 12, brushSelect: false }],
    series: [
      { name: "最低", type: "line", stack: "band", symbol: "none", lineStyle: { width: 0 }, data: history.rows.map(([at, low]) => [at + BEIJING_MS, low]) },
      { name: "范围", type: "line", stack: "band", symbol: "none", lineStyle: { width: 0 }, areaStyle: { color: "#9dbbe3", opacity: 0.6 }, data: band },
      {
        name: "最高", type: "line", symbol: "none", lineStyle: { width: 1.4, color: "#0d4590" }, itemStyle: { color: "#0d4590" },
        data: history.rows.map((row) => [row[0] + BEIJING_MS, row[2]]),
        markLine: { symbol: "none", silent: true, data: limits },
        markArea: {
          silent: true,
          data: [
            ...area("超限过程", "#f3b9a8", history.episodes),
            ...area("标校", hatch(), history.calibrations),
            ...area("数据中断", hatch(), history.gaps),
          ],
        },
      },
    ],
  };
}

async function show() {
  const note = document.querySelector("[data-chart-note]");
  const answer = await fetch(box.dataset.chart, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    note.textContent = "历史数据读取失败，请刷新页面重试";
    return;
  }
  const history = await answer.json();
  note.textContent = history.note;
  box.hidden = !history.rows.length;
  if (box.hidden) return;
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  chart.setOption(option(history));
  addEventListener("resize", () => chart.resize({ animation: soft ? undefined : { duration: 150 } }));
  box.dataset.drawn = "yes";
}

if (box) show();
