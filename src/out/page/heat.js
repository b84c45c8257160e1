'use strict';
/*
 * Samples over time, above the flame graph (flame.js, which starts it). An event's `cells` are [cell,
 * node, value, node, value …]: what was sampled in that fiftieth of a column,
 * or, where data.latency is there, began a pair with a latency of that row,
 * longer ones above. What is selected gives the tree below its values: a
 * stretch of time, or of latencies the rectangle between two cells.
 */
const HEAT_ROWS = 50, CELL_HEIGHT = 4;
const heat = { cursor: 0, from: -1, anchor: -1 };
const LEFT = data.latency ? 76 : 0;	/* for what rows are */

const rowOf = cell => cell % HEAT_ROWS, columnOf = cell => Math.floor(cell / HEAT_ROWS);
/* Is the cell in what is selected? */
function inside(cell, stretch) {
	if (!stretch)
		return false;
	const [from, to] = stretch;
	if (!data.latency)
		return cell >= from && cell <= to;
	const rows = [rowOf(from), rowOf(to)].sort((a, b) => a - b), columns = [columnOf(from), columnOf(to)];
	return columnOf(cell) >= columns[0] && columnOf(cell) <= columns[1] && rowOf(cell) >= rows[0] && rowOf(cell) <= rows[1];
}
/* As src/out/heat.c divides latencies into rows: a logarithm with straight lines between the powers of two. */
function octaves(n) {
	const whole = Math.floor(Math.log2(n));
	return whole + n / 2 ** whole - 1;
}
/* The shortest latency of a row, in ns; that of the row above is its longest. */
function latency(row) {
	const low = octaves(data.latency.shortest + 1), high = octaves(data.latency.longest + 1);
	const place = low + (high - low) * (HEAT_ROWS - 1 - row) / HEAT_ROWS, whole = Math.floor(place);
	return 2 ** whole * (1 + place - whole) - 1;
}
const shortTime = ns => ns >= 1e9 ? (ns / 1e9).toPrecision(3) + ' s' : ns >= 1e6 ? (ns / 1e6).toPrecision(3) + ' ms' : ns >= 1e3 ? (ns / 1e3).toPrecision(3) + ' µs' : ns.toFixed(0) + ' ns';

/* The selfs of an event's nodes in the stretch that is looked at. */
function selfsOver(event) {
	const self = new Float64Array(event.f.length);
	for (const cell of event.cells)
		if (!view.stretch || inside(cell[0], view.stretch))
			for (let i = 1; i < cell.length; i += 2)
				self[cell[i]] += cell[i + 1] * event.scale;
	return self;
}
function cellTotals(event) {
	if (event.totals)
		return event.totals;
	event.totals = new Float64Array(data.columns * HEAT_ROWS);
	for (const cell of event.cells)
		for (let i = 2; i < cell.length; i += 2)
			event.totals[cell[0]] += cell[i] * event.scale;
	event.most = event.totals.reduce((a, b) => Math.max(a, b), 0);
	return event.totals;
}
const cellWidth = () => Math.max(3, Math.min(30, Math.floor(($('heatbox').clientWidth - LEFT) / data.columns)));
function heatColour(share, dark) {
	return dark ? `hsl(${(40 * share).toFixed(0)} 90% ${(12 + 55 * share).toFixed(0)}%)` : `hsl(${(40 - 40 * share).toFixed(0)} 90% ${(94 - 52 * share).toFixed(0)}%)`;
}
const seconds = cell => (cell * data.column_ns / HEAT_ROWS / 1e9).toFixed(data.column_ns < 1e9 ? 4 : 2) + ' s';
function drawRows(g, dark) {
	g.font = '10px system-ui, sans-serif';
	g.textBaseline = 'middle';
	g.fillStyle = dark ? '#a8a8a8' : '#5a5a5a';
	for (let row = 4; LEFT && row < HEAT_ROWS; row += 5)
		g.fillText(shortTime(latency(row)), 4, (row + 1) * CELL_HEIGHT, LEFT - 8);
}
function drawHeat() {
	const canvas = $('heatcanvas'), g = canvas.getContext('2d'), ratio = window.devicePixelRatio || 1, w = cellWidth(), dark = isDark();
	const event = tree.event, totals = cellTotals(event);
	canvas.width = Math.round((LEFT + w * data.columns) * ratio);
	canvas.height = Math.round(HEAT_ROWS * CELL_HEIGHT * ratio);
	canvas.style.width = LEFT + w * data.columns + 'px';
	canvas.style.height = HEAT_ROWS * CELL_HEIGHT + 'px';
	g.setTransform(ratio, 0, 0, ratio, 0, 0);
	g.fillStyle = dark ? '#232529' : '#f3f3f1';
	g.fillRect(LEFT, 0, w * data.columns, HEAT_ROWS * CELL_HEIGHT);
	drawRows(g, dark);
	const place = i => [LEFT + columnOf(i) * w, rowOf(i) * CELL_HEIGHT];
	let n = 0;
	for (let i = 0; i < totals.length; i++) {
		const [x, y] = place(i), selected = inside(i, view.stretch);
		n += selected || !view.stretch ? totals[i] : 0;
		if (!totals[i] && !selected)
			continue;
		g.fillStyle = totals[i] ? heatColour(Math.sqrt(totals[i] / event.most), dark) : dark ? '#1d3350' : '#d5e4fa';
		g.fillRect(x, y, w - (w > 4 ? 1 : 0), CELL_HEIGHT - 1);
		if (selected) {
			g.fillStyle = '#0060ff40';
			g.fillRect(x, y, w, CELL_HEIGHT);
		}
	}
	if (document.activeElement === $('heatbox')) {
		const [x, y] = place(heat.cursor);
		g.strokeStyle = dark ? '#fff' : '#000';
		g.strokeRect(x + 0.5, y + 0.5, w - 1, CELL_HEIGHT - 1);
	}
	$('stretch').textContent = sayStretch(n);
}
function sayStretch(n) {
	const what = data.latency ? n.toLocaleString('en') + ' pairs' : amount(n);
	if (!view.stretch)
		return 'All of the time: ' + what;
	const [from, to] = view.stretch;
	if (!data.latency)
		return `From ${seconds(from)} to ${seconds(to + 1)} of the recording: ${what}`;
	const rows = [rowOf(from), rowOf(to)].sort((a, b) => a - b), first = columnOf(from) * HEAT_ROWS, last = (columnOf(to) + 1) * HEAT_ROWS;
	return `From ${seconds(first)} to ${seconds(last)} of the recording, ${shortTime(latency(rows[1]))} to ${shortTime(latency(rows[0] - 1))} long: ${what}`;
}
/* After the address has changed: the trees get the values of the stretch. */
function stretchChanged() {
	for (const t of trees)
		if (t) {
			t.self.set(selfsOver(t.event), 1);
			sum(t);
		}
}
function select(a, b) {
	go({ stretch: [Math.min(a, b), Math.max(a, b)] });
}
function cellAt(event) {
	const at = $('heatcanvas').getBoundingClientRect(), limit = (value, most) => Math.max(0, Math.min(most, Math.floor(value)));
	return limit((event.clientX - at.left - LEFT) / cellWidth(), data.columns - 1) * HEAT_ROWS + limit((event.clientY - at.top) / CELL_HEIGHT, HEAT_ROWS - 1);
}
function startHeat() {
	const box = $('heatbox'), canvas = $('heatcanvas');
	const l = data.latency, width = data.column_ns / 1e9 + ' s';
	$('heathelp').textContent = (l ? `Each column is ${width}, each row a range of latencies from ${l.from} to ${l.to}, longer ones above: ` +
		`${l.pairs.toLocaleString('en')} pairs; ${l.unmatched_from.toLocaleString('en')} beginnings and ${l.unmatched_to.toLocaleString('en')} ends without the other are left out. ` :
		`Each column is ${width}, each row a fiftieth of it, from the top down. `) +
		'Darker (in dark colours: brighter) is more. Drag, or use the arrow keys with Shift, to see a part of it below' + (l ? ': the stacks of the beginnings.' : '.');
	canvas.onpointerdown = event => {
		heat.from = heat.cursor = cellAt(event);
		canvas.setPointerCapture(event.pointerId);
	};
	canvas.onpointermove = event => {
		if (heat.from >= 0 && cellAt(event) !== heat.cursor) {
			heat.cursor = cellAt(event);
			view.stretch = [Math.min(heat.from, heat.cursor), Math.max(heat.from, heat.cursor)];
			drawHeat();
		}
	};
	canvas.onpointerup = event => {
		if (heat.from >= 0)
			select(heat.from, cellAt(event));
		heat.from = -1;
	};
	const steps = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -HEAT_ROWS, ArrowRight: HEAT_ROWS };
	box.onkeydown = event => {
		if (event.key === 'Escape')
			go({ stretch: null });
		if (!steps[event.key])
			return;
		event.preventDefault();
		if (!event.shiftKey || heat.anchor < 0)
			heat.anchor = heat.cursor;
		heat.cursor = Math.max(0, Math.min(data.columns * HEAT_ROWS - 1, heat.cursor + steps[event.key]));
		if (event.shiftKey)
			select(heat.anchor, heat.cursor);
		else
			drawHeat();
	};
	box.onfocus = box.onblur = drawHeat;
	$('alltime').onclick = () => go({ stretch: null });
	addEventListener('resize', drawHeat);
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawHeat);
}
