// Score histograms, the state of the data, and what the build spent its time on.
'use strict';

(() => {
  const { data, el, t } = Akin;
  const report = data.report;
  const byId = (id) => document.getElementById(id);

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
    return el('div', { class: 'panel' }, el('h3', {}, title), ...children);
  }

  function shares(list, name = (row) => row.name) {
    const total = list.reduce((sum, row) => sum + row.count, 0) || 1;
    return bars(list.map((row) => ({ name: name(row), part: row.count / total, value: Akin.number(row.count), note: Akin.percent(row.count / total, 1) })));
  }

  function languageName(code) {
    if (code === '' || code === 'und' || code === 'unknown') return t('unknown');
    try {
      return new Intl.DisplayNames([Akin.language], { type: 'language' }).of(code) || code;
    } catch {
      return code;
    }
  }

  function remarks(list, empty) {
    if (!list.length) return el('p', { class: 'none' }, empty);
    return el('ul', { class: 'remarks' }, list.map(({ product, reason, usual }) => el('li', {},
      el('span', { class: 'name', dir: 'auto', lang: product.language }, product.title),
      el('strong', {}, Akin.price(product.price)),
      el('span', { class: 'why', dir: 'auto' }, [reason, usual === undefined ? '' : t('usual', { n: Akin.price({ amount: usual, currency: product.price && product.price.currency }) })].filter(Boolean).join(' · ')))));
  }

  function fillPanel(quality) {
    const grade = (part) => (part >= 0.9 ? 'good' : part >= 0.5 ? 'fair' : 'poor');
    return panel(t('fill'), bars(quality.fields.map(({ name, filled, total }) => {
      const part = total ? filled / total : 0;
      return { name, part, value: Akin.percent(part), note: `${Akin.number(filled)} / ${Akin.number(total)}` };
    }), grade));
  }

  function sourcesPanel(quality) {
    if (!quality.sources.length) return null;
    return panel(t('sources'), el('ul', { class: 'remarks' }, quality.sources.map((source) => {
      const refused = source.rejected ? t('refused', { n: Akin.number(source.rejected) }) : '';
      return el('li', {}, el('span', { class: 'name', dir: 'auto' }, source.name),
        el('strong', {}, t('ofRows', { n: Akin.number(source.rows) })),
        el('span', { class: 'why' }, [source.format, refused].filter(Boolean).join(' · ')));
    })));
  }

  function duplicatesPanel(quality) {
    const list = quality.duplicateExamples;
    const empty = quality.nearDuplicates ? null : el('p', { class: 'none' }, t('noDuplicates'));
    if (!list.length) return empty && panel(t('duplicates'), empty);
    return panel(t('duplicates'), el('ul', { class: 'twins' }, list.map(({ products, score, reason }) => el('li', {},
      el('div', {}, products.map((product) => el('p', { dir: 'auto', lang: product.language }, product.title, ' ', el('code', {}, product.id)))),
      el('span', { class: 'why' }, [score === undefined ? '' : Akin.score(score), reason].filter(Boolean).join(' · '))))));
  }

  function drawQuality() {
    const quality = report.quality;
    byId('quality').hidden = !quality;
    if (!quality) return;
    const tally = [['rowsRead', quality.rows], ['rowsRejected', quality.rejected, true], ['exact', quality.exactDuplicates], ['near', quality.nearDuplicates, true],
      ['outliers', quality.outlierCount ?? quality.outliers.length, true], ['suspicious', quality.suspiciousCount ?? quality.suspiciousPrices.length, true]];
    byId('quality-body').replaceChildren(
      el('dl', { class: 'tally' }, tally.map(([name, value, watch]) => el('div', { class: watch && value ? 'look' : undefined }, el('dt', {}, t(name)), el('dd', {}, Akin.number(value))))),
      el('div', { class: 'stack' }, fillPanel(quality), sourcesPanel(quality), duplicatesPanel(quality)),
      el('div', { class: 'stack' },
        quality.languages.length ? panel(t('languages'), shares(quality.languages, (row) => languageName(row.name))) : null,
        panel(t('rejects'), quality.rejects.length ? shares(quality.rejects) : el('p', { class: 'none' }, t('noRejects'))),
        panel(t('outlierList'), remarks(quality.outliers, t('noOutliers'))),
        panel(t('suspiciousList'), remarks(quality.suspiciousPrices, t('noSuspicious')))));
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
