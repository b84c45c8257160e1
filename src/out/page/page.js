'use strict';
/* What all pages have: the data, which is JSON in the page, and the facts of the recording at the top. */
const $ = id => document.getElementById(id);
const data = JSON.parse($('data').textContent);
const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches && !matchMedia('print').matches;

/* The title, and the facts that there are, as [term, text]; `more` behind those of the machine. */
function showFacts(title, more) {
	const a = data.about, lasted = a.last_ns > a.first_ns ? ((a.last_ns - a.first_ns) / 1e9).toFixed(3) + ' s' : '';
	$('title').textContent = document.title = title;
	const facts = [['Command', a.command], ['Machine', [a.host, a.cpu].filter(Boolean).join(', ')], ['Kernel', [a.kernel, a.arch].filter(Boolean).join(' ')],
		['Recorded', a.recorded], ['Lasted', lasted], ...more];
	$('about').replaceChildren(...facts.filter(f => f[1]).map(([term, text]) => {
		const div = document.createElement('div'), dt = document.createElement('dt'), dd = document.createElement('dd');
		dt.textContent = term;
		dd.textContent = text;
		div.append(dt, dd);
		return div;
	}));
}

/* Beside the mouse; no text: none. */
function showTip(event, text) {
	const box = $('tip');
	box.hidden = !text;
	if (!text)
		return;
	box.textContent = text;
	box.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8)) + 'px';
	box.style.top = Math.max(4, event.clientY + 18 + box.offsetHeight > innerHeight ? event.clientY - box.offsetHeight - 8 : event.clientY + 18) + 'px';
}

function option(select, value, text) {
	const o = document.createElement('option');
	o.value = value;
	o.textContent = text;
	select.append(o);
}

/* The same number from 0 to 1 for the same text. */
function hash(text) {
	let h = 2166136261;
	for (let i = 0; i < text.length; i++)
		h = Math.imul(h ^ text.charCodeAt(i), 16777619);
	return (h >>> 0) / 4294967296;
}

document.addEventListener('keydown', event => {
	if (event.key === '/' && event.target !== $('search')) {
		event.preventDefault();
		$('search').focus();
	}
});
