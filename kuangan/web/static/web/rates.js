// Draws on-time rates by tier; the figures stand in the table below, so the picture adds nothing that cannot be read.
const box = document.querySelector("[data-rates]");

function option(rates) {
  const dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3]];
  const inks = ["#0d4590", "#51617a", "#1c2a3a", "#5f8fce"];
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    aria: { enabled: true, label: { description: box.dataset.description || "" } },
    grid: { left: 48, right: 20, top: 36, bottom: 30 },
    legend: { top: 0, right: 0 },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value) => (value === null ? "无到期事项" : `${value}%`) },
    xAxis: { type: "category", data: rates.months, boundaryGap: false },
    yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value}%" }, splitLine: { lineStyle: { color: "#e3e9f1" } } },
    series: rates.series.map((one, index) => ({
      name: one.name, type: "line", data: one.values, symbol: "circle", symbolSize: 6,
      lineStyle: { type: dashes[index % 4], color: inks[index % 4], width: 2 }, itemStyle: { color: inks[index % 4] },
    })),
  };
}

if (box) {
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  chart.setOption(option(JSON.parse(box.dataset.rates)));
  addEventListener("resize", () => chart.resize());
  box.dataset.drawn = "yes";
}
