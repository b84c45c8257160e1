'use strict';
/*
 * Tasks and CPUs over time. A row's `spans` are [gap, length, what, more,
 * busy] in units of data.unit ns; what a CPU's span is of is a task's number
 * (-1: one without a row), what a task's is, its state. `busy` is not 0 where
 * several short ones were put together. `marks` of an event are samples:
 * [gap, label, row of the task, CPU].
 */
const ROW = 18, AXIS = 24, GUTTER = 180, MOST_PRINTED = 45;
const STATES = ['unknown', 'runs', 'waits for a CPU', 'sleeps', 'is blocked'], RUNS = 1, WAITS = 2, SLEEPS = 3, BLOCKED = 4;
const COLOURS = { runs: 'hsl(130 45% 52%)', 'waits for a CPU': 'hsl(36 95% 58%)', sleeps: null, 'is blocked': 'hsl(0 65% 62%)', sample: 'hsl(265 60% 45%)' };
const nameOf = label => data.strings[data.labels[3 * label + 1]];

function unpack(spans) {
	const n = spans.length / 5, row = { n, start: new Float64Array(n), end: new Float64Array(n), what: new Int32Array(n), more: new Int32Array(n), busy: new Float64Array(n) };
	for (let i = 0, time = 0; i < n; i++) {
		row.start[i] = time += spans[5 * i];
		row.end[i] = time += spans[5 * i + 1];
		row.what[i] = spans[5 * i + 2];
		row.more[i] = spans[5 * i + 3];
		row.busy[i] = spans[5 * i + 4];
	}
	return row;
}
const cpuRows = data.cpus.map(c => Object.assign(unpack(c.spans), { cpu: c.cpu, name: 'CPU ' + c.cpu, marks: [] }));
const taskRows = data.tasks.map(t => Object.assign(unpack(t.spans), { task: t, name: t.name + ' ' + t.tid, marks: [] }));
const ofCpu = new Map(cpuRows.map(row => [row.cpu, row]));
data.events.forEach((event, e) => {
	for (let i = 0, time = 0; i < event.marks.length; i += 4) {
		const mark = { time: time += event.marks[i], name: nameOf(event.marks[i + 1]), event: e };
		if (event.marks[i + 2] >= 0)
			taskRows[event.marks[i + 2]].marks.push(mark);
		if (ofCpu.has(event.marks[i + 3]))
			ofCpu.get(event.marks[i + 3]).marks.push(mark);
	}
});
for (const row of [...cpuRows, ...taskRows])
	row.marks.sort((a, b) => a.time - b.time);

/* What is looked at: all of it is in the address bar. */
const view = { from: 0, to: data.length, shown: 'all', query: '', row: 0 };
let rows = [], at = -1, hover = null, sortBy = 'ran', drag = null, due = false;

const seconds = units => (units * data.unit / 1e9).toFixed(6) + ' s';
function span(units) {
	const ns = units * data.unit;
	return ns >= 1e9 ? (ns / 1e9).toFixed(3) + ' s' : ns >= 1e6 ? (ns / 1e6).toFixed(3) + ' ms' : ns >= 1e3 ? (ns / 1e3).toFixed(1) + ' µs' : ns + ' ns';
}
const whatOf = (row, i) => row.task ? STATES[row.what[i]] : row.what[i] >= 0 ? data.tasks[row.what[i]].name + ' ' + data.tasks[row.what[i]].tid : 'a task without a row';
function describe(row, i) {
	const when = `from ${seconds(row.start[i])} for ${span(row.end[i] - row.start[i])}`;
	if (row.busy[i])
		return `${row.name}\nshort spells ${when}, busy ${(100 * row.busy[i] / (row.end[i] - row.start[i])).toFixed(0)} %`;
	let text = `${row.name}\n${whatOf(row, i)} ${when}`;
	if (row.task && row.what[i] === RUNS && row.more[i] >= 0)
		text += `, on CPU ${row.more[i]}`;
	if (row.task && row.what[i] === WAITS && row.more[i] >= 0)
		text += `, woken by ${data.tasks[row.more[i]].name} ${data.tasks[row.more[i]].tid}`;
	const here = row.marks.slice(firstMark(row, row.start[i]), firstMark(row, row.end[i]));
	if (here.length)
		text += `\n${here.length} samples: ` + [...new Set(here.map(m => m.name))].slice(0, 5).join(', ');
	return text;
}

/* ---- looking things up */

/* The first i in [0, n) for which good(i); they are all good behind it. */
function first(n, good) {
	let low = 0, high = n;
	while (low < high) {
		const middle = low + high >> 1;
		if (good(middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
const firstMark = (row, time) => first(row.marks.length, i => row.marks[i].time >= time);
const firstSpan = (row, time) => first(row.n, i => row.end[i] > time);
function spanAt(row, time) {
	const i = firstSpan(row, time);
	return i < row.n && row.start[i] <= time ? i : -1;
}

/* ---- drawing */

const hues = data.tasks.map(t => Math.floor(360 * hash(t.name)));
function colourOf(row, i) {
	if (row.busy[i])
		return `hsl(210 45% 55% / ${(0.25 + 0.75 * Math.min(1, row.busy[i] / (row.end[i] - row.start[i]))).toFixed(2)})`;
	return row.task ? COLOURS[STATES[row.what[i]]] : `hsl(${row.what[i] >= 0 ? hues[row.what[i]] : 0} 55% 62%)`;
}
const width = () => $('picture').clientWidth;
const scale = () => (width() - GUTTER) / (view.to - view.from);
const xOf = time => GUTTER + (time - view.from) * scale();
const timeAt = x => view.from + Math.max(0, x - GUTTER) / scale();

/* A step of 1, 2 or 5 and zeros, as time, that leaves room for its number. */
function step() {
	const least = 110 / scale() * data.unit;
	let size = Math.pow(10, Math.floor(Math.log10(least)));
	for (const times of [1, 2, 5, 10])
		if (size * times >= least)
			return size * times / data.unit;
	return size * 10 / data.unit;
}
function drawAxis(g, height, fg, line) {
	const by = step(), digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(by * data.unit / 1e9))));
	g.fillStyle = fg;
	for (let time = Math.ceil(view.from / by) * by; time <= view.to; time += by) {
		g.fillText((time * data.unit / 1e9).toFixed(digits) + ' s', xOf(time) + 3, AXIS / 2);
		g.fillStyle = line;
		g.fillRect(xOf(time), 0, 1, height);
		g.fillStyle = fg;
	}
}
function drawMarks(g, row, y) {
	let drawn = -1;
	for (let i = firstMark(row, view.from); i < row.marks.length && row.marks[i].time <= view.to; i++) {
		const x = xOf(row.marks[i].time);
		if (Math.floor(x) === drawn)
			continue;
		drawn = Math.floor(x);
		g.fillStyle = COLOURS.sample;
		g.fillRect(x, y + ROW - 6, 1, 5);
		const next = i + 1 < row.marks.length ? xOf(row.marks[i + 1].time) : width();
		if (next - x > 60) {
			g.fillStyle = '#111';
			g.fillText(row.marks[i].name, x + 3, y + ROW / 2, next - x - 6);
		}
	}
}
function drawSpans(g, row, y, fg) {
	let drawn = -1;
	for (let i = firstSpan(row, view.from); i < row.n && row.start[i] < view.to; i++) {
		const x = Math.max(GUTTER, xOf(row.start[i])), end = Math.min(width(), xOf(row.end[i])), colour = colourOf(row, i);
		if (end - x < 1 && Math.floor(x) === drawn)
			continue;
		drawn = Math.floor(end);
		g.fillStyle = colour || fg + '40';
		g.fillRect(x, colour ? y + 1 : y + ROW / 2, Math.max(end - x - (end - x > 4 ? 0.5 : 0), 0.7), colour ? ROW - 3 : 1);
		if (end - x > 40 && !row.task && !row.busy[i]) {
			g.fillStyle = '#111';
			g.fillText(whatOf(row, i), x + 3, y + ROW / 2, end - x - 6);
		}
	}
}
function drawRow(g, row, y, fg) {
	g.globalAlpha = row.dim ? 0.3 : 1;
	g.fillStyle = fg;
	g.fillText(row.name, 4, y + ROW / 2, GUTTER - 10);
	drawSpans(g, row, y, fg);
	drawMarks(g, row, y);
	g.globalAlpha = 1;
}
function draw(printing) {
	const canvas = $('canvas'), box = $('picture'), ratio = window.devicePixelRatio || 1, g = canvas.getContext('2d'), dark = isDark();
	const w = width(), whole = AXIS + rows.length * ROW, height = printing ? Math.min(whole, AXIS + MOST_PRINTED * ROW) : Math.min(whole, box.clientHeight);
	const fg = dark ? '#ececec' : '#1b1b1b', top = printing ? 0 : box.scrollTop;
	$('rowspace').style.height = whole + 'px';
	canvas.width = Math.round(w * ratio);
	canvas.height = Math.round(height * ratio);
	canvas.style.height = height + 'px';
	g.setTransform(ratio, 0, 0, ratio, 0, 0);
	g.font = '11px system-ui, sans-serif';
	g.textBaseline = 'middle';
	drawAxis(g, height, fg, dark ? '#43464c' : '#d0d0cc');
	g.save();
	g.beginPath();
	g.rect(0, AXIS, w, height - AXIS);
	g.clip();
	for (let r = Math.floor(top / ROW); r < rows.length && r * ROW < top + height; r++) {
		const y = AXIS + r * ROW - top;
		if (r === view.row) {
			g.fillStyle = dark ? '#ffffff18' : '#00000010';
			g.fillRect(0, y, w, ROW);
		}
		drawRow(g, rows[r], y, fg);
	}
	drawCursor(g, top, fg);
	g.restore();
}
function drawCursor(g, top, fg) {
	const row = rows[view.row];
	if (row && at >= 0 && document.activeElement === $('picture')) {
		g.strokeStyle = fg;
		g.lineWidth = 2;
		const x = Math.max(GUTTER, xOf(row.start[at]));
		g.strokeRect(x, AXIS + view.row * ROW - top + 1, Math.max(2, Math.min(width(), xOf(row.end[at])) - x), ROW - 3);
	}
	if (drag && drag.moved) {
		g.fillStyle = '#0060ff40';
		g.fillRect(Math.min(drag.from, drag.to), 0, Math.abs(drag.to - drag.from), 1e5);
	}
}
function redraw() {
	if (!due)
		requestAnimationFrame(() => { due = false; draw(); });
	due = true;
}

/* ---- search, table */

function search() {
	const words = view.query.toLowerCase();
	let found = 0, whole = 0;
	for (const row of [...cpuRows, ...taskRows]) {
		const hit = !words || row.name.toLowerCase().includes(words) || row.marks.some(m => m.name.toLowerCase().includes(words));
		row.dim = !hit;
		if (row.task) {
			whole += row.task.spent[0];
			found += hit ? row.task.spent[0] : 0;
		}
	}
	$('matched').textContent = words ? `matched ${(whole ? 100 * found / whole : 0).toFixed(2)} % of the time run` : '';
}
const COLUMNS = { ran: t => t.spent[0], waited: t => t.spent[1], longest: t => t.longest, runs: t => t.runs };
function table() {
	const by = COLUMNS[sortBy], list = taskRows.slice().sort((a, b) => by(b.task) - by(a.task)).slice(0, 200);
	document.querySelectorAll('th[aria-sort]').forEach(th =>
		th.setAttribute('aria-sort', th.firstElementChild.dataset.by === sortBy ? 'descending' : 'none'));
	$('rows').replaceChildren(...list.map(row => {
		const tr = document.createElement('tr'), t = row.task, cell = content => tr.appendChild(document.createElement('td')).append(content);
		for (const ns of [t.spent[0], t.spent[1], t.longest])
			cell(span(ns / data.unit));
		cell(t.runs.toLocaleString('en'));
		const button = document.createElement('button');
		button.type = 'button';
		button.textContent = row.name;
		button.onclick = () => { go({ shown: view.shown === 'cpus' ? 'all' : view.shown }); goToRow(rows.indexOf(row)); $('picture').focus(); };
		cell(button);
		return tr;
	}));
}
function legend() {
	const states = new Set(taskRows.flatMap(row => [...new Set(row.what)].map(s => STATES[s])));
	const entries = Object.entries(COLOURS).filter(([name, colour]) => colour && (states.has(name) || (name === 'sample' && data.events.some(e => e.marks.length))));
	if (data.together)
		entries.push(['several spells shorter than ' + span(data.together / data.unit), 'hsl(210 45% 55%)']);
	$('legend').replaceChildren(...entries.map(([name, colour]) => {
		const li = document.createElement('li'), i = document.createElement('i');
		i.style.background = colour || 'transparent';
		li.append(i, name);
		return li;
	}));
}

/* ---- where we are */

function readHash() {
	const h = new URLSearchParams(location.hash.slice(1)), number = key => Number(h.get(key));
	const from = number('f'), to = number('t');
	[view.from, view.to] = to > from && from >= 0 && to <= data.length ? [from, to] : [0, data.length];
	view.shown = ['cpus', 'tasks'].includes(h.get('s')) ? h.get('s') : 'all';
	view.query = h.get('q') || '';
	show();
}
function go(to) {
	Object.assign(view, to);
	const h = new URLSearchParams();
	if (view.from > 0 || view.to < data.length) {
		h.set('f', Math.round(view.from));
		h.set('t', Math.round(view.to));
	}
	if (view.shown !== 'all') h.set('s', view.shown);
	if (view.query) h.set('q', view.query);
	show();
	history.replaceState(null, '', '#' + h);
}
/* At least ten units, and nothing outside of the recording. */
function goTo(from, to) {
	const length = Math.max(10, Math.min(to - from, data.length));
	from = Math.max(0, Math.min(from, data.length - length));
	go({ from, to: Math.min(data.length, from + length) });
}
function zoom(by, around) {
	const middle = around === undefined ? (view.from + view.to) / 2 : around;
	goTo(middle - (middle - view.from) * by, middle + (view.to - middle) * by);
}
function show() {
	rows = view.shown === 'cpus' ? cpuRows : view.shown === 'tasks' ? taskRows : [...cpuRows, ...taskRows];
	view.row = Math.max(0, Math.min(view.row, rows.length - 1));
	if (!rows[view.row] || at >= rows[view.row].n)
		at = -1;
	$('shown').value = view.shown;
	$('search').value !== view.query && ($('search').value = view.query);
	search();
	redraw();
}
function point() {
	const row = rows[view.row], text = row ? at >= 0 ? describe(row, at) : row.name : '';
	$('cursor').textContent = $('status').textContent = text.replace(/\n/g, ' · ');
	$('cursor').setAttribute('aria-posinset', view.row + 1);
	$('cursor').setAttribute('aria-setsize', rows.length);
	redraw();
}
function goToRow(r) {
	const time = at >= 0 && rows[view.row] ? rows[view.row].start[at] : (view.from + view.to) / 2, box = $('picture');
	view.row = Math.max(0, Math.min(r, rows.length - 1));
	const row = rows[view.row];
	at = row && row.n ? Math.min(firstSpan(row, time), row.n - 1) : -1;
	if (view.row * ROW < box.scrollTop)
		box.scrollTop = view.row * ROW;
	else if (AXIS + (view.row + 1) * ROW > box.scrollTop + box.clientHeight)
		box.scrollTop = AXIS + (view.row + 1) * ROW - box.clientHeight;
	point();
}
function goToSpan(i) {
	const row = rows[view.row];
	if (!row || i < 0 || i >= row.n)
		return;
	at = i;
	const length = view.to - view.from;
	if (row.end[i] < view.from || row.start[i] > view.to)
		goTo(row.start[i] - length / 2, row.start[i] + length / 2);
	point();
}
function zoomToSpan() {
	const row = rows[view.row];
	if (!row || at < 0)
		return;
	const margin = (row.end[at] - row.start[at]) / 10;
	goTo(row.start[at] - margin, row.end[at] + margin);
}

/* ---- keyboard, mouse */

const KEYS = {
	ArrowUp: () => goToRow(view.row - 1), ArrowDown: () => goToRow(view.row + 1), ArrowLeft: () => goToSpan(at - 1), ArrowRight: () => goToSpan(at + 1),
	Home: () => goToSpan(0), End: () => rows[view.row] && goToSpan(rows[view.row].n - 1), PageUp: () => goToRow(view.row - 10), PageDown: () => goToRow(view.row + 10),
	Enter: zoomToSpan, ' ': zoomToSpan, '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), Escape: () => zoom(3), Backspace: () => zoom(3),
};
function place(event) {
	const box = $('canvas').getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
	return { x, row: y < AXIS ? -1 : Math.floor((y - AXIS + $('picture').scrollTop) / ROW) };
}
function under(event) {
	const { x, row } = place(event);
	return rows[row] && x >= GUTTER ? { row, i: spanAt(rows[row], timeAt(x)) } : { row, i: -1 };
}
$('picture').onkeydown = event => {
	if (KEYS[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey) {
		event.preventDefault();
		KEYS[event.key]();
	}
};
$('picture').onfocus = () => at < 0 ? goToRow(view.row) : redraw();
$('picture').onblur = redraw;
$('picture').onscroll = redraw;
$('picture').onwheel = event => {
	if (!event.ctrlKey)
		return;
	event.preventDefault();
	zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(place(event).x));
};
$('canvas').onpointerdown = event => {
	const { x } = place(event);
	drag = { from: x, to: x, moved: false };
	$('canvas').setPointerCapture(event.pointerId);
};
$('canvas').onpointermove = event => {
	if (drag) {
		drag.to = Math.max(GUTTER, place(event).x);
		drag.moved = drag.moved || Math.abs(drag.to - drag.from) > 4;
		redraw();
	}
	const { row, i } = under(event);
	showTip(event, i >= 0 && !(drag && drag.moved) ? describe(rows[row], i) : '');
};
$('canvas').onpointerup = event => {
	const was = drag, { row, i } = under(event);
	drag = null;
	if (was && was.moved)
		goTo(timeAt(Math.min(was.from, was.to)), timeAt(Math.max(was.from, was.to)));
	else if (rows[row]) {
		view.row = row;
		at = i;
		point();
	}
};
$('canvas').onpointerleave = () => showTip(null, '');
$('shown').onchange = () => go({ shown: $('shown').value });
$('search').oninput = () => go({ query: $('search').value });
$('search').onkeydown = event => { if (event.key === 'Escape') { go({ query: '' }); $('picture').focus(); } };
$('nearer').onclick = () => zoom(0.5);
$('farther').onclick = () => zoom(2);
$('reset').onclick = () => go({ from: 0, to: data.length, query: '' });
document.querySelectorAll('thead button').forEach(b => b.onclick = () => { sortBy = b.dataset.by; table(); });
addEventListener('hashchange', readHash);
addEventListener('resize', redraw);
addEventListener('beforeprint', () => draw(true));
addEventListener('afterprint', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

showFacts(data.title + ': timeline', [['Samples', data.events.map(e => `${e.count.toLocaleString('en')} of ${e.name}`).join(', ')],
	['Switches', data.switches.toLocaleString('en')], ['Lost', data.about.lost.toLocaleString('en')], ['File', data.about.file]]);
const hints = [];
if (!data.switches)
	hints.push('Nothing in the file says when tasks were switched: record -e sched:sched_switch,sched:sched_waking, or --switch-events.');
if (data.left_out)
	hints.push(`${data.left_out} tasks that ran the least have no row.`);
if (data.every > 1)
	hints.push(`One of ${data.every} samples is shown.`);
$('hint').hidden = !hints.length;
$('hint').textContent = hints.join(' ');
table();
legend();
readHash();
