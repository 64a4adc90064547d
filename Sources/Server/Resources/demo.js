// A small storefront over the public API: it sends the same events and asks the same questions as
// a shop's own pages would.
import { t, switchLanguage } from "/assets/words.js";
import { h, api, ApiError, toast, guarded, tile, facts, money } from "/assets/parts.js";
import { completing, marked, resultPage } from "/assets/search.js";

const main = document.getElementById("main");
const random = () => crypto.getRandomValues(new Uint32Array(2)).join("-");
let visitor = sessionStorage.getItem("akin-visitor");
if (!visitor) sessionStorage.setItem("akin-visitor", visitor = `demo-${random()}`);
let basket = JSON.parse(sessionStorage.getItem("akin-basket") ?? "[]");
let shown = 0;

function keep() { sessionStorage.setItem("akin-basket", JSON.stringify(basket)); frame(); }

const send = (event, products, more = {}) => products.length
  ? api("POST", "/v1/events", products.map((item_id) => ({ event, event_id: random(), visitor_id: visitor, session_id: visitor, item_id, ...more })))
  : Promise.resolve();

async function recommend(page, slots, products = []) {
  const answer = await api("POST", "/v1/recommend", { visitor, slots, context: { page, products }, explain: true });
  return Object.fromEntries(answer.slots.map((slot) => [slot.name, slot]));
}

function card(product, token) {
  const remember = () => { if (token) sessionStorage.setItem("akin-token", token); };
  const because = product.evidence?.[0]?.because;
  return h("li", {}, h("a", { class: "card", href: `#/product/${encodeURIComponent(product.id)}`, onclick: remember }, tile(product, true),
    h("span", { class: "text" }, h("span", { class: "title" }, product.highlights ? marked(product) : product.title), h("span", { class: "meta" }, because ? t("because", because) : product.brand ?? product.category ?? ""),
      h("span", { class: "price" }, money(product.sale_price ?? product.price)))));
}

function shelf(title, slot) {
  if (!slot?.items.length) return null;
  return h("section", { class: "shelf" }, h("h2", {}, title), h("ul", { class: "cards" }, slot.items.map((item) => card(item, slot.attribution_token))));
}

async function home() {
  const slots = await recommend("home", [{ name: "you", kind: "for_you", k: 6 }, { name: "popular", kind: "popular", k: 12 }]);
  const isKnown = slots.you.items.some((item) => item.evidence?.some((part) => part.because));
  return [h("h1", { class: "hidden" }, t("home")), isKnown ? shelf(t("forYouShelf"), slots.you) : null, shelf(t("popularNow"), isKnown ? slots.popular : { ...slots.popular, items: [...slots.you.items, ...slots.popular.items] })];
}

async function product(id) {
  const found = await api("GET", `/v1/products/${encodeURIComponent(id)}`);
  const token = sessionStorage.getItem("akin-token");
  sessionStorage.removeItem("akin-token");
  const seen = send("view_item", [id], token ? { attribution_token: token } : {});
  const slots = await recommend("product", [{ name: "similar", kind: "similar", product: id, k: 6 }, { name: "together", kind: "bought_together", product: id, k: 6 }]);
  await seen;
  const add = h("button", { class: "main", type: "button", onclick: guarded(async () => {
    if (!basket.some((entry) => entry.id === id)) basket.push({ id, title: found.title, price: found.sale_price ?? found.price, brand: found.brand, image_links: found.image_links });
    keep();
    add.textContent = t("added");
    await send("add_to_cart", [id]);
  }) }, basket.some((entry) => entry.id === id) ? t("added") : t("add"));
  return [h("div", { class: "detail" }, tile(found, true), h("div", {}, h("h1", {}, found.title), h("p", { class: "meta" }, facts(found)),
    h("p", { class: "price" }, money(found.sale_price ?? found.price)), add, found.description ? h("p", { class: "about" }, found.description.slice(0, 900)) : null)),
  shelf(t("similarShelf"), slots.similar), shelf(t("togetherShelf"), slots.together)];
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
  return [h("h1", {}, t("basket")), h("section", { class: "panel" }, basket.length ? [h("ul", {}, rows), h("div", { class: "buttons" }, buy)] : h("p", { class: "empty" }, t("emptyBasket"))), shelf(basket.length ? t("basketShelf") : t("forYouShelf"), slots.more)];
}

async function results(words) {
  return [h("h1", {}, `${t("results")}: ${words}`), await resultPage(words, { draw: card, list: h("ul", { class: "cards" }) })];
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
    basket = [];
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
