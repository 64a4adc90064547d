import { t } from "/assets/words.js";
import { h, api, number, percent, bytes, milliseconds, duration, date, heading, panel } from "/assets/parts.js";

function figure(label, value, isBad = false) {
  return h("div", { class: isBad ? "bad" : null }, h("dt", {}, label), h("dd", {}, value));
}

function traffic(days) {
  const most = Math.max(1, ...days);
  const bars = h("div", { class: "bars", role: "img", "aria-label": `${t("traffic")}: ${days.join(", ")}` },
    days.map((count) => { const bar = h("span", { title: number(count) }); bar.style.height = `${(100 * count) / most}%`; return bar; }));
  return [bars, h("p", { class: "axis" }, h("span", {}, t("days14")), h("span", {}, number(most)), h("span", {}, t("today")))];
}

function table(columns, rows) {
  if (!rows.length) return h("p", { class: "empty" }, t("none"));
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, columns.map((name, place) => h("th", { class: place ? "n" : null, scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, place) => h("td", { class: place ? "n" : "wrap" }, cell)))))));
}

function quality(report) {
  if (!report) return panel(t("quality"), h("p", { class: "empty" }, t("none")));
  const fills = [...(report.fields ?? [])].sort((a, b) => b.share - a.share);
  const findings = (report.findings ?? []).filter((finding) => finding.products > 0);
  return panel(t("quality"),
    fills.map((fill) => {
      const bar = h("span"); bar.style.width = `${100 * fill.share}%`;
      return h("div", { class: "fill" }, h("p", { class: "meta" }, `${fill.name} · ${percent(fill.share)}`), h("div", { class: "meter" }, bar));
    }),
    h("h3", {}, t("findings")),
    table([t("finding"), t("count")], findings.map((finding) => [finding.label, number(finding.products)])));
}

export async function overview() {
  const shop = await api("GET", "/v1/overview");
  const types = Object.entries(shop.events).sort((a, b) => b[1] - a[1]);
  const build = shop.last_build;
  return [
    heading(t("overview"), t("overviewLead")),
    h("dl", { class: "figures" },
      figure(t("productsN"), number(shop.products)), figure(t("textsN"), number(shop.texts)),
      figure(t("waiting"), number(shop.waiting)), figure(t("recent"), number(shop.recent)),
      figure(t("eventsN"), number(shop.event_total)), figure(t("rulesN"), number(shop.rules)),
      figure(t("requestsN"), number(shop.requests)), figure(t("failuresN"), number(shop.failures), shop.failures > 0),
      figure(t("memory"), bytes(shop.memory)), figure(t("uptime"), duration(shop.uptime))),
    h("div", { class: "grid two" },
      panel(t("traffic"), traffic(shop.event_days)),
      panel(t("byType"), table([t("kind"), t("count")], types.map(([name, count]) => [name, number(count)]))),
      panel(t("latency"), table([t("route"), t("count"), t("half"), t("most")],
        shop.latency.filter((row) => row.route.includes(" /v1/")).slice(0, 12).map((row) => [row.route, number(row.count), milliseconds(row.p50), milliseconds(row.p99)]))),
      quality(shop.quality),
      build ? panel(t("buildTook"), h("p", { class: "note" }, `${date(build.finished)} · ${shop.model} · ${t("refused", number(build.rejected))}`),
        table([t("kind"), "s"], build.stages.map((stage) => [stage.name, number(stage.seconds, 1)]))) : null),
  ].filter(Boolean);
}
