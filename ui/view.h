/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Views: what may be on the screen. A view is a table of functions and a
 * table of keys; the browser (ui/browser.h) has a pile of views, shows the
 * one on top and gives it the keys. To add a view: a file with its two
 * tables, a function below that makes it, a key in another view's table.
 */
#ifndef PTK_UI_VIEW_H
#define PTK_UI_VIEW_H

#include <stdio.h>

#include "profile/zoom.h"
#include "ui/grid.h"
#include "ui/keys.h"
#include "ui/list.h"

struct view;
struct browser;
struct browser_function;

/* A row is a key and its line in the help. */
struct view_key {
	int key;
	const char *help;
	void (*act)(struct view *view);
};

struct view_type {
	const char *name;
	const struct view_key *keys;
	size_t n_keys;
	/* Keys that stand in no table, before all others; false: not wanted. May be NULL. */
	bool (*key)(struct view *view, int key);
	/* The profile has changed since the view was last looked at. May be NULL. */
	void (*refresh)(struct view *view);
	/* What takes long, once the view was seen; true: it has changed. May be NULL. */
	bool (*later)(struct view *view);
	/* Lines `top` to `top + rows` of the grid are the view's. */
	void (*draw)(struct view *view, struct grid *grid, unsigned top, unsigned rows);
	unsigned titles;	/* lines that it draws above its list */
	/* Escape; false: leave the view. May be NULL. */
	bool (*back)(struct view *view);
	/* What the last line of the screen says, appended. May be NULL: the keys. */
	void (*foot)(struct view *view, struct strbuf *out);
	/* Is what the view shows a part of the profile? May be NULL: the part of the view below. */
	const struct zoom *(*zoom)(const struct view *view);
	void (*destroy)(struct view *view);	/* and frees it */
};

/* The first member of every view. */
struct view {
	const struct view_type *type;
	struct browser *browser;
	uint32_t event;		/* of the profile, that it is about */
	struct list list;
	unsigned list_top;	/* the line of the screen that the list begins in */
	uint64_t generation;	/* of the profile that it was made from */
};

/* ---- the views; each is made to be given to browser_push() */

/*
 * rows_view.c: rows of a grouping, and their call trees. `zoom`: the part of
 * the profile, which the view takes over; NULL: that of the view on top.
 */
struct view *rows_view_create(struct browser *browser, const struct zoom *zoom);
/* The same by other sort keys; Enter opens rows of what is selected. */
struct view *choice_view_create(struct browser *browser, const char *sort);
/* tasks_view.c: processes and their threads; Enter pushes what `open` makes of one of them. */
struct view *tasks_view_create(struct browser *browser, struct view *(*open)(struct browser *browser, const struct zoom *part));
/* listing_view.c: instructions and source lines of a function with their samples. NULL: that cannot be, and was said. */
struct view *listing_view_create(struct browser *browser, const struct browser_function *function);
/*
 * source_view.c: a source file with the samples that its lines have in the
 * listing of `below`, the view that it is opened from; the cursor in `line`.
 */
struct view *source_view_create(struct browser *browser, struct view *below, const char *file, uint32_t line);
/* text_view.c: lines to read. Takes the text over, from malloc. */
struct view *text_view_create(struct browser *browser, char *text);
/*
 * menu_view.c: one of several words, which are copied. `chosen` is called
 * when the menu has gone, with the view that it was over.
 */
struct view *menu_view_create(struct browser *browser, const char *const *words, size_t n,
			      void (*chosen)(struct view *below, size_t word));

#endif
