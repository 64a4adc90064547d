// What every page is made of. Texts enter as text nodes only, never as markup.
import { t, currentLanguage, sourceName } from "/assets/words.js";

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.errors?.map((e) => [e.field, e.message].filter(Boolean).join(": ")).join("; ") || problem.detail || String(status));
    this.status = status;
  }
}

export async function api(method, path, body) {
  const headers = {};
  const key = sessionStorage.getItem("akin-key");
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

let toastTimer;
export function toast(text) {
  const place = document.getElementById("status");
  place.textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { place.textContent = ""; }, 6000);
}

// A handler whose failure is shown instead of lost.
export function guarded(action) {
  return async (event) => {
    event?.preventDefault?.();
    try { await action(event); } catch (error) { toast(t("failed_", error.message)); }
  };
}

const locale = () => (currentLanguage() === "zh" ? "zh-CN" : "en-GB");
export const number = (value, digits = 0) => (value ?? 0).toLocaleString(locale(), { maximumFractionDigits: digits });
export const percent = (value) => (value ?? 0).toLocaleString(locale(), { style: "percent", maximumFractionDigits: 1 });
export const score = (value) => (value === undefined ? "" : Math.abs(value) >= 0.001 || value === 0 ? value.toFixed(3) : String(Number(value.toPrecision(1))));
export const date = (seconds) => (seconds ? new Date(seconds * 1000).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" }) : t("never"));
export const bytes = (value) => `${number(value / (1 << 20))} MB`;
export const milliseconds = (seconds) => `${number(seconds * 1000, 1)} ms`;

export function duration(seconds) {
  const steps = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [size, unit] = steps.find(([size]) => seconds >= size) ?? steps[3];
  return (Math.floor(seconds / size)).toLocaleString(locale(), { style: "unit", unit, unitDisplay: "short" });
}

export function money(price) {
  if (!price) return "";
  if (!price.currency) return number(price.amount, 2);
  try { return price.amount.toLocaleString(locale(), { style: "currency", currency: price.currency }); }
  catch { return `${number(price.amount, 2)} ${price.currency}`; }
}

// A picture where there is one, else the first letter on a colour of its own.
export function tile(product, big = false) {
  let hue = 0;
  for (const character of product.category ?? product.categories?.[0]?.at(-1) ?? product.brand ?? product.title) hue = (hue * 31 + character.codePointAt(0)) % 360;
  const letter = [...product.title.trim()][0] ?? "?";
  const box = h("span", { class: big ? "tile big" : "tile", "aria-hidden": "true" }, letter);
  box.style.setProperty("--hue", hue);
  const source = product.image_link ?? product.image_links?.[0];
  if (source && /^https?:/.test(source)) {
    // Over the letter, which stays where the picture does not come.
    const image = h("img", { src: source, alt: "", loading: "lazy", decoding: "async", onload: () => image.classList.add("loaded") });
    image.addEventListener("error", () => image.remove());
    box.append(image);
  }
  return box;
}

// Brand and category.
export function kindOf(product) {
  return [product.brand, product.category ?? product.categories?.[0]?.join(" › ")].filter(Boolean).join(" · ");
}

export function facts(product) {
  const price = product.sale_price ?? product.price;
  return [kindOf(product), product.variant, money(price)].filter(Boolean).join(" · ");
}

// What was seen, in short: of a path its end, of equal values one.
function seen(detail) {
  const ends = (detail ?? []).map((text) => text.split(" > ").at(-1));
  return [...new Set(ends)].slice(0, 3).join(", ");
}

// One product of a list with its score and what speaks for it. `titles` names products by identifier.
export function entry(item, { href = (id) => `#/products/${encodeURIComponent(id)}`, moved = false, titles } = {}) {
  const because = (id) => { const title = titles?.get(id) ?? id; return title.length > 40 ? `${title.slice(0, 39)}…` : title; };
  const parts = (item.evidence ?? []).slice(0, 4).map((part) => {
    const detail = seen(part.detail);
    return h("span", { class: `chip ${part.score < 0 ? "bad" : part.source === "basket" ? "with" : "near"}` },
      `${sourceName(part.source)} ${score(part.score)}${part.because ? ` · ${t("because", because(part.because))}` : ""}${detail ? ` · ${detail}` : ""}`);
  });
  const rules = (item.rules ?? []).map((rule) => h("span", { class: "chip bad" }, `${t("source_rule")} ${rule}`));
  return h("li", { class: moved ? "entry moved" : "entry" }, tile(item),
    h("div", { class: "body" }, h("a", { href: href(item.id) }, item.title),
      h("p", { class: "meta" }, [item.id, facts(item)].filter(Boolean).join(" · ")),
      h("p", { class: "why" }, parts, rules, item.same_text ? t("twins", item.same_text) : "")),
    h("span", { class: "score" }, item.probability === undefined ? score(item.score) : percent(item.probability)));
}

export function list(shelf, options = {}) {
  if (!shelf.items.length) return h("p", { class: "empty" }, shelf.reason ?? t("none"));
  return h("div", {}, h("ol", { class: "list" }, shelf.items.map((item, place) => entry(item, { ...options, moved: options.moved?.(item, place) }))),
    shelf.reason ? h("p", { class: "meta" }, shelf.reason) : null);
}

export function effects(shelf) {
  if (!shelf.effects?.length) return h("p", { class: "meta" }, t("noEffect"));
  return h("ul", {}, shelf.effects.map((effect) =>
    h("li", { class: "meta" }, `${effect.name || effect.rule}: ${t(`did_${effect.did}`)} ${effect.count} (${effect.products.slice(0, 5).join(", ")}${effect.count > 5 ? " …" : ""})`)));
}

export function field(label, input, extra = "") {
  return h("label", { class: extra }, label, input);
}

export function heading(title, lead, ...buttons) {
  return h("div", { class: "head" }, h("div", {}, h("h1", {}, title), lead ? h("p", { class: "lead" }, lead) : null), buttons);
}

export function panel(title, ...children) {
  return h("section", { class: "panel" }, h("h2", {}, title), children);
}
