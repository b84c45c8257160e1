/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile to walk about in: a pile of views (ui/view.h), drawn into a grid.
 * Where the samples come from, a file or a machine at work, is the source's.
 */
#ifndef PTK_UI_BROWSER_H
#define PTK_UI_BROWSER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/vec.h"
#include "disasm/listing.h"
#include "profile/calltree.h"
#include "profile/grouping.h"
#include "ui/view.h"

/* A key that only this source has, in lists of rows. */
struct source_key {
	int key;
	const char *help;
	void (*act)(void *ctx);
};

/* What rows to make. */
struct browser_query {
	uint32_t event;
	const struct columns *columns;
	const struct zoom *zoom;
	bool children;
	bool flat;		/* rows are all that is wanted: no call trees */
};

/* A function, by name; `address`: where it begins in its image, 0: not known. */
struct browser_function {
	const char *name, *image;
	uint64_t address;
	const struct zoom *zoom;	/* whose samples are to be counted */
};

struct browser_source {
	void *ctx;
	const struct profile *(*profile)(void *ctx);
	/* The line at the top, appended. */
	void (*header)(void *ctx, uint32_t event, struct strbuf *out);
	/* Columns for sort keys (NULL: those that the person asked for); false where it cannot be done. */
	bool (*columns)(void *ctx, const char *sort, bool children, struct columns *columns);
	/* The grouping is the caller's to deinit; all zero, or one made before: grouping_again(). */
	void (*group)(void *ctx, const struct browser_query *query, struct grouping *g);
	/* What is known of the machine and the run, from malloc. */
	char *(*about)(void *ctx);
	/* Draws a flame graph. */
	void (*flame)(void *ctx, uint32_t event, const struct zoom *zoom, FILE *out);
	/*
	 * The listing of a function, for the caller to destroy; what it points to outlives the browser. quick: source lines
	 * that take long to read may be left out (listing->partial).
	 */
	struct error *(*listing)(void *ctx, const struct browser_function *function, bool quick, struct listing **listing);
	const struct source_key *keys;
	size_t n_keys;
	bool apart;		/* files are written by a process of their own: its end is SIGCHLD, and then browser_written() is to be called */
	bool live;		/* the profile goes on: rows keep their order while they are about equal */
};

/* A file that is being written: by which process. */
enum { WRITING_PATH = 32 };
struct writing {
	pid_t pid;
	char path[WRITING_PATH];
};

struct browser {
	struct browser_source source;
	struct calltree_spec calltree;	/* to begin with; mode CALLTREE_NONE: there are no call chains */
	bool children;
	double min_percent;		/* rows below are left out: for the caller to set */
	uint64_t generation;		/* of the profile: a source whose ids change in a call raises it */
	VEC(struct view *) views;	/* the last one is on top */
	VEC(struct writing) writings;
	char message[160];		/* in the last line until the next key */
	bool over;			/* q */
};

void browser_init(struct browser *b, const struct browser_source *source, const struct calltree_spec *calltree, bool children);
/* The profile has changed. */
void browser_refresh(struct browser *b);
/* What a view has put off until it was seen; call it when it was drawn and no key waits. True: draw again. */
bool browser_later(struct browser *b);
void browser_key(struct browser *b, int key);
void browser_draw(struct browser *b, struct grid *g);
/* Looks which files are written by now, and says so. wait: until all are. */
void browser_written(struct browser *b, bool wait);
/* Files that are being written are written first. */
void browser_deinit(struct browser *b);

/* ---- browser_pile.c, for views */

static inline struct view *browser_top(const struct browser *b)
{
	return vec_last(&b->views);
}

void browser_push(struct browser *b, struct view *view);
/* Leaves the view on top, unless it is the last. */
void browser_pop(struct browser *b);
/* A text that may be longer than the screen is wide, as Left and Right have it; to the end of the line. */
void browser_put_long(struct view *view, struct grid *g, unsigned y, unsigned x, enum grid_style style, const char *text);
void browser_say(struct browser *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The part of the profile that the view shows, or one below it; NULL: all. */
const struct zoom *browser_zoom(const struct view *view);
void browser_say_error(struct browser *b, struct error *err);	/* takes it over */
/* Writes ptk-N.SUFFIX, of the first N that is free, and says so. */
void browser_write(struct view *view, const char *suffix, void (*write)(struct view *view, FILE *out));

#endif
