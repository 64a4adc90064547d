// Plots, drawn by Chart.js as set-up brings it. Every plot has its table beside it, for whoever does
// not see it; where the library is missing the table is all there is, and the page says so.
import { t, currentLanguage } from "/assets/words.js";
import { h } from "/assets/parts.js";

const live = new Set();
const scheme = matchMedia("(prefers-color-scheme: dark)");
let loading;

// The library, or null where this server has none.
function library() {
  loading ??= new Promise((resolve) => {
    document.head.append(h("script", { src: "/assets/chart.js", onload: () => resolve(window.Chart ?? null), onerror: () => resolve(null) }));
  });
  return loading;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const translucent = (hex, alpha) => `${hex}${Math.round(alpha * 255).toString(16).padStart(2, "0")}`;
// Told apart by people who confuse red and green, too: they differ in lightness.
const palette = () => ["near", "with", "third", "fourth", "fifth", "poor"].map(colour);

// Whiskers from the lower to the upper end of each bar's interval.
const whiskers = {
  id: "whiskers",
  afterDatasetsDraw(chart) {
    const { ctx, data, options } = chart;
    const isLying = options.indexAxis === "y";
    const scale = chart.scales[isLying ? "x" : "y"];
    ctx.save();
    ctx.strokeStyle = colour("ink");
    ctx.lineWidth = 1.5;
    data.datasets.forEach((set, index) => {
      if (!set.intervals || !chart.isDatasetVisible(index)) return;
      chart.getDatasetMeta(index).data.forEach((bar, place) => {
        const interval = set.intervals[place];
        if (!interval) return;
        const [low, high] = [scale.getPixelForValue(interval.lower), scale.getPixelForValue(interval.upper)];
        const middle = isLying ? bar.y : bar.x;
        const line = (a, b) => { const [from, to] = isLying ? [a, b] : [[a[1], a[0]], [b[1], b[0]]]; ctx.moveTo(...from); ctx.lineTo(...to); };
        ctx.beginPath();
        line([low, middle], [high, middle]);
        line([low, middle - 4], [low, middle + 4]);
        line([high, middle - 4], [high, middle + 4]);
        ctx.stroke();
      });
    });
    ctx.restore();
  },
};

// A set of values as the library takes it; a line with bounds gets a band around it.
function sets(spec) {
  const colours = palette();
  return spec.series.flatMap((series, index) => {
    const own = series.colour ? colour(series.colour) : colours[index % colours.length];
    const set = { label: series.name, data: series.values, intervals: series.intervals, borderColor: own, backgroundColor: own };
    if (spec.type !== "line") return [{ ...set, backgroundColor: series.marked ? series.values.map((_, place) => (series.marked[place] ? own : translucent(own, 0.45))) : own, maxBarThickness: 26, borderRadius: 3 }];
    const line = { ...set, borderWidth: 2, pointRadius: series.values.length > 25 ? 0 : 2.5, tension: 0, borderDash: series.dash ? [5, 4] : [] };
    if (!series.intervals) return [line];
    const bound = (end, fill) => ({ label: "", data: series.intervals.map((interval) => interval?.[end] ?? null), borderWidth: 0, pointRadius: 0, pointHitRadius: 0, fill, backgroundColor: translucent(own, 0.18), borderColor: own });
    return [{ ...line, intervals: undefined }, bound("lower", false), bound("upper", "-1")];
  });
}

function options(spec) {
  const write = spec.format ?? String;
  const isLying = spec.type === "lying";
  const grid = { color: colour("line") };
  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  const ends = spec.series.flatMap((series) => (series.intervals ?? []).filter(Boolean).map((interval) => interval.upper));
  const values = { beginAtZero: spec.fromZero !== false, suggestedMax: ends.length ? Math.max(...ends) * 1.02 : undefined, grid, ticks: { callback: (value) => write(value), maxTicksLimit: 7, precision: spec.counts ? 0 : undefined }, title: { display: Boolean(spec.valueTitle), text: spec.valueTitle } };
  const names = { grid: { display: false }, ticks: { autoSkip: !isLying, maxRotation: 0, callback(value) { return short(String(this.getLabelForValue(value)), this.chart.width > 600 ? 40 : 26); } }, title: { display: Boolean(spec.showsNames), text: spec.nameTitle } };
  return {
    animation: false, responsive: true, maintainAspectRatio: false, indexAxis: isLying ? "y" : "x", locale: currentLanguage() === "zh" ? "zh-CN" : "en-GB",
    interaction: { mode: "index", axis: isLying ? "y" : "x", intersect: false },
    scales: isLying ? { x: values, y: names } : { x: names, y: values },
    plugins: {
      legend: { display: spec.series.length > 1, labels: { boxWidth: 12, boxHeight: 12, filter: (item) => item.text !== "" } },
      tooltip: {
        filter: (item) => item.dataset.label !== "",
        callbacks: {
          title: (items) => String(spec.labels[items[0]?.dataIndex] ?? ""),
          label: (item) => {
            const interval = spec.series.find((series) => series.name === item.dataset.label)?.intervals?.[item.dataIndex];
            return `${item.dataset.label}: ${write(item.parsed[isLying ? "x" : "y"])}${interval ? ` (${write(interval.lower)} – ${write(interval.upper)})` : ""}`;
          },
        },
      },
    },
  };
}

function draw(entry) {
  entry.chart?.destroy();
  const { Chart } = window;
  Object.assign(Chart.defaults, { color: colour("soft"), borderColor: colour("line") });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  entry.chart = new Chart(entry.canvas, { type: entry.spec.type === "line" ? "line" : "bar", data: { labels: entry.spec.labels, datasets: sets(entry.spec) }, options: options(entry.spec), plugins: [whiskers] });
}

// Charts of pages that were left give their memory back.
function sweep() {
  for (const entry of live) if (entry.wasShown && !entry.canvas.isConnected) { entry.chart?.destroy(); live.delete(entry); }
}

scheme.addEventListener("change", () => { sweep(); for (const entry of live) if (entry.chart) draw(entry); });

const shown = (canvas) => new Promise((resolve) => {
  let turns = 0;
  const look = () => (canvas.isConnected ? resolve(true) : ++turns > 600 ? resolve(false) : requestAnimationFrame(look));
  look();
});

function table(spec) {
  const write = spec.format ?? String;
  const cell = (series, place) => {
    const value = series.values[place];
    if (value === null || value === undefined) return "–";
    const interval = series.intervals?.[place];
    return `${write(value)}${interval ? ` (${write(interval.lower)} – ${write(interval.upper)})` : ""}`;
  };
  return h("div", { class: "scroll", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, spec.nameTitle ?? ""), spec.series.map((series) => h("th", { scope: "col", class: "n" }, series.name)))),
    h("tbody", {}, spec.labels.map((label, place) => h("tr", {}, h("th", { scope: "row" }, label), spec.series.map((series) => h("td", { class: "n" }, cell(series, place))))))));
}

// A plot with its table. `spec`: type (bar, lying, line), title (for whoever does not see it), heading,
// labels, series of {name, values, intervals, marked, dash, colour}, format of a value, nameTitle (the
// table's first column; along the axis where showsNames), valueTitle, fromZero, height.
export function plot(spec) {
  const canvas = h("canvas", { role: "img", "aria-label": `${spec.title}. ${t("plotTable")}` });
  const frame = h("div", { class: "canvas" }, canvas);
  frame.style.height = `${spec.height ?? (spec.type === "lying" ? 60 + spec.labels.length * (14 + 14 * spec.series.length) : 240)}px`;
  const details = h("details", {}, h("summary", {}, t("asTable")), table(spec));
  const figure = h("figure", { class: "plot" }, spec.heading ? h("figcaption", {}, spec.heading) : null, frame, details);
  const entry = { canvas, spec };
  library().then(async (found) => {
    if (!found) {
      frame.replaceWith(h("p", { class: "meta" }, t("noCharts")));
      details.open = true;
      return;
    }
    sweep();
    if (!await shown(canvas)) return;
    entry.wasShown = true;
    live.add(entry);
    draw(entry);
    figure.dataset.drawn = "true";
  });
  return figure;
}
