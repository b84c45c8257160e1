/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "profile/cells.h"
#include "ui/screen.h"

enum { ESCAPE = 27, BACKSPACE = 8, HEAD_LINES = 2, FOOT_LINES = 1 };

static const char *const sort_choices[] = { "dso,sym", "sym", "comm", "comm,dso,sym", "pid", "tid", "dso", "cpu" };

void browser_init(struct browser *b, const struct browser_source *source, const struct calltree_spec *calltree)
{
	*b = (struct browser){ .source = *source, .calltree = *calltree, .page = 20 };
}

void browser_deinit(struct browser *b)
{
	for (size_t i = 0; i < b->lines.len; i++)
		free(b->lines.data[i].text);
	vec_deinit(&b->lines);
	if (b->grouped)
		grouping_deinit(&b->grouping);
	map64_deinit(&b->unfolded);
	strbuf_deinit(&b->filter);
}

/* ---- the list ---- */

static void rebuild(struct browser *b)
{
	uint64_t held = b->selected < b->lines.len ? b->lines.data[b->selected].name : 0;
	size_t line = b->selected - b->top;

	browser_build_lines(b);
	if (!b->moved)
		held = 0;
	for (size_t i = 0; held && i < b->lines.len; i++) {
		if (b->lines.data[i].name != held)
			continue;
		b->selected = i;	/* it stays in its line of the screen */
		b->top = i > line ? i - line : 0;
		break;
	}
	if (b->selected >= b->lines.len)
		b->selected = b->lines.len ? b->lines.len - 1 : 0;
	if (b->top > b->selected)
		b->top = b->selected;
}

void browser_refresh(struct browser *b)
{
	const struct profile *p = b->source.profile(b->source.ctx);

	if (b->event >= p->events.len)
		b->event = 0;
	for (uint32_t e = 0; e < p->events.len && !p->events.data[b->event].count; e++)
		b->event = e;
	if (b->grouped)
		grouping_deinit(&b->grouping);
	b->grouped = p->events.len > 0;
	if (!b->grouped)
		return;
	b->source.group(b->source.ctx, b->event, &b->grouping);
	rebuild(b);
}

static void fold_or_unfold(struct browser *b)
{
	if (b->selected >= b->lines.len)
		return;
	/* a node belongs to its row */
	while (b->selected && b->lines.data[b->selected].text)
		b->selected--;
	uint64_t name = b->lines.data[b->selected].name;
	if (map64_get(&b->unfolded, name)) {
		struct map64 rest = { 0 };
		for (size_t i = 0; i < b->lines.len; i++)
			if (b->lines.data[i].name != name && map64_get(&b->unfolded, b->lines.data[i].name))
				*map64_put(&rest, b->lines.data[i].name, NULL) = 1;
		map64_deinit(&b->unfolded);
		b->unfolded = rest;
	} else {
		*map64_put(&b->unfolded, name, NULL) = 1;
	}
	b->moved = true;
	rebuild(b);
}

static void move_to(struct browser *b, int64_t line)
{
	int64_t last = (int64_t)b->lines.len - 1;

	b->selected = line < 0 || last < 0 ? 0 : (size_t)(line > last ? last : line);
	b->moved = b->selected > 0;
}

static void next_event(struct browser *b)
{
	const struct profile *p = b->source.profile(b->source.ctx);

	for (size_t i = 0; i < p->events.len; i++) {
		b->event = (b->event + 1) % (uint32_t)p->events.len;
		if (p->events.data[b->event].count)
			break;
	}
	browser_refresh(b);
}

/* ---- P: as text, into a file that is not there yet ---- */

static void write_text(struct browser *b)
{
	char path[32] = "";
	int fd = -1;

	for (unsigned i = 1; fd < 0 && i < 1000; i++) {
		snprintf(path, sizeof(path), "ptk-%u.txt", i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		snprintf(b->message, sizeof(b->message), "cannot write %s: %s", path, strerror(errno));
		return;
	}
	for (size_t i = 0; i < b->lines.len; i++) {
		autostrbuf struct strbuf text = { 0 };
		const struct browser_line *l = &b->lines.data[i];
		if (!l->text)
			browser_row_text(b, &b->grouping.rows.data[l->row], &text);
		fprintf(out, "%6.2f%%  %s\n", l->percent, l->text ? l->text : strbuf_str(&text));
	}
	snprintf(b->message, sizeof(b->message), fclose(out) ? "cannot write %s" : "written to %s", path);
}

/* ---- keys ---- */

static void row_key(struct browser *b, int key)
{
	int64_t at = (int64_t)b->selected;

	switch (key) {
	case 'q': b->over = true; break;
	case '?': case 'h': b->mode = BROWSE_HELP; break;
	case 's': b->mode = BROWSE_SORT; b->choice = 0; break;
	case '/': b->mode = BROWSE_FILTER; break;
	case 'P': write_text(b); break;
	case '\n': fold_or_unfold(b); break;
	case '\t': next_event(b); break;
	case 'k': case KEY_GO_UP: move_to(b, at - 1); break;
	case 'j': case KEY_GO_DOWN: move_to(b, at + 1); break;
	case KEY_PAGE_UP: move_to(b, at - b->page); break;
	case ' ': case KEY_PAGE_DOWN: move_to(b, at + b->page); break;
	case 'g': case KEY_FIRST: move_to(b, 0); break;
	case 'G': case KEY_LAST: move_to(b, (int64_t)b->lines.len - 1); break;
	case ESCAPE:
		strbuf_truncate(&b->filter, 0);
		b->moved = false;
		b->selected = b->top = 0;
		if (b->grouped)
			rebuild(b);
		break;
	default: break;
	}
}

static void filter_key(struct browser *b, int key)
{
	if (key == '\n') {
		b->mode = BROWSE_ROWS;
	} else if (key == ESCAPE) {
		strbuf_truncate(&b->filter, 0);
		b->mode = BROWSE_ROWS;
	} else if (key == BACKSPACE && b->filter.len) {
		strbuf_truncate(&b->filter, b->filter.len - 1);
	} else if (key >= ' ' && key < 127) {
		strbuf_addc(&b->filter, (char)key);
	}
	if (b->grouped)
		rebuild(b);
}

static void sort_key(struct browser *b, int key)
{
	if (key == 'k' || key == KEY_GO_UP)
		b->choice = b->choice ? b->choice - 1 : 0;
	else if (key == 'j' || key == KEY_GO_DOWN)
		b->choice += b->choice + 1 < ARRAY_SIZE(sort_choices);
	else if (key == ESCAPE || key == 'q')
		b->mode = BROWSE_ROWS;
	if (key != '\n')
		return;
	b->mode = BROWSE_ROWS;
	/* what rows point into may go */
	for (size_t i = 0; i < b->lines.len; i++)
		free(b->lines.data[i].text);
	vec_clear(&b->lines);
	if (b->grouped)
		grouping_deinit(&b->grouping);
	b->grouped = b->moved = false;
	b->selected = b->top = 0;
	if (!b->source.sort(b->source.ctx, sort_choices[b->choice]))
		snprintf(b->message, sizeof(b->message), "cannot sort by %s here", sort_choices[b->choice]);
	browser_refresh(b);
}

void browser_key(struct browser *b, int key)
{
	static void (*const of_mode[])(struct browser *, int) = {
		[BROWSE_ROWS] = row_key, [BROWSE_SORT] = sort_key, [BROWSE_FILTER] = filter_key,
	};

	if (key == KEY_NOTHING || key == KEY_NEW_SIZE)
		return;
	b->message[0] = '\0';
	if (b->mode == BROWSE_HELP)
		b->mode = BROWSE_ROWS;
	else
		of_mode[b->mode](b, key);
}

/* ---- drawing ---- */

static void draw_row(const struct browser *b, struct grid *g, unsigned y, const struct browser_line *l)
{
	autostrbuf struct strbuf text = { 0 };
	const struct row *row = &b->grouping.rows.data[l->row];
	enum grid_style style = l->percent >= 5 ? STYLE_HOT : l->percent >= 0.5 ? STYLE_WARM : STYLE_PLAIN;
	const struct columns *columns = b->grouping.columns;
	unsigned x = 0;

	if (l->text) {
		grid_put(g, y, 8, STYLE_PLAIN, l->text);
		return;
	}
	for (unsigned i = 0; i < columns->n_shown; i++) {
		enum column c = columns->shown[i];
		if (column_is_key(c))
			continue;
		strbuf_truncate(&text, 0);
		cells_text(&b->grouping, row, c, false, &text);
		unsigned width = cells_width(c) ? cells_width(c) : 8;
		x += text.len < width ? width - (unsigned)text.len : 0;
		x = grid_put(g, y, x, style, strbuf_str(&text)) + 2;
	}
	strbuf_truncate(&text, 0);
	browser_row_text(b, row, &text);
	grid_put(g, y, x, STYLE_PLAIN, strbuf_str(&text));
}

static void draw_titles(const struct browser *b, struct grid *g)
{
	const struct columns *columns = b->grouping.columns;
	unsigned x = 0;

	for (unsigned i = 0; i < columns->n_shown; i++) {
		enum column c = columns->shown[i];
		const char *title = cells_title(&b->grouping, c);
		title += strspn(title, " ");
		size_t width = column_is_key(c) ? (c == COLUMN_COMM ? 15u : 20u) : cells_width(c) ? cells_width(c) : 8;
		size_t blank = strlen(title) < width ? width - strlen(title) : 0;
		x += cells_right(c) ? (unsigned)blank : 0;
		x = grid_put(g, 1, x, STYLE_DIM, title) + 2 + (cells_right(c) ? 0 : (unsigned)blank);
	}
}

static void draw_list(struct browser *b, struct grid *g)
{
	b->page = g->rows > HEAD_LINES + FOOT_LINES ? g->rows - HEAD_LINES - FOOT_LINES : 1;
	if (b->selected < b->top)
		b->top = b->selected;
	if (b->selected >= b->top + b->page)
		b->top = b->selected - b->page + 1;
	if (!b->grouped || !b->lines.len) {
		grid_put(g, HEAD_LINES, 2, STYLE_DIM, b->filter.len ? "nothing has this in its name" : "no samples yet");
		return;
	}
	draw_titles(b, g);
	for (unsigned i = 0; i < b->page && b->top + i < b->lines.len; i++) {
		draw_row(b, g, HEAD_LINES + i, &b->lines.data[b->top + i]);
		if (b->top + i == b->selected)
			grid_style_row(g, HEAD_LINES + i, STYLE_SELECTED);
	}
}

static void draw_foot(const struct browser *b, struct grid *g)
{
	autostrbuf struct strbuf text = { 0 };

	if (!g->rows)
		return;
	if (b->mode == BROWSE_FILTER)
		strbuf_printf(&text, "/%s_", strbuf_str(&b->filter));
	else if (b->message[0])
		strbuf_adds(&text, b->message);
	else if (b->filter.len)
		strbuf_printf(&text, "filter: %s (Escape ends it)", strbuf_str(&b->filter));
	else
		strbuf_adds(&text, "? keys  q end  Enter unfold  / filter  s sort  P write");
	grid_put(g, g->rows - 1, 0, STYLE_DIM, strbuf_str(&text));
}

static void draw_help(struct grid *g)
{
	static const char *const lines[] = {
		"Up Down PgUp PgDn Home End   move; the selected row stays where it is",
		"Enter                        unfold the row's call tree, and fold it",
		"/                            only rows with these letters",
		"s                            other rows: by function, program, thread, CPU",
		"Tab                          the next event",
		"P                            write the list as text",
		"Escape                       no filter, no selection",
		"q                            end",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++)
		grid_put(g, HEAD_LINES + i, 2, STYLE_PLAIN, lines[i]);
}

static void draw_sorts(const struct browser *b, struct grid *g)
{
	for (unsigned i = 0; i < ARRAY_SIZE(sort_choices); i++) {
		grid_put(g, HEAD_LINES + i, 2, STYLE_PLAIN, sort_choices[i]);
		if (i == b->choice)
			grid_style_row(g, HEAD_LINES + i, STYLE_SELECTED);
	}
}

void browser_draw(struct browser *b, struct grid *g)
{
	autostrbuf struct strbuf header = { 0 };

	b->source.header(b->source.ctx, &header);
	grid_put(g, 0, 0, STYLE_TITLE, strbuf_str(&header));
	if (b->mode == BROWSE_HELP)
		draw_help(g);
	else if (b->mode == BROWSE_SORT)
		draw_sorts(b, g);
	else
		draw_list(b, g);
	draw_foot(b, g);
}
