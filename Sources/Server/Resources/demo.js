// A small storefront over the public API: it sends the same events and asks the same questions as
// a shop's own pages would.
import { t, switchLanguage } from "/assets/words.js";
import { h, api, ApiError, toast, guarded, tile, kindOf, money } from "/assets/parts.js";
import { completing, marked, resultPage } from "/assets/search.js";

const main = document.getElementById("main");
const random = () => crypto.getRandomValues(new Uint32Array(2)).join("-");
let visitor = sessionStorage.getItem("akin-visitor");
if (!visitor) sessionStorage.setItem("akin-visitor", visitor = `demo-${random()}`);
let basket = JSON.parse(sessionStorage.getItem("akin-basket") ?? "[]");
// What this visitor looked at, the last first, and what was recommended to him last.
let seen = JSON.parse(sessionStorage.getItem("akin-seen") ?? "[]");
let recommended = JSON.parse(sessionStorage.getItem("akin-recommended") ?? "[]");
let shown = 0;

const short = ({ id, title, price, sale_price, brand, category, categories, image_link, image_links }) => ({ id, title, price: sale_price ?? price, brand, category: category ?? categories?.[0]?.at(-1), image_links: image_link ? [image_link] : image_links });

function remember(product) {
  seen = [short(product), ...seen.filter((other) => other.id !== product.id)].slice(0, 12);
  sessionStorage.setItem("akin-seen", JSON.stringify(seen));
}

// The identifiers of a shelf that were not on the one before: what the last click changed.
function changes(slot) {
  const before = new Set(recommended);
  recommended = slot.items.map((item) => item.id);
  sessionStorage.setItem("akin-recommended", JSON.stringify(recommended));
  return new Set(before.size ? recommended.filter((id) => !before.has(id)) : []);
}

function keep() { sessionStorage.setItem("akin-basket", JSON.stringify(basket)); frame(); }

const send = (event, products, more = {}) => products.length
  ? api("POST", "/v1/events", products.map((item_id) => ({ event, event_id: random(), visitor_id: visitor, session_id: visitor, item_id, ...more })))
  : Promise.resolve();

// `exclude` names what the shopper has before him already.
async function recommend(page, slots, products = [], exclude = []) {
  const answer = await api("POST", "/v1/recommend", { visitor, slots, context: { page, products }, exclude, explain: true });
  return Object.fromEntries(answer.slots.map((slot) => [slot.name, slot]));
}

function reason(product) {
  const because = product.evidence?.find((part) => part.because)?.because;
  if (!because) return product.brand ?? product.category ?? "";
  return t("because", [...seen, ...basket].find((other) => other.id === because)?.title ?? because);
}

function card(product, token, isFresh = false) {
  const keepToken = () => { if (token) sessionStorage.setItem("akin-token", token); };
  return h("li", {}, h("a", { class: "card", href: `#/product/${encodeURIComponent(product.id)}`, onclick: keepToken }, isFresh ? h("span", { class: "fresh" }, t("fresh")) : null, tile(product, true),
    h("span", { class: "text" }, h("span", { class: "title" }, product.highlights ? marked(product) : product.title), h("span", { class: "meta" }, reason(product)),
      h("span", { class: "price" }, money(product.sale_price ?? product.price)))));
}

function shelf(title, slot, fresh) {
  if (!slot?.items.length) return null;
  return h("section", { class: "shelf" }, h("h2", {}, title), h("ul", { class: "cards" }, slot.items.map((item) => card(item, slot.attribution_token, fresh?.has(item.id)))));
}

// What the shop knows of this visit, so that one sees what the shelves follow.
function visit() {
  return h("section", { class: "panel visit" }, h("div", { class: "body" }, h("h2", {}, t("visitNow")), h("p", { class: "meta" }, t(seen.length ? "visitLead" : "nothingSeen"))),
    seen.length ? h("ul", { class: "trail" }, seen.map((product) => h("li", {}, h("a", { href: `#/product/${encodeURIComponent(product.id)}`, title: product.title, "aria-label": product.title }, tile(product))))) : null);
}

async function home() {
  const slots = await recommend("home", [{ name: "you", kind: "for_you", k: 6 }, { name: "popular", kind: "popular", k: 12 }], [], seen.map((product) => product.id));
  const isKnown = seen.length > 0 || slots.you.items.some((item) => item.evidence?.some((part) => part.because));
  const all = isKnown ? slots.popular : { ...slots.popular, items: [...slots.you.items, ...slots.popular.items] };
  return [h("h1", { class: "hidden" }, t("home")), visit(), isKnown ? shelf(t("forYouShelf"), slots.you, changes(slots.you)) : null, shelf(t("popularNow"), all)];
}

async function product(id) {
  const found = await api("GET", `/v1/products/${encodeURIComponent(id)}`);
  const token = sessionStorage.getItem("akin-token");
  sessionStorage.removeItem("akin-token");
  // The shelves of this very page know the click.
  await send("view_item", [id], token ? { attribution_token: token } : {});
  remember(found);
  const slots = await recommend("product", [{ name: "similar", kind: "similar", product: id, k: 6 }, { name: "together", kind: "bought_together", product: id, k: 6 }, { name: "you", kind: "for_you", k: 6 }], [], [id]);
  const isIn = () => basket.some((entry) => entry.id === id);
  const add = h("button", { class: "main", type: "button", onclick: guarded(async () => {
    if (isIn()) { location.hash = "#/basket"; return; }
    basket.push(short(found));
    keep();
    add.textContent = t("added");
    await send("add_to_cart", [id]);
  }) }, t(isIn() ? "added" : "add"));
  return [h("div", { class: "detail" }, tile(found, true), h("div", {}, h("h1", {}, found.title), h("p", { class: "meta" }, kindOf(found)),
    h("p", { class: "price" }, money(found.sale_price ?? found.price)), found.availability ? h("p", {}, h("span", { class: found.availability === "in_stock" ? "chip near" : "chip bad" }, t(`av_${found.availability}`))) : null,
    h("p", {}, add), found.description ? h("p", { class: "about" }, found.description.slice(0, 900)) : null)),
  shelf(t("similarShelf"), slots.similar), shelf(t("togetherShelf"), slots.together), shelf(t("afterThis"), slots.you, changes(slots.you))];
}

// The sum of the basket, where everything has a price in one currency.
function total() {
  const currencies = new Set(basket.map((entry) => entry.price?.currency));
  if (currencies.size !== 1 || basket.some((entry) => !entry.price)) return null;
  return h("p", { class: "sum" }, h("span", {}, t("total")), h("span", {}, money({ amount: basket.reduce((sum, entry) => sum + entry.price.amount, 0), currency: [...currencies][0] })));
}

async function cart() {
  const slots = await recommend("basket", [{ name: "more", kind: "for_you", k: 6 }], basket.map((entry) => entry.id));
  const buy = h("button", { class: "main", type: "button", onclick: guarded(async () => {
    await send("purchase", basket.map((entry) => entry.id), { transaction_id: random() });
    basket = [];
    keep();
    toast(t("bought_"));
    await show();
  }) }, t("buy"));
  const rows = basket.map((entry) => h("li", { class: "entry" }, tile(entry), h("div", { class: "body" }, h("a", { href: `#/product/${encodeURIComponent(entry.id)}` }, entry.title), h("p", { class: "meta" }, money(entry.price))),
    h("button", { class: "quiet", type: "button", onclick: guarded(async () => { basket = basket.filter((other) => other.id !== entry.id); keep(); await send("remove_from_cart", [entry.id]); await show(); }) }, t("remove"))));
  return [h("h1", {}, t("basket")), h("section", { class: "panel" }, basket.length ? [h("ul", {}, rows), total(), h("div", { class: "buttons" }, buy)] : h("p", { class: "empty" }, t("emptyBasket"))), shelf(basket.length ? t("basketShelf") : t("forYouShelf"), slots.more)];
}

async function results(words) {
  return [h("h1", {}, `${t("foundFor")}: ${words}`), await resultPage(words, { draw: card, list: h("ul", { class: "cards" }) })];
}

const pages = { home, product, basket: cart, search: results };

function frame() {
  document.getElementById("skip").textContent = t("skip");
  document.getElementById("language").textContent = t("language");
  document.getElementById("find-label").textContent = t("searchShop");
  document.getElementById("words").placeholder = t("searchShop");
  document.getElementById("nav").replaceChildren(h("a", { href: "#/basket" }, `${t("basket")} ${basket.length || ""}`), h("a", { href: "/" }, t("admin")));
  document.getElementById("note").replaceChildren(t("demoNote", visitor), h("button", { class: "quiet", type: "button", onclick: () => {
    sessionStorage.setItem("akin-visitor", visitor = `demo-${random()}`);
    [basket, seen, recommended] = [[], [], []];
    for (const name of ["akin-seen", "akin-recommended", "akin-token"]) sessionStorage.removeItem(name);
    keep();
    if (location.hash === "#/home") show(); else location.hash = "#/home";
  } }, t("anew")));
}

async function show() {
  const [, name = "home", id] = location.hash.split("/");
  const turn = ++shown;
  frame();
  if (name === "search" && id && document.activeElement !== box) box.value = decodeURIComponent(id);
  try {
    const content = await (pages[name] ?? home)(id ? decodeURIComponent(id) : undefined);
    if (turn !== shown) return;
    main.replaceChildren(...content.filter(Boolean));
    document.title = `${main.querySelector("h1")?.textContent ?? "Akin"} · Akin`;
  } catch (error) {
    if (turn !== shown) return;
    const text = error instanceof ApiError && error.status === 401 ? t("keyNeeded") : t("failed_", error.message);
    main.replaceChildren(h("p", { class: "empty" }, text));
  }
}

document.getElementById("language").addEventListener("click", () => { switchLanguage(); show(); });
const box = document.getElementById("words");
const search = () => { const words = box.value.trim(); if (words) location.hash = `#/search/${encodeURIComponent(words)}`; };
const marker = box.nextSibling;
box.parentNode.insertBefore(completing(box, search), marker);
document.getElementById("find").addEventListener("submit", (event) => { event.preventDefault(); search(); });
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
window.addEventListener("hashchange", () => { show(); window.scrollTo(0, 0); });
show();
