// Score histograms, the state of the data, and what the build spent its time on.
'use strict';

(() => {
  const { data, el, t } = Akin;
  const report = data.report;
  const byId = (id) => document.getElementById(id);
  // Bars of a panel that a narrow screen shows at once; the style sheet hides the others.
  const SHORT = 5;

  function histogram(kind, values) {
    const width = window.innerWidth < 700 ? 330 : 520, height = 190, left = 8, right = 8, bottom = 24, top = 22;
    const total = values.bins.reduce((a, b) => a + b, 0);
    const peak = values.bins.reduce((a, b) => Math.max(a, b), 1);
    const span = values.upper - values.lower;
    const step = (width - left - right) / values.bins.length;
    const at = (value) => left + (span > 0 ? (value - values.lower) / span : 0.5) * (width - left - right);
    const name = t(kind === 'similar' ? 'contentScore' : 'basketScore');
    const label = t('histogramLabel', { name, n: Akin.number(total), a: Akin.score(values.lower), b: Akin.score(values.upper), m: Akin.score(values.median) });
    const chart = el('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, class: kind });
    values.bins.forEach((count, index) => {
      const tall = count ? Math.max((height - bottom - top) * count / peak, 1.5) : 0;
      const ends = [index, index + 1].map((i) => Akin.score(values.lower + span * i / values.bins.length));
      chart.append(el('g', {}, el('title', {}, t('bin', { a: ends[0], b: ends[1], n: Akin.number(count) })),
        el('rect', { class: 'ghost', x: left + index * step, y: top, width: step, height: height - bottom - top }),
        el('rect', { class: 'bin', x: left + index * step + 0.75, y: height - bottom - tall, width: Math.max(step - 1.5, 1), height: tall, rx: 1.5 })));
    });
    chart.append(el('line', { class: 'axis', x1: left, x2: width - right, y1: height - bottom + 0.5, y2: height - bottom + 0.5 }));
    for (let tick = 0; tick <= 4; tick++) {
      const value = values.lower + span * tick / 4;
      const anchor = tick === 0 ? 'start' : tick === 4 ? 'end' : 'middle';
      chart.append(el('text', { x: at(value), y: height - 7, 'text-anchor': anchor }, Akin.score(value)));
      if (span <= 0) break;
    }
    const middle = at(values.median);
    chart.append(el('line', { class: 'median', x1: middle, x2: middle, y1: top - 6, y2: height - bottom }));
    chart.append(el('text', { class: 'note', x: Math.min(Math.max(middle, 50), width - 50), y: top - 10, 'text-anchor': 'middle' }, t('median', { n: Akin.score(values.median) })));
    return el('figure', { class: 'panel' },
      el('figcaption', {}, el('h3', {}, name), el('span', {}, `${Akin.number(total)} ${t('products')} · ${t('mean', { n: Akin.score(values.mean) })}`)), chart);
  }

  function drawScores() {
    const figures = [['similar', report.contentScores], ['bought', report.basketScores]].filter(([, values]) => values);
    byId('scores').hidden = figures.length === 0;
    byId('histograms').replaceChildren(...figures.map(([kind, values]) => histogram(kind, values)));
  }

  function bars(rows, classify) {
    return el('ul', { class: 'bars' }, rows.map(({ name, part, value, note }) =>
      el('li', { class: classify ? classify(part) : undefined },
        el('span', { class: 'label', dir: 'auto', title: name }, name), el('span', { class: 'value' }, value, note ? el('small', {}, note) : null),
        el('span', { class: 'track', 'aria-hidden': 'true' }, el('span', { class: 'fill', '--part': part })))));
  }

  function panel(title, ...children) {
    const box = el('div', { class: 'panel' }, el('h3', {}, title), children.flat());
    const count = box.querySelectorAll('.bars > li').length;
    if (count > SHORT + 1) box.append(Akin.rest(box, `panel ${title}`, count - SHORT));
    return box;
  }

  function shares(list, name = (row) => row.name, whole = list.reduce((sum, row) => sum + row.products, 0)) {
    return bars(list.map((row) => {
      const part = whole ? row.products / whole : 0;
      return { name: name(row), part, value: Akin.number(row.products), note: Akin.percent(part, 1) };
    }));
  }

  function languageName(code) {
    if (code === '' || code === 'und' || code === 'unknown') return t('unknown');
    try {
      return new Intl.DisplayNames([Akin.language], { type: 'language' }).of(code) || code;
    } catch {
      return code;
    }
  }

  const plain = (name) => name.replace(/_/g, ' ');
  const known = (table, name, otherwise) => (Object.hasOwn(t(table), name) ? t(table)[name] : otherwise);

  /** Things that were found, each with examples behind a summary. */
  function findings(list, empty) {
    if (!list.length) return el('p', { class: 'none' }, empty);
    return list.map((finding) => el('details', { open: list.length < 3 },
      el('summary', {}, el('span', {}, known('findings', finding.kind, finding.label)), el('strong', {}, Akin.number(finding.products))),
      el('ul', { class: 'remarks' }, finding.examples.map(({ id, title, note }) => el('li', {},
        el('span', { class: 'name', dir: 'auto' }, title), el('code', {}, id),
        note ? el('span', { class: 'why', dir: 'auto' }, note) : null)))));
  }

  function fills(list) {
    const grade = (part) => (part >= 0.9 ? 'good' : part >= 0.5 ? 'fair' : 'poor');
    return bars(list.map(({ name, products, share }) => ({
      name: plain(name), part: share, value: Akin.percent(share), note: Akin.number(products),
    })), grade);
  }

  function sources(quality) {
    return quality.files.map((file) => {
      const refused = Object.values(file.rejects).reduce((a, b) => a + b, 0);
      const facts = [file.format, file.encoding, refused ? t('refused', { n: Akin.number(refused) }) : ''];
      const columns = file.mapping.filter(({ role }) => role !== 'ignored');
      return el('div', { class: 'source' },
        el('p', {}, el('span', { dir: 'auto' }, file.name), el('strong', {}, t('ofRows', { n: Akin.number(file.rows) }))),
        el('p', { class: 'why' }, facts.filter(Boolean).join(' · ')),
        columns.length ? el('details', {}, el('summary', {}, t('columns')),
          el('p', { class: 'columns' }, columns.map(({ column, role }) =>
            el('span', {}, el('bdi', {}, column), ' → ', role)))) : null);
    });
  }

  function rejects(quality) {
    const counts = new Map();
    for (const file of quality.files) {
      for (const [reason, count] of Object.entries(file.rejects)) counts.set(reason, (counts.get(reason) || 0) + count);
    }
    return [...counts].map(([name, products]) => ({ name, products })).sort((a, b) => b.products - a.products || (a.name < b.name ? -1 : 1));
  }

  function duplicates(quality) {
    const groups = quality.near_duplicates;
    if (!groups.length) return el('p', { class: 'none' }, t('noDuplicates'));
    return el('ul', { class: 'twins' }, groups.slice(0, 8).map(({ size, examples }) => el('li', {},
      el('div', {}, examples.map(({ id, title }) => el('p', { dir: 'auto' }, title, ' ', el('code', {}, id)))),
      size > examples.length ? el('span', { class: 'why' }, t('andMore', { n: Akin.number(size - examples.length) })) : null)));
  }

  function languages(quality) {
    const named = quality.languages.reduce((sum, row) => sum + row.products, 0);
    const rest = quality.products - named;
    return rest > 0 ? [...quality.languages, { name: 'und', products: rest }] : quality.languages;
  }

  function drawQuality() {
    const quality = report.quality;
    byId('quality').hidden = !quality;
    if (!quality) return;
    const refused = rejects(quality);
    const sum = (list) => list.reduce((total, row) => total + row.products, 0);
    const outliers = quality.findings.filter(({ kind }) => kind === 'price_outlier');
    const prices = quality.findings.filter(({ kind }) => /^(price|sale|currency)_/.test(kind) && kind !== 'price_outlier');
    const others = quality.findings.filter((finding) => !outliers.includes(finding) && !prices.includes(finding));
    const tally = [['rowsRead', quality.files.reduce((total, file) => total + file.rows, 0)], ['rowsRejected', sum(refused), true],
      ['exact', quality.exact_duplicates], ['near', quality.near_duplicate_products, true], ['outliers', sum(outliers), true], ['suspicious', sum(prices), true]];
    const part = (key, list, ...content) => (list.length ? panel(t(key), ...content.flat()) : null);
    const left = [part('fill', quality.fields, fills(quality.fields)),
      part('attributes', quality.attributes, fills(quality.attributes.slice(0, 10))),
      panel(t('duplicates'), duplicates(quality))];
    const right = [part('sources', quality.files, sources(quality)),
      panel(t('rejects'), refused.length ? shares(refused, (row) => known('reasons', row.name, plain(row.name))) : el('p', { class: 'none' }, t('noRejects'))),
      part('languages', languages(quality), shares(languages(quality), (row) => languageName(row.name))),
      quality.currencies.length > 1 ? panel(t('currencies'), shares(quality.currencies)) : null,
      panel(t('outlierList'), findings(outliers, t('noOutliers'))),
      panel(t('suspiciousList'), findings(prices, t('noSuspicious'))),
      part('otherFindings', others, findings(others, '')),
      part('largest', quality.categories, shares(quality.categories.slice(0, 8), (row) => row.name, quality.products))];
    byId('quality-body').replaceChildren(
      el('dl', { class: 'tally' }, tally.map(([name, value, watch]) => el('div', { class: watch && value ? 'look' : undefined }, el('dt', {}, t(name)), el('dd', {}, Akin.number(value))))),
      el('div', { class: 'stack' }, left), el('div', { class: 'stack' }, right));
  }

  function drawBuild() {
    const list = report.timings;
    byId('build').hidden = list.length === 0;
    const longest = list.reduce((a, row) => Math.max(a, row.seconds), 0) || 1;
    const total = list.reduce((a, row) => a + row.seconds, 0);
    const seconds = (value) => (value < 60 ? `${Akin.number(value, value < 10 ? 2 : 1)} s`
      : `${Math.floor(Math.round(value) / 60)} min ${Math.round(value) % 60} s`);
    byId('timings').replaceChildren(bars(list.map((row) => ({ name: row.step, part: row.seconds / longest, value: seconds(row.seconds), note: row.detail }))),
      el('p', { class: 'sum' }, el('span', {}, t('total')), el('strong', {}, seconds(total))));
  }

  Akin.sections.push(drawScores, drawQuality, drawBuild);
})();
