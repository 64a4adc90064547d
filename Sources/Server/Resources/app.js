// The frame: which page is shown, in which language, with which key.
import { t, switchLanguage } from "/assets/words.js";
import { h, ApiError, toast } from "/assets/parts.js";
import { overview } from "/assets/overview.js";
import { products, product } from "/assets/products.js";
import { shopper } from "/assets/shopper.js";
import { rules } from "/assets/rules.js";
import { jobs, keys } from "/assets/work.js";
import { map } from "/assets/map.js";
import { evaluation } from "/assets/evaluation.js";
import { experiments } from "/assets/experiments.js";

const pages = { overview, products, map, shopper, rules, experiments, evaluation, jobs, keys };
const main = document.getElementById("main");
let shown = 0;

function frame(current) {
  document.getElementById("skip").textContent = t("skip");
  document.getElementById("language").textContent = t("language");
  document.getElementById("nav").replaceChildren(
    ...Object.keys(pages).map((name) => h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, t(name))),
    h("a", { href: "/demo" }, t("demo")));
  // On a phone the row of pages scrolls: the one that is shown must be seen in it.
  const nav = document.getElementById("nav");
  const here = nav.querySelector("[aria-current]");
  if (here) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
}

function askForKey() {
  const input = h("input", { type: "password", autocomplete: "off", required: true });
  return h("section", { class: "panel" }, h("h2", {}, t("keyNeeded")), h("p", { class: "note" }, t("keyLead")),
    h("form", { class: "line", onsubmit: (event) => { event.preventDefault(); sessionStorage.setItem("akin-key", input.value.trim()); show(); } },
      h("label", { class: "grow" }, t("key"), input), h("button", { class: "main" }, t("enter"))));
}

async function show() {
  const [, name = "overview", id] = location.hash.split("/");
  const page = name === "products" && id ? product : pages[name] ?? overview;
  const turn = ++shown;
  frame(pages[name] ? name : "overview");
  try {
    const content = await page(id ? decodeURIComponent(id) : undefined, () => turn === shown);
    if (turn !== shown) return;
    main.replaceChildren(...[content].flat());
    document.title = `${main.querySelector("h1")?.textContent ?? "Akin"} · Akin`;
  } catch (error) {
    if (turn !== shown) return;
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) main.replaceChildren(askForKey());
    else main.replaceChildren(h("p", { class: "empty" }, t("failed_", error.message)));
  }
}

document.getElementById("language").addEventListener("click", () => { switchLanguage(); show(); });
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
window.addEventListener("hashchange", () => { show().then(() => main.focus({ preventScroll: true })); window.scrollTo(0, 0); });
window.addEventListener("unhandledrejection", (event) => toast(t("failed_", event.reason?.message ?? "")));
show();
