// The header and the shelf of sample products.
'use strict';

(() => {
  const { data, el, t } = Akin;
  const report = data.report;
  const byId = (id) => document.getElementById(id);
  const FIRST = window.innerWidth < 700 ? 4 : 8;
  // Neighbours of a list that a narrow screen shows at once; the style sheet hides the others.
  const SHORT = 3;
  let shown = FIRST;
  let query = '';
  let chosen = null;
  // In a shop whose feed has no prices, saying so at every product would be noise.
  const hasPrices = report.samples.some(({ product, similar, boughtTogether }) =>
    product.price || [...similar, ...boughtTogether].some((n) => n.product.price));

  // Words that say nothing of what a product is, and units, which follow any number.
  const HOLLOW = new Set(('a an and as at by each for from in into is no nor of on or per plus than that the this to with without '
    + 'au avec das dem den der des die du el en et für il la las le les los mit para pour por sur um und una une von zu '
    + 'mg gr kg oz lb lbs ml cl dl ltr litre litres liter liters ga gal gallon gallons qt quart pt pint pints fl fz mm cm km inch inches ft feet yd '
    + 'kw mw ma mah wh hz khz mhz ghz kb mb gb tb mp px pc pcs pk pkt pack packs ct cnt count ea dz doz dozen piece pieces x').split(' '));
  const HOLLOW_HAN = /[的了和与及或在之]/;
  const MEASURE = /^(?:毫升|公斤|千克|厘米|毫米|英寸|[个個只件片枚支瓶盒袋包罐桶箱条套双对张卷根粒升斤两克米寸色])装?/;

  // Words that two titles share: runs of letters, pairs of characters where a script writes no
  // spaces, and a number with the word before it. A number alone, or with a unit, is no evidence.
  const PIECE = /(?<unspaced>[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+)|(?<number>\p{N}+)|(?<word>(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{M}])+)/gu;
  function terms(text) {
    const found = [];
    const pieces = [...text.matchAll(PIECE)].map((match) => ({ ...match.groups, start: match.index, end: match.index + match[0].length }));
    pieces.forEach(({ unspaced, number, word, start, end }, index) => {
      const before = pieces[index - 1], after = pieces[index + 1];
      // The few letters of a model's number (XM4) count with the number only.
      const code = word && word.length < 4 && after?.number && after.start === end;
      if (word && word.length > 1 && !code && !HOLLOW.has(word.toLowerCase())) found.push([start, end, word.toLowerCase()]);
      if (unspaced) {
        const unit = before?.number && before.end === start ? unspaced.match(MEASURE) : null;
        for (let i = unit ? unit[0].length : 0; i + 1 < unspaced.length; i++) {
          const pair = unspaced.slice(i, i + 2);
          if (!HOLLOW_HAN.test(pair)) found.push([start + i, start + i + 2, pair]);
        }
      }
      if (number && before && !before.number && /^[ -]?$/.test(text.slice(before.end, start)) && !measured(text, end, after)) {
        const name = before.unspaced ? before.unspaced.slice(-2) : before.word.toLowerCase();
        if (!HOLLOW.has(name)) found.push([before.end - name.length, end, `${name} ${number}`]);
      }
    });
    return found;
  }

  /** Whether the number that ends at `end` is an amount: 128GB, 2 lb, 20枚, 2.5, 6 x 2, 30%. */
  function measured(text, end, after) {
    if (/^(?:[.,]\p{N}|\s?[×%+*])/u.test(text.slice(end, end + 2))) return true;
    if (!after || !/^[ -]?$/.test(text.slice(end, after.start))) return false;
    if (after.word) return HOLLOW.has(after.word.toLowerCase()) || /^[gmlwvx]$/i.test(after.word);
    return Boolean(after.unspaced && after.start === end && MEASURE.test(after.unspaced));
  }

  /** A title as nodes, shared words in mark elements. */
  function marked(title, shared) {
    const cover = new Uint8Array(title.length);
    for (const [start, end, word] of terms(title)) {
      if (shared.has(word)) cover.fill(1, start, end);
    }
    const nodes = [];
    for (let i = 0; i < title.length;) {
      let end = i;
      while (end < title.length && cover[end] === cover[i]) end++;
      const text = title.slice(i, end);
      nodes.push(cover[i] ? el('mark', {}, text) : text);
      i = end;
    }
    return nodes;
  }

  function hue(text) {
    let hash = 7;
    for (const character of text) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
    return hash % 360;
  }

  function tile(product) {
    const title = product.title.trim();
    const initial = (title.match(/\p{L}/u) || Array.from(title))[0] || '·';
    return el('span', { class: 'tile', 'aria-hidden': 'true', '--hue': hue(product.category[0] || '') }, initial.toUpperCase());
  }

  function hints(product, other, kind) {
    const same = (a, b) => a && b && a.toLowerCase() === b.toLowerCase();
    const list = [];
    if (same(product.brand, other.brand)) list.push(t('sameBrand'));
    if (product.category.length && product.category.join('\n') === other.category.join('\n')) list.push(t('sameCategory'));
    // Prices of different amounts do not compare.
    const sameVariant = (product.variant || '').trim().toLowerCase() === (other.variant || '').trim().toLowerCase();
    if (kind === 'similar' && sameVariant && product.price && other.price && product.price.currency === other.price.currency && product.price.amount > 0) {
      const ratio = other.price.amount / product.price.amount - 1;
      if (Math.abs(ratio) >= 0.1 && ratio < 2 && ratio > -0.8) {
        list.push(t(ratio < 0 ? 'cheaper' : 'dearer', { n: Akin.percent(Math.abs(ratio)) }));
      }
    }
    return list;
  }

  function neighbourList(sample, list, kind, range, emptyText) {
    const words = new Set(terms(sample.product.title).map((term) => term[2]));
    const ends = { a: Akin.number(range[0], 2), b: Akin.number(range[1], 2) };
    const title = el('h4', {}, t(kind === 'similar' ? 'similar' : 'bought'),
      list.length && range[0] !== 0 ? el('small', {}, t('scale', ends)) : null);
    if (!list.length) return el('div', { class: `list ${kind}` }, title, el('p', { class: 'none' }, emptyText));
    const box = el('div', { class: `list ${kind}` }, title, el('ol', {}, list.map((neighbour) => {
      const other = neighbour.product;
      const width = Math.min(Math.max((neighbour.score - range[0]) / (range[1] - range[0] || 1), 0.02), 1);
      return el('li', {},
        el('div', { class: 'line' },
          el('span', { class: 'name', dir: 'auto', lang: other.language, title: other.title }, marked(other.title, words)),
          el('span', { class: 'score' }, Akin.score(neighbour.score))),
        el('span', { class: 'track', 'aria-hidden': 'true' }, el('span', { class: 'fill', '--part': width })),
        el('div', { class: 'facts' },
          hasPrices ? el('span', { class: 'price' }, Akin.price(other.price)) : null,
          other.variant ? el('span', { class: 'variant', dir: 'auto' }, other.variant) : null,
          hints(sample.product, other, kind).map((hint) => el('span', { class: 'hint' }, hint))));
    })));
    if (list.length > SHORT) box.append(Akin.rest(box, `${kind} ${sample.product.id}`, list.length - SHORT));
    return box;
  }

  /** What is the same, a variant, a substitute, a complement: each with its probability and why. */
  function typed(sample) {
    const lists = (sample.relations || []).filter((list) => list.entries.length);
    if (!lists.length) return null;
    const sum = lists.reduce((n, list) => n + list.entries.length, 0);
    const entry = ({ product, probability, evidence }) => el('li', {},
      el('div', { class: 'line' },
        el('span', { class: 'name', dir: 'auto', lang: product.language, title: product.title }, product.title),
        el('span', { class: 'score' }, Akin.percent(probability))),
      el('div', { class: 'facts' }, evidence.map((part) =>
        el('span', { class: part.contribution < 0 ? 'against' : 'speaks', title: part.detail.filter(Boolean).join(', ') },
          `${Object.hasOwn(t('sources'), part.source) ? t('sources')[part.source] : part.source} ${part.contribution < 0 ? '−' : '+'}${Akin.number(Math.abs(part.contribution), 1)}`))));
    return el('details', { class: 'types' },
      el('summary', {}, t('byType', { n: Akin.number(sum) }),
        el('span', { class: 'counts' }, lists.map((list) => `${t(list.type)} ${Akin.number(list.entries.length)}`).join(' · '))),
      el('div', { class: 'typed' }, lists.map((list) => el('div', {}, el('h4', {}, t(list.type)), el('ol', {}, list.entries.map(entry))))));
  }

  /** The ends of the bars: from a round number below the lowest score to at least 1. */
  function rangeOf(pick) {
    const scores = report.samples.flatMap((sample) => pick(sample).map((n) => n.score));
    if (!scores.length) return [0, 1];
    const lowest = scores.reduce((a, b) => Math.min(a, b), 1);
    const highest = scores.reduce((a, b) => Math.max(a, b), 1);
    return [lowest > 0.5 ? Math.floor(lowest * 20 - 0.2) / 20 : Math.min(0, lowest), highest];
  }
  const ranges = { similar: rangeOf((s) => s.similar), bought: rangeOf((s) => s.boughtTogether) };

  function card(sample) {
    const product = sample.product;
    return el('article', { class: 'card' },
      el('div', { class: 'face' },
        tile(product),
        el('div', { class: 'about' },
          el('h3', { dir: 'auto', lang: product.language }, product.title),
          el('p', { class: 'meta' },
            product.brand ? el('span', { class: 'brand', dir: 'auto' }, product.brand) : null,
            product.category.length ? el('span', { dir: 'auto' }, product.category.join(' › ')) : null),
          el('p', { class: 'tag' },
            hasPrices ? el('strong', {}, Akin.price(product.price)) : null,
            product.variant ? el('span', { dir: 'auto' }, product.variant) : null,
            el('code', {}, product.id)),
          product.description ? el('p', { class: 'text', dir: 'auto', lang: product.language }, product.description) : null)),
      neighbourList(sample, sample.similar, 'similar', ranges.similar, t('noSimilar')),
      neighbourList(sample, sample.boughtTogether, 'bought', ranges.bought, t(report.counts.events ? 'noBought' : 'noEvents')),
      typed(sample));
  }

  const haystacks = report.samples.map(({ product }) =>
    [product.title, product.brand || '', product.category.join(' '), product.id].join('\n').normalize('NFKC').toLowerCase());
  const groups = new Map();
  for (const { product } of report.samples) {
    const name = product.category[0];
    if (name) groups.set(name, (groups.get(name) || 0) + 1);
  }

  function drawShelf() {
    const wanted = query.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);
    const matching = report.samples.filter((sample, index) =>
      (chosen === null || sample.product.category[0] === chosen) && wanted.every((word) => haystacks[index].includes(word)));
    byId('cards').replaceChildren(...matching.slice(0, shown).map(card));
    const total = report.samples.length;
    byId('found').textContent = total === 0 ? t('noSamples')
      : matching.length === 0 ? t('none') : t('found', { n: Akin.number(matching.length), total: Akin.number(total) });
    const rest = matching.length - shown;
    byId('more').hidden = rest <= 0;
    byId('more').textContent = t('more', { n: Akin.number(Math.min(Math.max(rest, 0), FIRST)) });
  }

  function drawChips() {
    const names = [...groups].sort((a, b) => b[1] - a[1]).slice(0, 14).map((entry) => entry[0]);
    const chip = (name, label) => el('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(chosen === name), dir: 'auto',
      click: () => { chosen = name; shown = FIRST; drawChips(); drawShelf(); },
    }, label);
    const chips = byId('chips');
    const focused = [...chips.children].indexOf(document.activeElement);
    chips.replaceChildren(...(names.length > 1 ? [chip(null, t('all')), ...names.map((name) => chip(name, name))] : []));
    if (focused >= 0 && chips.children[focused]) chips.children[focused].focus();
  }

  function drawHeader() {
    const { counts, model } = report;
    const made = [];
    for (const [phrase, time] of [['built', report.built], ['made', report.generated]]) {
      if (time === undefined) continue;
      const form = { dateStyle: 'long', timeStyle: 'short' };
      made.push(t(phrase, { date: new Intl.DateTimeFormat(Akin.language, form).format(new Date(time * 1000)) }));
    }
    if (model) {
      made.push([t('by', { model: model.name }), model.dimension && t('dimensions', { n: model.dimension }), model.execution].filter(Boolean).join(', '));
    }
    byId('made').textContent = made.join(' · ');
    const figures = [['products', counts.products], ['events', counts.events], ['baskets', counts.baskets], ['shoppers', counts.shoppers],
      ['brands', counts.brands], ['categories', counts.categories], ['covered', counts.productsWithBaskets]];
    byId('figures').replaceChildren(...figures.filter(([, value]) => value !== undefined).map(([name, value]) =>
      el('div', { title: Akin.number(value) }, el('dt', {}, t(name)), el('dd', {}, Akin.short(value)))));
    byId('nav').replaceChildren(...['shelf', 'map', 'scores', 'quality', 'build'].filter((id) => !byId(id).hidden)
      .map((id) => el('a', { href: `#${id}` }, t(id))));
    byId('nav').setAttribute('aria-label', t('sections'));
  }

  function draw() {
    document.documentElement.lang = Akin.language;
    for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
    byId('shop').textContent = report.shop;
    byId('search').placeholder = t('searchHint');
    byId('language').textContent = t('other');
    byId('language').lang = t('otherLanguage');
    drawChips();
    drawShelf();
    for (const section of Akin.sections) section();
    drawHeader();
  }

  byId('search').addEventListener('input', (event) => { query = event.target.value; shown = FIRST; drawShelf(); });
  byId('more').addEventListener('click', () => {
    const first = shown;
    shown += FIRST;
    drawShelf();
    const next = byId('cards').children[first];
    if (next) { next.tabIndex = -1; next.focus({ preventScroll: true }); }
  });
  byId('language').addEventListener('click', () => { Akin.language = t('otherLanguage'); draw(); });
  document.addEventListener('DOMContentLoaded', draw);
})();
