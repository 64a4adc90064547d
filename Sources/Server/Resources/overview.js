import { t, currentLanguage, eventName, termName } from "/assets/words.js";
import { h, api, number, percent, bytes, duration, date, heading, panel } from "/assets/parts.js";
import { plot } from "/assets/charts.js";

function figure(label, value, isBad = false) {
  return h("div", { class: isBad ? "bad" : null }, h("dt", {}, label), h("dd", {}, value));
}

// The days of the counts, the last one today.
function dayNames(count) {
  const locale = currentLanguage() === "zh" ? "zh-CN" : "en-GB";
  return Array.from({ length: count }, (_, place) => new Date(Date.now() - (count - 1 - place) * 86400000).toLocaleDateString(locale, { day: "numeric", month: "short" }));
}

function traffic(days) {
  return plot({ type: "bar", title: t("traffic"), labels: dayNames(days.length), format: number, counts: true, nameTitle: t("day"), series: [{ name: t("eventsN"), values: days }] });
}

function latency(routes) {
  const rows = routes.filter((row) => row.route.includes(" /v1/")).slice(0, 6);
  if (!rows.length) return h("p", { class: "empty" }, t("none"));
  const milliseconds = (value) => number(value, value < 10 ? 1 : 0);
  return plot({ type: "lying", title: t("latency"), labels: rows.map((row) => `${row.route.replace("/v1/", "/")} · ${number(row.count)}`), format: milliseconds, nameTitle: t("route"), valueTitle: t("millis"),
    series: [{ name: t("half"), values: rows.map((row) => row.p50 * 1000) }, { name: t("most"), colour: "with", values: rows.map((row) => row.p99 * 1000) }] });
}

function table(columns, rows) {
  if (!rows.length) return h("p", { class: "empty" }, t("none"));
  return h("div", { class: "scroll", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, columns.map((name, place) => h("th", { class: place ? "n" : null, scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, place) => h("td", { class: place ? "n" : "wrap" }, cell)))))));
}

function examples(finding) {
  return h("p", { class: "meta" }, (finding.examples ?? []).slice(0, 3).map((example, place) => [place ? ", " : "", h("a", { href: `#/products/${encodeURIComponent(example.id)}` }, example.id)]));
}

function quality(report) {
  if (!report) return panel(t("quality"), h("p", { class: "empty" }, t("none")));
  const fills = [...(report.fields ?? [])].sort((a, b) => b.share - a.share);
  const findings = (report.findings ?? []).filter((finding) => finding.products > 0);
  return panel(t("quality"),
    h("ul", { class: "fills" }, fills.map((fill) => {
      const bar = h("span"); bar.style.width = `${100 * fill.share}%`;
      return h("li", { class: "fill" }, h("p", { class: "meta" }, termName("f", fill.name), h("span", {}, percent(fill.share))), h("div", { class: "meter" }, bar));
    })),
    h("h3", {}, t("findings")),
    findings.length ? table([t("finding"), t("count")], findings.map((finding) => [[termName("find", finding.kind, finding.label), examples(finding)], number(finding.products)])) : h("p", { class: "empty" }, t("noFindings")));
}

// How old something is: its date, and the time since.
function age(seconds) {
  if (!seconds) return t("never");
  const past = Math.max(0, Date.now() / 1000 - seconds);
  return `${t("ago", duration(past))} · ${date(seconds)}`;
}

function freshness(shop) {
  const rows = [[t("builtAgo"), age(shop.built)], [t("trainedAgo"), age(shop.trained)], [t("lastEvent"), age(shop.last_event)], [t("waiting"), number(shop.waiting)], [t("recent"), number(shop.recent)]];
  return panel(t("freshness"), h("dl", { class: "facts" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))));
}

export async function overview() {
  const shop = await api("GET", "/v1/overview");
  const types = Object.entries(shop.events).sort((a, b) => b[1] - a[1]);
  const build = shop.last_build;
  return [
    heading(t("overview"), t("overviewLead")),
    h("p", { class: shop.failures ? "health bad" : "health", role: "status" }, h("strong", {}, t("healthy", number(shop.failures), number(shop.requests))), h("span", { class: "meta" }, t("version", shop.version, duration(shop.uptime)))),
    h("dl", { class: "figures" },
      figure(t("productsN"), number(shop.products)), figure(t("textsN"), number(shop.texts)),
      figure(t("eventsN"), number(shop.event_total)), figure(t("rulesN"), number(shop.rules)),
      figure(t("requestsN"), number(shop.requests)), figure(t("memory"), bytes(shop.memory))),
    h("div", { class: "grid two" },
      freshness(shop),
      panel(t("byType"), table([t("kind"), t("count")], types.map(([name, count]) => [eventName(name), number(count)]))),
      panel(t("traffic"), traffic(shop.event_days)),
      panel(t("latency"), latency(shop.latency)),
      quality(shop.quality),
      build ? panel(t("buildTook"), h("p", { class: "note" }, `${date(build.finished)} · ${shop.model} · ${t("refused", number(build.rejected))}`),
        table([t("kind"), "s"], build.stages.map((stage) => [termName("stage", stage.name), number(stage.seconds, 1)]))) : null),
  ].filter(Boolean);
}
