"""Line plots as SVG files that read in light and dark; both axes logarithmic where asked for."""
import html, math

COLOURS = ("#c2410c", "#2563eb", "#0d9488", "#7c3aed", "#a16207", "#64748b")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 440, 70, 200, 48, 56


def ticks(low, high, log):
    if log:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        steps = (1,) if high / low > 100 else (1, 2, 5)
        return [s * 10.0 ** d for d in decades for s in steps if low <= s * 10.0 ** d <= high]
    step = 10 ** math.floor(math.log10((high - low) / 3))
    step *= next(m for m in (1, 2, 5, 10) if (high - low) / (step * m) <= 6)
    first = math.ceil(low / step - 1e-9)
    return [round((first + i) * step, 10) for i in range(int((high - low) / step) + 2) if (first + i) * step <= high + 1e-9]


def written(value):
    if value >= 1e6: return f"{value / 1e6:g}M"
    if value >= 1e4: return f"{value / 1e3:g}k"
    return f"{value:g}"


def save(file, title, x_label, y_label, lines, x_log=True, y_log=True):
    """`lines`: {name: [(x, y), …]}; the first is drawn thicker."""
    points = [p for line in lines.values() for p in line]
    span = lambda values, log: ((min(values) / 1.15, max(values) * 1.15) if log else
                                (min(values) - (max(values) - min(values)) * .05 - 1e-9, max(values) + (max(values) - min(values)) * .05 + 1e-9))
    xs, ys = span([p[0] for p in points], x_log), span([p[1] for p in points], y_log)
    place = lambda v, s, log: (math.log(v / s[0]) / math.log(s[1] / s[0])) if log else (v - s[0]) / (s[1] - s[0])
    X = lambda v: LEFT + place(v, xs, x_log) * (WIDTH - LEFT - RIGHT)
    Y = lambda v: HEIGHT - BOTTOM - place(v, ys, y_log) * (HEIGHT - TOP - BOTTOM)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}">',
           "<style>text{font:13px system-ui,sans-serif;fill:#1f2937}.t{font-size:15px;font-weight:600}.g{stroke:#d1d5db;stroke-width:1}"
           "rect{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#e5e7eb}.g{stroke:#374151}rect{fill:#111827}}</style>",
           f'<rect width="{WIDTH}" height="{HEIGHT}"/>', f'<text class="t" x="{LEFT}" y="26">{html.escape(title)}</text>']
    for v in ticks(*xs, x_log):
        out.append(f'<line class="g" x1="{X(v):.1f}" x2="{X(v):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
                   f'<text x="{X(v):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{written(v)}</text>')
    for v in ticks(*ys, y_log):
        out.append(f'<line class="g" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{Y(v):.1f}" y2="{Y(v):.1f}"/>'
                   f'<text x="{LEFT - 8}" y="{Y(v) + 4:.1f}" text-anchor="end">{written(v)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">{html.escape(x_label)}</text>')
    out.append(f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{html.escape(y_label)}</text>')
    labels = sorted(((Y(line[-1][1]), i, name) for i, (name, line) in enumerate(lines.items()) if line), key=lambda l: l[0])
    last = -1e9
    for y, i, name in labels:
        line, colour = lines[name], COLOURS[i % len(COLOURS)]
        path = " ".join(f"{X(x):.1f},{Y(v):.1f}" for x, v in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{3 if i == 0 else 1.8}"/>')
        out += [f'<circle cx="{X(x):.1f}" cy="{Y(v):.1f}" r="3" fill="{colour}"/>' for x, v in line]
        last = max(y, last + 16)   # labels do not cover each other
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{last + 4:.1f}" style="fill:{colour}">{html.escape(name)}</text>')
    out.append("</svg>\n")
    open(file, "w").write("\n".join(out))
