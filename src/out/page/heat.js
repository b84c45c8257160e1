'use strict';
/*
 * Samples over time, above the flame graph (flame.js, which starts it). An event's `cells` are [cell,
 * node, value, node, value …]: what was sampled in that fiftieth of a column.
 * A stretch of cells that is selected gives the tree below its values.
 */
const HEAT_ROWS = 50, CELL_HEIGHT = 4;
const heat = { cursor: 0, from: -1, anchor: -1 };

/* The selfs of an event's nodes in the stretch that is looked at. */
function selfsOver(event) {
	const self = new Float64Array(event.f.length), [from, to] = view.stretch || [0, Infinity];
	for (const cell of event.cells)
		if (cell[0] >= from && cell[0] <= to)
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
const cellWidth = () => Math.max(3, Math.min(30, Math.floor($('heatbox').clientWidth / data.columns)));
function heatColour(share, dark) {
	return dark ? `hsl(${(40 * share).toFixed(0)} 90% ${(12 + 55 * share).toFixed(0)}%)` : `hsl(${(40 - 40 * share).toFixed(0)} 90% ${(94 - 52 * share).toFixed(0)}%)`;
}
const seconds = cell => (cell * data.column_ns / HEAT_ROWS / 1e9).toFixed(data.column_ns < 1e9 ? 4 : 2) + ' s';
function drawHeat() {
	const canvas = $('heatcanvas'), g = canvas.getContext('2d'), ratio = window.devicePixelRatio || 1, w = cellWidth();
	const dark = isDark();
	const event = tree.event, totals = cellTotals(event);
	canvas.width = Math.round(w * data.columns * ratio);
	canvas.height = Math.round(HEAT_ROWS * CELL_HEIGHT * ratio);
	canvas.style.width = w * data.columns + 'px';
	canvas.style.height = HEAT_ROWS * CELL_HEIGHT + 'px';
	g.setTransform(ratio, 0, 0, ratio, 0, 0);
	g.fillStyle = dark ? '#232529' : '#f3f3f1';
	g.fillRect(0, 0, w * data.columns, HEAT_ROWS * CELL_HEIGHT);
	const [from, to] = view.stretch || [-1, -1], place = i => [Math.floor(i / HEAT_ROWS) * w, i % HEAT_ROWS * CELL_HEIGHT];
	for (let i = 0; i < totals.length; i++) {
		const [x, y] = place(i), selected = i >= from && i <= to;
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
	let n = 0;
	for (let i = Math.max(from, 0); i < totals.length && (i <= to || to < 0); i++)
		n += totals[i];
	$('stretch').textContent = to < 0 ? 'All of the time: ' + amount(n) :
		`From ${seconds(from)} to ${seconds(to + 1)} of the recording: ${amount(n)}`;
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
	return limit((event.clientX - at.left) / cellWidth(), data.columns - 1) * HEAT_ROWS + limit((event.clientY - at.top) / CELL_HEIGHT, HEAT_ROWS - 1);
}
function startHeat() {
	const box = $('heatbox'), canvas = $('heatcanvas');
	$('column').textContent = data.column_ns / 1e9 + ' s';
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
