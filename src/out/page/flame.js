'use strict';
/*
 * The flame graph. The data is JSON in the page: strings, labels (kind, name,
 * image; three numbers each), and for each event its tree, parents before
 * children: `u` how many levels up from the node before its parent is (0: it
 * is that node's child), `f` the label, `s` what ended there, `o` the same in
 * the profile compared with. Values are divided by `scale`.
 *
 * A subtree is a stretch of the arrays, so a whole branch that is too narrow
 * to be seen is stepped over at once: drawing costs what is seen.
 */
/* Rows of a canvas are limited: of very deep stacks more is seen when zoomed to; OUTER frames stay below the zoomed one. */
const ROW = 18, ROWS = 1500, OUTER = 24;
const KINDS = ['command', 'user', 'kernel', 'JIT', 'inlined', 'too small'], SMALL = 5;
const comparing = data.old !== undefined;
const nameOf = label => data.strings[data.labels[3 * label + 1]];
const imageOf = label => data.strings[data.labels[3 * label + 2]];
const kindOf = label => data.labels[3 * label];

function treeOf(event) {
	const n = event.f.length + 1, tree = { event, n, label: new Int32Array(n), parent: new Int32Array(n), depth: new Int32Array(n),
		end: new Int32Array(n), self: new Float64Array(n), old: new Float64Array(n) };
	const selfs = event.s ? Float64Array.from(event.s, v => v * event.scale) : selfsOver(event);	/* heat.js has that */
	tree.label[0] = tree.parent[0] = -1;
	for (let i = 1, at = 0; i < n; i++) {
		for (let up = event.u[i - 1]; up > 0; up--)
			at = tree.parent[at];
		tree.parent[i] = at;
		tree.depth[i] = tree.depth[at] + 1;
		tree.label[i] = event.f[i - 1];
		tree.self[i] = selfs[i - 1];
		tree.old[i] = event.o ? event.o[i - 1] * event.scale : 0;
		at = i;
	}
	sum(tree);
	return tree;
}

/* Totals, ends of subtrees and places, from the selfs. */
function sum(tree) {
	const { n, parent, self, old, end } = tree;
	tree.total = Float64Array.from(self);
	tree.oldTotal = Float64Array.from(old);
	tree.x = new Float64Array(n);
	end.fill(0);
	for (let i = n - 1; i > 0; i--) {
		end[i] = Math.max(end[i], i + 1);
		const p = parent[i];
		end[p] = Math.max(end[p], end[i]);
		tree.total[p] += tree.total[i];
		tree.oldTotal[p] += tree.oldTotal[i];
	}
	end[0] = n;
	const next = new Float64Array(n);
	for (let i = 1; i < n; i++) {
		const p = parent[i];
		next[i] = tree.x[i] = next[p];
		next[p] += tree.total[i];
	}
}

/* What is looked at: all of it is in the address bar. */
const view = { event: 0, zoom: 0, query: '', turned: false, colours: comparing ? 'change' : 'kind', stretch: null };
const trees = [];
let tree, cursor = 0, hover = -1, matches = null, sortBy = 'self', boxes = [];

const percent = (part, whole) => (whole ? 100 * part / whole : 0).toFixed(2) + ' %';
function amount(value) {
	if (tree.event.unit !== 'nanoseconds')
		return Math.round(value).toLocaleString('en') + (data.by === 'samples' ? ' samples' : '');
	return value >= 1e9 ? (value / 1e9).toFixed(3) + ' s' : value >= 1e6 ? (value / 1e6).toFixed(2) + ' ms' : (value / 1e3).toFixed(1) + ' µs';
}
const nodeName = i => i ? nameOf(tree.label[i]) : 'all';
/* How much more of the whole it is than it was, in points of percent. */
function change(now, before) {
	return 100 * (now / (tree.total[0] || 1) - before / (tree.oldTotal[0] || 1));
}
const signed = points => (points > 0 ? '+' : '') + points.toFixed(2);
function describe(i) {
	let text = nodeName(i);
	if (i && imageOf(tree.label[i]))
		text += ' (' + imageOf(tree.label[i]) + ')';
	text += '\n' + percent(tree.total[i], tree.total[0]) + ' of all, ' + amount(tree.total[i]) + '; self ' + percent(tree.self[i], tree.total[0]);
	if (comparing)
		text += '\nbefore ' + percent(tree.oldTotal[i], tree.oldTotal[0]) + ', change ' + signed(change(tree.total[i], tree.oldTotal[i])) + ' points';
	return text;
}

/* ---- colours */

const HUES = { command: [0, 0, 78], user: [38, 90, 66], kernel: [14, 88, 68], JIT: [110, 50, 66], inlined: [190, 58, 68], 'too small': [0, 0, 84] };
const colourCache = new Map();
function kindColour(kind, spread) {
	const [h, s, l] = HUES[kind];
	return `hsl(${(h + (s ? 14 * spread - 7 : 0)).toFixed(0)} ${s}% ${(l + 8 * spread - 4).toFixed(0)}%)`;
}
function colourOf(i) {
	if (view.colours === 'change') {
		const points = change(tree.total[i], tree.oldTotal[i]);
		const strength = Math.min(1, Math.sqrt(Math.abs(points) / 10));
		return `hsl(${points > 0 ? 4 : 214} ${(85 * Math.min(1, strength * 3)).toFixed(0)}% ${(93 - 30 * strength).toFixed(0)}%)`;
	}
	const label = tree.label[i], key = view.colours[0] + label;
	let colour = colourCache.get(key);
	if (colour)
		return colour;
	const kind = i ? KINDS[kindOf(label)] : 'command';
	if (view.colours === 'image' && i && imageOf(label))
		colour = `hsl(${(hash(imageOf(label)) * 360).toFixed(0)} 58% ${(68 + 6 * hash(nameOf(label))).toFixed(0)}%)`;
	else
		colour = kindColour(kind, i ? hash(nameOf(label)) : 0.5);
	colourCache.set(key, colour);
	return colour;
}
function legend() {
	const entries = [];
	if (view.colours === 'change')
		entries.push(['hsl(4 85% 63%)', 'more than before'], ['hsl(214 85% 63%)', 'less']);
	else if (view.colours === 'image') {
		const images = new Map();
		for (let i = 1; i < tree.n; i++)
			if (imageOf(tree.label[i]))
				images.set(imageOf(tree.label[i]), (images.get(imageOf(tree.label[i])) || 0) + tree.self[i]);
		for (const [image] of [...images].sort((a, b) => b[1] - a[1]).slice(0, 12))
			entries.push([`hsl(${(hash(image) * 360).toFixed(0)} 58% 71%)`, image]);
	} else {
		const used = new Set();
		for (let i = 1; i < tree.n; i++)
			used.add(kindOf(tree.label[i]));
		KINDS.forEach((kind, k) => used.has(k) && entries.push([kindColour(kind, 0.5), kind]));
	}
	$('legend').replaceChildren(...entries.map(([colour, text]) => {
		const li = document.createElement('li'), i = document.createElement('i');
		i.style.background = colour;
		li.append(i, text);
		return li;
	}));
}

/* ---- drawing */

/* Calls box(node, row, x, width) for what can be seen: from the outermost frame to the zoomed one, and all below it. */
function visible(width, box) {
	const zoom = view.zoom, from = tree.x[zoom], scale = width / (tree.total[zoom] || 1), base = Math.max(0, tree.depth[zoom] - OUTER);
	for (let i = zoom; i > 0 && tree.depth[i] > base; i = tree.parent[i])
		box(tree.parent[i], tree.depth[i] - 1 - base, 0, width);
	for (let i = zoom; i < tree.end[zoom];) {
		const w = tree.total[i] * scale, row = tree.depth[i] - base;
		if (w < 0.4 || row >= ROWS) {
			i = tree.end[i];
			continue;
		}
		box(i, row, (tree.x[i] - from) * scale, w);
		i++;
	}
}

function draw() {
	const canvas = $('canvas'), width = $('picture').clientWidth, ratio = window.devicePixelRatio || 1, g = canvas.getContext('2d');
	const dark = isDark();
	boxes = [];
	let rows = 1;
	visible(width, (i, row, x, w) => { boxes.push([i, row, x, w]); rows = Math.max(rows, row + 1); });
	canvas.width = Math.round(width * ratio);
	canvas.height = Math.round(rows * ROW * ratio);
	canvas.style.height = rows * ROW + 'px';
	g.setTransform(ratio, 0, 0, ratio, 0, 0);
	g.font = '11px system-ui, sans-serif';
	g.textBaseline = 'middle';
	for (const box of boxes) {
		const [i, row, x, w] = box, y = box[4] = view.turned ? row * ROW : (rows - 1 - row) * ROW;
		const hit = matches && i && matches[tree.label[i]];
		g.globalAlpha = (i < view.zoom && view.zoom < tree.end[i]) ? 0.6 : matches && !hit ? 0.45 : 1;
		g.fillStyle = hit ? '#d678f0' : colourOf(i);
		g.fillRect(x, y, Math.max(w - (w > 3 ? 1 : 0), 0.4), ROW - 1);
		g.globalAlpha = 1;
		if (w > 24) {
			g.fillStyle = dark && matches && !hit ? '#fff' : '#111';
			g.fillText(fit(nodeName(i), Math.floor((w - 6) / 6.2)), x + 3, y + ROW / 2, w - 6);
		}
	}
	outline(g, cursor, document.activeElement === $('picture') ? (dark ? '#fff' : '#000') : null, 2);
	outline(g, hover, dark ? '#fff' : '#000', 1);
}
/* No longer than n letters; long names are cut at their end. */
function fit(text, n) {
	return text.length <= n + 2 ? text : text.slice(0, Math.max(1, n - 1)) + '…';
}
function outline(g, node, colour, line) {
	const box = colour && boxes.find(b => b[0] === node);
	if (!box)
		return;
	g.strokeStyle = colour;
	g.lineWidth = line;
	g.strokeRect(box[2] + line / 2, box[4] + line / 2, Math.max(box[3] - line, 1), ROW - 1 - line);
}
let due = false;
/* The side where stacks begin, or the cursor, is brought to sight. */
function scrollTo(node) {
	const stage = $('picture'), box = boxes.find(b => b[0] === node);
	if (!box)
		return;
	if (box[4] < stage.scrollTop)
		stage.scrollTop = box[4] - ROW;
	else if (box[4] + ROW > stage.scrollTop + stage.clientHeight)
		stage.scrollTop = box[4] + 2 * ROW - stage.clientHeight;
}
function redraw() {
	if (!due)
		requestAnimationFrame(() => { due = false; draw(); });
	due = true;
}

/* ---- search */

function matcher(query) {
	const expression = /^\/(.+)\/$/.exec(query);
	if (query.startsWith('='))
		return text => text === query.slice(1);
	if (expression) {
		try {
			const re = new RegExp(expression[1], 'i');
			return text => re.test(text);
		} catch (e) {
			return () => false;
		}
	}
	const low = query.toLowerCase();
	return text => text.toLowerCase().includes(low);
}
function search() {
	matches = null;
	$('matched').textContent = '';
	if (!view.query)
		return;
	const test = matcher(view.query), n = data.labels.length / 3;
	matches = new Uint8Array(n);
	for (let l = 0; l < n; l++)
		matches[l] = test(nameOf(l)) ? 1 : 0;
	let found = 0;
	for (let i = Math.max(view.zoom, 1); i < tree.end[view.zoom];)
		if (matches[tree.label[i]]) {
			found += tree.total[i];
			i = tree.end[i];
		} else
			i++;
	$('matched').textContent = 'matched ' + percent(found, tree.total[view.zoom]);
}

/* ---- the table */

function hottest() {
	const n = data.labels.length / 3, open = [], on = new Int32Array(n), list = [];
	const self = new Float64Array(n), total = new Float64Array(n), oldSelf = new Float64Array(n);
	for (let i = Math.max(view.zoom, 1); i < tree.end[view.zoom]; i++) {
		while (open.length && tree.end[open[open.length - 1]] <= i)
			on[tree.label[open.pop()]]--;
		const l = tree.label[i];
		self[l] += tree.self[i];
		oldSelf[l] += tree.old[i];
		if (!on[l]++)
			total[l] += tree.total[i];
		open.push(i);
	}
	for (let l = 0; l < n; l++)
		if (kindOf(l) && kindOf(l) !== SMALL && (total[l] || oldSelf[l]))
			list.push({ label: l, self: self[l], total: total[l], oldSelf: oldSelf[l], change: change(self[l], oldSelf[l]) });
	const by = sortBy === 'change' ? r => Math.abs(r.change) : r => r[sortBy];
	return list.sort((a, b) => by(b) - by(a)).slice(0, 100);
}
function table() {
	const whole = tree.total[view.zoom];
	$('changehead').hidden = !comparing;
	document.querySelectorAll('th[aria-sort]').forEach(th =>
		th.setAttribute('aria-sort', th.firstElementChild.dataset.by === sortBy ? 'descending' : 'none'));
	$('rows').replaceChildren(...hottest().map(r => {
		const tr = document.createElement('tr'), button = document.createElement('button'), cell = text => {
			const td = tr.appendChild(document.createElement('td'));
			td.append(text);
			return td;
		};
		cell(percent(r.self, whole));
		cell(percent(r.total, whole));
		if (comparing)
			cell(signed(r.change));
		button.type = 'button';
		button.textContent = nameOf(r.label);
		button.onclick = () => go({ query: view.query === '=' + nameOf(r.label) ? '' : '=' + nameOf(r.label) });
		const td = cell(button), small = document.createElement('small');
		small.textContent = ' ' + imageOf(r.label);
		td.append(small);
		return tr;
	}));
}

/* ---- where we are */

function crumbs() {
	let path = [];
	for (let i = view.zoom; i >= 0; i = tree.parent[i])
		path.unshift(i);
	if (path.length > 12)
		path = [...path.slice(0, 3), -1, ...path.slice(-8)];
	$('crumbs').replaceChildren(...path.flatMap((i, at) => {
		const part = document.createElement(i < 0 ? 'span' : 'button');
		part.textContent = i < 0 ? '…' : nodeName(i);
		if (i >= 0) {
			part.type = 'button';
			part.onclick = () => go({ zoom: i });
			if (i === view.zoom)
				part.setAttribute('aria-current', 'true');
		}
		return at ? ['›', part] : [part];
	}));
}
function readHash() {
	const h = new URLSearchParams(location.hash.slice(1));
	const number = (key, limit) => { const v = Number(h.get(key)); return Number.isInteger(v) && v >= 0 && v < limit ? v : 0; };
	view.event = number('e', data.events.length);
	const stretch = /^(\d+)-(\d+)$/.exec(h.get('t') || '');
	view.stretch = data.columns && stretch ? [Number(stretch[1]), Number(stretch[2])] : null;
	trees[view.event] = trees[view.event] || treeOf(data.events[view.event]);
	view.zoom = number('z', trees[view.event].n);
	view.query = h.get('q') || '';
	view.turned = h.get('i') === '1';
	if (data.columns)
		stretchChanged();
	view.colours = ['kind', 'image', 'change'].includes(h.get('c')) ? h.get('c') : comparing ? 'change' : 'kind';
	show();
}
function go(to) {
	Object.assign(view, to);
	const h = new URLSearchParams();
	if (view.event) h.set('e', view.event);
	if (view.zoom) h.set('z', view.zoom);
	if (view.query) h.set('q', view.query);
	if (view.turned) h.set('i', '1');
	if (view.stretch) h.set('t', view.stretch.join('-'));
	if (view.colours !== (comparing ? 'change' : 'kind')) h.set('c', view.colours);
	const hash = h.toString();
	if (hash === location.hash.slice(1))
		show();
	else
		location.hash = hash;	/* readHash follows */
}
function show() {
	if (tree !== trees[view.event])
		cursor = 0;
	tree = trees[view.event];
	hover = -1;
	if (!(cursor >= view.zoom && cursor < tree.end[view.zoom]))
		cursor = view.zoom;
	$('event').value = view.event;
	$('search').value !== view.query && ($('search').value = view.query);
	$('colours').value = view.colours;
	$('turn').textContent = view.turned ? 'Flame' : 'Icicle';
	$('turn').setAttribute('aria-pressed', view.turned);
	$('hint').hidden = tree.event.chains;
	$('hint').textContent = 'This event was recorded without call stacks: record with -g, or --call-graph=dwarf.';
	title();
	if (data.columns)
		drawHeat();
	search();
	crumbs();
	table();
	legend();
	point(cursor);
	draw();
	$('picture').scrollTop = view.turned ? 0 : $('picture').scrollHeight;
	scrollTo(view.zoom);
}
function title() {
	const a = data.about, e = tree.event;
	showFacts(data.title + ': ' + e.name, [['Samples', e.count.toLocaleString('en')], ['Lost', a.lost.toLocaleString('en')],
		[e.unit === 'nanoseconds' ? 'Time' : 'Events', data.by === 'samples' ? '' : amount(e.period)], ['File', a.file], ['Compared with', data.old]]);
}

/* ---- keyboard, mouse */

function children(i) {
	const list = [];
	for (let c = i + 1; c < tree.end[i]; c = tree.end[c])
		list.push(c);
	return list.filter(c => tree.total[c] > 0);
}
/* Moves the cursor, and tells a screen reader. */
function point(i) {
	cursor = i;
	const item = $('cursor'), siblings = i ? children(tree.parent[i]) : [0];
	item.setAttribute('aria-level', tree.depth[i] + 1);
	item.setAttribute('aria-setsize', siblings.length);
	item.setAttribute('aria-posinset', siblings.indexOf(i) + 1);
	item.setAttribute('aria-expanded', i === view.zoom || tree.parent[i] >= view.zoom);
	item.setAttribute('aria-selected', 'true');
	item.textContent = describe(i).replace(/\n/g, ', ');
	$('status').textContent = describe(i).replace(/\n/g, ' · ');
	redraw();
}
function moveTo(i) {
	point(i);
	scrollTo(i);
}
function step(by) {
	if (cursor <= view.zoom)
		return;
	const siblings = children(tree.parent[cursor]), at = siblings.indexOf(cursor) + by;
	if (siblings[at] !== undefined)
		moveTo(siblings[at]);
}
function widestChild() {
	return children(cursor).reduce((best, c) => best < 0 || tree.total[c] > tree.total[best] ? c : best, -1);
}
function outwards() {
	if (cursor > view.zoom)
		moveTo(tree.parent[cursor]);
}
function inwards() {
	const c = widestChild();
	if (c >= 0)
		moveTo(c);
}
const KEYS = {
	ArrowLeft: () => step(-1), ArrowRight: () => step(1),
	ArrowUp: () => view.turned ? outwards() : inwards(), ArrowDown: () => view.turned ? inwards() : outwards(),
	Home: () => moveTo(view.zoom), Enter: () => go({ zoom: cursor }), ' ': () => go({ zoom: cursor }),
	Escape: () => go({ zoom: Math.max(0, tree.parent[view.zoom]) }), Backspace: () => go({ zoom: Math.max(0, tree.parent[view.zoom]) }),
};
function nodeAt(event) {
	const at = $('canvas').getBoundingClientRect(), x = event.clientX - at.left, y = event.clientY - at.top;
	const box = boxes.find(b => x >= b[2] && x < b[2] + b[3] && y >= b[4] && y < b[4] + ROW);
	return box ? box[0] : -1;
}
function tip(event) {
	const i = nodeAt(event);
	if (i !== hover) {
		hover = i;
		redraw();
	}
	showTip(event, i < 0 ? '' : describe(i));
}

data.events.forEach((e, i) => option($('event'), i, e.name));
for (const [value, text] of [['kind', 'kernel, user, JIT'], ['image', 'program or library'], ...(comparing ? [['change', 'difference']] : [])])
	option($('colours'), value, text);
$('event').onchange = () => go({ event: Number($('event').value), zoom: 0 });
$('search').oninput = () => go({ query: $('search').value });
$('search').onkeydown = event => { if (event.key === 'Escape') { go({ query: '' }); $('picture').focus(); } };
$('colours').onchange = () => go({ colours: $('colours').value });
$('turn').onclick = () => go({ turned: !view.turned });
$('reset').onclick = () => go({ zoom: 0, query: '' });
document.querySelectorAll('thead button').forEach(b => b.onclick = () => { sortBy = b.dataset.by; table(); });
$('picture').onkeydown = event => {
	if (KEYS[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey) {
		event.preventDefault();
		KEYS[event.key]();
	}
};
$('picture').onfocus = $('picture').onblur = redraw;
$('canvas').onmousemove = tip;
$('canvas').onmouseleave = () => { hover = -1; showTip(null, ''); redraw(); };
$('canvas').onclick = event => { const i = nodeAt(event); if (i >= 0) { point(i); go({ zoom: i }); } };
addEventListener('hashchange', readHash);
addEventListener('resize', redraw);
addEventListener('beforeprint', draw);
addEventListener('afterprint', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
if (data.columns)
	startHeat();
readHash();
