// The catalogue as a map: what lies near is alike. A canvas of up to 5,000 points, drawn in a few
// milliseconds; the wheel, two fingers, buttons and keys move it.
import { t } from "/assets/words.js";
import { h, api, number, percent, heading } from "/assets/parts.js";

const COLOURS = {
  light: ["#14746f", "#d1741c", "#5a54b5", "#b43a62", "#5c8a1e", "#1d7fc4", "#a0522d", "#8c3fa8", "#b8950a", "#0b5a56", "#d1495b", "#52708c", "#8f8d86"],
  dark: ["#4fc4bb", "#f2a154", "#a5a0f5", "#ee7fa3", "#a6cf63", "#6fb9f0", "#d99a73", "#cf90e6", "#e3c64a", "#b7f0e4", "#f58a94", "#9fb8cf", "#8b8a84"],
};
const OTHER = 12;
const scheme = matchMedia("(prefers-color-scheme: dark)");
const colours = () => COLOURS[scheme.matches ? "dark" : "light"];

// The twelve largest groups have a colour of their own, the rest share one.
function grouping(points, key) {
  const sizes = new Map();
  for (const point of points) if (point[key]) sizes.set(point[key], (sizes.get(point[key]) ?? 0) + 1);
  const names = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, OTHER).map(([name]) => name);
  const slotOf = new Map(names.map((name, slot) => [name, slot]));
  const slots = Uint8Array.from(points, (point) => slotOf.get(point[key]) ?? OTHER);
  const counts = new Array(OTHER + 1).fill(0);
  for (const slot of slots) counts[slot] += 1;
  // Slices, so that no group lies wholly on top.
  const members = Array.from({ length: OTHER + 1 }, () => []);
  slots.forEach((slot, index) => members[slot].push(index));
  return { names, slots, counts, members };
}

// What is seen of the plane, and where its points are on the screen.
class View {
  constructor(points) {
    const extent = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
    [this.left, this.right] = extent(points.map((point) => point.x));
    [this.bottom, this.top] = extent(points.map((point) => point.y));
    this.points = points;
    this.width = this.height = 1;
    this.reset();
  }
  reset() { Object.assign(this, { zoom: 1, x: (this.left + this.right) / 2, y: (this.bottom + this.top) / 2 }); }
  resize(width, height) {
    Object.assign(this, { width, height });
    const margin = 22;
    this.fit = Math.min((width - 2 * margin) / Math.max(this.right - this.left, 1e-6), (height - 2 * margin) / Math.max(this.top - this.bottom, 1e-6));
    this.radius = Math.min(Math.max(Math.sqrt((width * height) / this.points.length) * 0.14, 2), 5.5);
  }
  get scale() { return this.fit * this.zoom; }
  get size() { return this.radius * Math.min(1 + Math.log2(this.zoom) * 0.28, 3); }
  screenX(index) { return this.width / 2 + (this.points[index].x - this.x) * this.scale; }
  screenY(index) { return this.height / 2 - (this.points[index].y - this.y) * this.scale; }
  pan(dx, dy) {
    this.x = Math.min(Math.max(this.x - dx / this.scale, this.left), this.right);
    this.y = Math.min(Math.max(this.y + dy / this.scale, this.bottom), this.top);
  }
  // What lies at a place of the screen stays there.
  magnify(factor, x = this.width / 2, y = this.height / 2) {
    const before = this.scale;
    this.zoom = Math.min(Math.max(this.zoom * factor, 1), 80);
    this.pan((x - this.width / 2) * (1 - this.scale / before), (y - this.height / 2) * (1 - this.scale / before));
  }
  nearest(x, y, reach, isShown) {
    let best = -1, least = reach * reach;
    for (let index = 0; index < this.points.length; index += 1) {
      if (!isShown(index)) continue;
      const dx = this.screenX(index) - x, dy = this.screenY(index) - y;
      if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = index; }
    }
    return best;
  }
}

function paint(context, view, groups, chosen, marked) {
  const shades = colours();
  const size = view.size;
  context.clearRect(0, 0, view.width, view.height);
  const layer = (slot, shade, from, step) => {
    const list = groups.members[slot];
    context.fillStyle = shade;
    context.beginPath();
    for (let place = from; place < list.length; place += step) {
      const x = view.screenX(list[place]), y = view.screenY(list[place]);
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, 6.2832);
    }
    context.fill();
  };
  if (chosen.size) {
    context.globalAlpha = 0.16;
    for (let slot = 0; slot <= OTHER; slot += 1) if (!chosen.has(slot)) layer(slot, shades[OTHER], 0, 1);
  }
  context.globalAlpha = 0.78;
  for (let slice = 0; slice < 4; slice += 1)
    for (let slot = OTHER; slot >= 0; slot -= 1) if (!chosen.size || chosen.has(slot)) layer(slot, shades[slot], slice, 4);
  context.globalAlpha = 1;
  if (marked < 0) return;
  context.beginPath();
  context.arc(view.screenX(marked), view.screenY(marked), size + 3.5, 0, 6.2832);
  context.lineWidth = 2.5;
  context.strokeStyle = getComputedStyle(context.canvas).color;
  context.stroke();
}

// The fingers and the mouse: dragging pans, two fingers and the wheel zoom, a click opens.
function follow(canvas, view, { moved, point, open }) {
  const place = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  const pointers = new Map();
  let travelled = 0;
  canvas.addEventListener("pointerdown", (event) => { if (!pointers.size) travelled = 0; pointers.set(event.pointerId, place(event)); canvas.setPointerCapture?.(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    const now = place(event), before = pointers.get(event.pointerId);
    if (!before) { if (event.pointerType !== "touch") point(...now, 14); return; }
    const far = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (far) {
      const apart = (from) => Math.max(Math.hypot(from[0] - far[0], from[1] - far[1]), 1);
      view.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      view.magnify(apart(now) / apart(before), (now[0] + far[0]) / 2, (now[1] + far[1]) / 2);
    } else if (travelled > 4) view.pan(now[0] - before[0], now[1] - before[1]);
    moved();
  });
  const lift = (event) => { if (pointers.delete(event.pointerId) && event.type === "pointerup" && travelled <= 4 && !pointers.size) open(...place(event), event.pointerType === "touch" ? 24 : 14, event.pointerType === "touch"); };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") point(-1, -1, 0); });
  canvas.addEventListener("wheel", (event) => {
    // A page that is scrolled past the map stays scrollable: at full view only zooming in is taken.
    if (view.zoom === 1 && event.deltaY > 0 && !event.ctrlKey) return;
    event.preventDefault();
    view.magnify(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 16 : 1) * (event.ctrlKey ? 0.01 : 0.0022)), ...place(event));
    moved();
  }, { passive: false });
}

// The box that finds products by words of their titles, or by identifier.
function finder(points, choose) {
  const input = h("input", { type: "search", autocomplete: "off", maxlength: "200", id: "map-find" });
  const results = h("ul", { class: "list" });
  const look = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [];
    for (let index = 0; words.length && index < points.length && found.length < 8; index += 1) {
      const text = `${points[index].title} ${points[index].id}`.toLowerCase();
      if (words.every((word) => text.includes(word))) found.push(index);
    }
    results.replaceChildren(...found.map((index) => h("li", {}, h("button", { class: "link", type: "button", onclick: () => choose(index) }, points[index].title))));
    if (words.length && !found.length) results.replaceChildren(h("li", { class: "empty" }, t("notOnMap")));
  };
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); results.querySelector("button")?.click(); } });
  return h("div", { class: "finder" }, h("label", { for: "map-find" }, t("findOnMap")), input, results);
}

export async function map() {
  const answer = await api("GET", "/v1/map");
  const points = answer.points;
  if (!points.length) return [heading(t("map"), t("mapLead")), h("p", { class: "panel empty" }, t("noMap"))];
  const view = new View(points);
  const canvas = h("canvas", { class: "map", tabindex: "0", role: "application", "aria-label": t("mapLabel", number(points.length)), "aria-describedby": "map-keys" });
  const context = canvas.getContext("2d");
  const tip = h("div", { class: "tip", hidden: true });
  const status = h("p", { class: "meta", role: "status" });
  const legend = h("ul", { class: "legend", "aria-label": t("legend") });
  const key = h("select", { "aria-label": t("colourBy") }, ["category", "brand"].map((name) => h("option", { value: name }, t(`${name}_`))));
  if (!points.some((point) => point.category)) key.value = "brand";
  const chosen = new Set();
  let groups = grouping(points, key.value), marked = -1, waits = false;

  const repaint = () => { if (!waits) { waits = true; requestAnimationFrame(() => { waits = false; paint(context, view, groups, chosen, marked); }); } };
  const isShown = (index) => !chosen.size || chosen.has(groups.slots[index]);
  const open = (index) => { location.hash = `#/products/${encodeURIComponent(points[index].id)}`; };
  function mark(index, says = false) {
    if (says && index >= 0) status.replaceChildren(h("a", { href: `#/products/${encodeURIComponent(points[index].id)}` }, points[index].title), ` ${[points[index].brand, points[index].category].filter(Boolean).join(" · ")}`);
    marked = index;
    canvas.classList.toggle("over", index >= 0);
    tip.hidden = index < 0;
    if (index >= 0) {
      tip.replaceChildren(h("strong", {}, points[index].title), h("span", {}, [points[index].brand, points[index].category].filter(Boolean).join(" · ")));
      const x = view.screenX(index), y = view.screenY(index);
      tip.style.left = `${Math.min(Math.max(x - tip.offsetWidth / 2, 6), Math.max(view.width - tip.offsetWidth - 6, 6))}px`;
      tip.style.top = `${y > tip.offsetHeight + 20 ? y - tip.offsetHeight - 14 : y + 16}px`;
    }
    repaint();
  }
  const moved = () => mark(-1);
  function drawLegend() {
    const shades = colours();
    const entries = [...groups.names.map((name, slot) => [slot, name]), ...(groups.counts[OTHER] ? [[OTHER, t("otherGroup")]] : [])];
    const held = [...legend.children].findIndex((item) => item.contains(document.activeElement));
    legend.replaceChildren(...entries.map(([slot, name]) => {
      const dot = h("i"); dot.style.background = shades[slot];
      return h("li", {}, h("button", { type: "button", "aria-pressed": String(chosen.has(slot)), class: chosen.size && !chosen.has(slot) ? "dim" : null, onclick: () => { if (!chosen.delete(slot)) chosen.add(slot); mark(-1); drawLegend(); } }, dot, h("span", {}, name), h("small", {}, number(groups.counts[slot]))));
    }));
    legend.children[held]?.querySelector("button").focus();
  }
  function resize() {
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    [canvas.width, canvas.height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    view.resize(box.width, box.height);
    paint(context, view, groups, chosen, marked);
  }
  const choose = (index) => {
    if (!isShown(index)) { chosen.clear(); drawLegend(); }
    Object.assign(view, { x: points[index].x, y: points[index].y, zoom: Math.max(view.zoom, 6) });
    mark(index, true);
    canvas.scrollIntoView({ block: "nearest" });
  };
  follow(canvas, view, {
    moved, point: (x, y, reach) => { const index = view.nearest(x, y, reach, isShown); if (index !== marked) mark(index); },
    // A finger has no hover: the first touch shows what it is, the second opens.
    open: (x, y, reach, isTouch) => { const index = view.nearest(x, y, reach, isShown); if (index < 0) return mark(-1); if (isTouch && index !== marked) mark(index, true); else open(index); },
  });
  const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  // From point to point without a mouse: the one nearest to the middle that was not said yet.
  const said = new Set();
  function next() {
    const index = view.nearest(view.width / 2, view.height / 2, Math.hypot(view.width, view.height), (one) => isShown(one) && !said.has(one));
    if (index < 0) return said.clear();
    said.add(index);
    mark(index, true);
  }
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (steps[event.key]) { view.pan(...steps[event.key]); said.clear(); moved(); }
    else if (event.key === "+" || event.key === "=") { view.magnify(1.5); moved(); }
    else if (event.key === "-") { view.magnify(1 / 1.5); moved(); }
    else if (event.key === "0") { view.reset(); moved(); }
    else if (event.key === " ") next();
    else if (event.key === "Enter" && marked >= 0) open(marked);
    else if (event.key === "Escape") moved();
    else return;
    event.preventDefault();
  });
  key.addEventListener("change", () => { groups = grouping(points, key.value); chosen.clear(); mark(-1); drawLegend(); });
  const button = (sign, name, act) => h("button", { type: "button", "aria-label": t(name), title: t(name), onclick: () => { act(); moved(); } }, sign);
  const controls = h("div", { class: "zoom" }, button("+", "zoomIn", () => view.magnify(1.6)), button("−", "zoomOut", () => view.magnify(1 / 1.6)), button("⤢", "zoomAll", () => view.reset()));
  drawLegend();
  new ResizeObserver(resize).observe(canvas);
  const recolour = () => { if (canvas.isConnected) { drawLegend(); repaint(); } else scheme.removeEventListener("change", recolour); };
  scheme.addEventListener("change", recolour);
  const share = answer.explained.reduce((sum, one) => sum + one, 0);
  return [heading(t("map"), `${t("mapLead")} ${answer.products > points.length ? t("mapSample", number(points.length), number(answer.products)) : t("mapAll", number(points.length))}${share ? ` ${t("mapShare", percent(share))}` : ""}`),
    h("div", { class: "panel mapped" }, h("div", { class: "stage" }, canvas, tip, controls), h("div", { class: "side" },
      finder(points, choose), h("label", { class: "check" }, t("colourBy"), key), legend, h("p", { class: "meta", id: "map-keys" }, t("mapKeys")), status))];
}
