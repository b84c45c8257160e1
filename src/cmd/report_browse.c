/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk report on the screen, or, by --script, as screens of text. A file that takes long to read is looked at meanwhile. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/annotate.h"
#include "cmd/browse.h"
#include "cmd/file_header.h"
#include "cmd/input.h"
#include "cmd/report_browse.h"
#include "cmd/report_view.h"

enum {
	PATIENCE_MS = 150,	/* before what was read so far is shown */
	KEYS_MS = 20,		/* between two looks at the keyboard while reading */
	NEWS_MS = 500,		/* between two groupings while reading; and no more than a tenth of the time goes to them */
};

struct browsing {
	struct report_file *file;
	const struct report_options *o;
	const struct report_filters *filters;
	int32_t *socket;	/* by CPU */
	size_t n_cpus;
	struct browse browse;
	bool open;		/* on the screen, or ready to be */
	bool empty;		/* there was no sample yet when it was opened */
	bool reading, stopped, over;
	uint64_t done, size;	/* bytes of the file; size 0: not known */
	uint64_t shown;		/* of those done */
	int64_t begun, looked, news;	/* ms; news: when the next grouping is due */
	int signals;
	struct error *err;	/* that ended the reading */
	struct sources sources;	/* for listings */
};

/* ---- the source ---- */

static const struct profile *profile_of(void *ctx)
{
	return &((struct browsing *)ctx)->file->profile;
}

/* How much of the file was read. */
static void add_done(const struct browsing *b, struct strbuf *out)
{
	if (b->size)
		strbuf_printf(out, "%u%%", (unsigned)(b->done / (b->size / 100 + 1)));
	else if (b->done < 1000000)
		strbuf_printf(out, "%" PRIu64 " kB", b->done / 1000);
	else
		strbuf_printf(out, "%" PRIu64 " MB", b->done / 1000000);
}

/* In front of the numbers, which are of a part: a line may be too short for all of it. */
static void add_state(const struct browsing *b, struct strbuf *out)
{
	if (b->stopped || b->reading) {
		strbuf_adds(out, b->stopped ? "the first " : "reading: ");
		add_done(b, out);
		strbuf_adds(out, b->stopped ? ", " : " (Escape stops), ");
	}
}

static void header_of(void *ctx, uint32_t event, struct strbuf *out)
{
	const struct browsing *b = ctx;
	const struct profile *p = &b->file->profile;

	strbuf_printf(out, "ptk report: %s, ", input_name(b->file->path));
	add_state(b, out);
	if (event < p->events.len)
		strbuf_printf(out, "%" PRIu64 " samples of %s, ", p->events.data[event].count,
			      strtab_text(&p->strings, p->events.data[event].name));
	if (p->events.len > 1)
		strbuf_printf(out, "event %u of %zu, ", event + 1, p->events.len);
	strbuf_printf(out, "%" PRIu64 " lost", session_counts(b->file->session)->lost_samples);
	if (b->o->percent_limit > 0)
		strbuf_printf(out, ", rows of %g%% or more", b->o->percent_limit);
}

static bool columns_of(void *ctx, const char *sort, bool children, struct columns *columns)
{
	const struct browsing *b = ctx;
	struct error *err = report_columns(b->file, b->o, sort, children, columns);
	bool fine = !err;

	error_destroy(err);
	return fine;
}

static void group(void *ctx, const struct browser_query *query, struct grouping *g)
{
	const struct browsing *b = ctx;
	struct grouping_options options = report_grouping(b->o, b->filters, query->columns, query->children);

	options.socket_of_cpu = b->socket;
	options.n_cpus = b->n_cpus;
	options.zoom = query->zoom;
	options.flat = query->flat;
	grouping_again(g, &b->file->profile, query->event, &options);
}

static char *about(void *ctx)
{
	const struct browsing *b = ctx;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return xstrdup("");
	if (b->file->reader)
		file_header_print(out, b->file->reader, b->file->path, b->o->show_info);
	else
		fprintf(out, "%s is %s\n%s\n", input_name(b->file->path), foreign_format_name(b->file->foreign),
			b->file->facts.command ? b->file->facts.command : "");
	fclose(out);
	return text;
}

static void flame(void *ctx, uint32_t event, const struct zoom *zoom, FILE *out)
{
	const struct browsing *b = ctx;

	browse_flame(&b->file->profile, event, zoom, b->file->path, out);
}

/* ---- listings ---- */

static struct error *listing(void *ctx, const struct browser_function *function, bool quick, struct listing **listing)
{
	struct browsing *b = ctx;
	struct functions functions;
	struct functions_filter which = { .zoom = function->zoom, .name = function->name };
	struct listing_source source = { .profile = &b->file->profile, .session = b->file->session, .functions = &functions,
					 .sources = &b->sources, .quick = quick };

	TRY(report_file_needs_records(b->file, "annotate"));
	functions_init(&functions, &b->file->profile, &which);
	if (b->o->annotate) {
		source.how = b->o->annotate->how;
		source.sources = b->o->annotate->no_source ? NULL : &b->sources;
		b->sources.prefix = b->o->annotate->prefix;
		b->sources.strip = (unsigned)b->o->annotate->prefix_strip;
	}
	struct error *err = listing_of_name(&source, function->name, function->image, function->address, listing);
	functions_deinit(&functions);
	return err;
}

/* ---- the browser ---- */

static void stop_reading(void *ctx)
{
	((struct browsing *)ctx)->stopped = true;
}

static const struct source_key reading_keys[] = {
	{ KEY_ESCAPE, "stop reading, and look at what there is", stop_reading },
};

/* By what is known by now of the file. */
static void begin(struct browsing *b)
{
	struct browser_source source = {
		.ctx = b, .profile = profile_of, .header = header_of, .columns = columns_of, .group = group, .about = about,
		.flame = flame, .listing = listing, .keys = reading_keys, .n_keys = b->reading ? ARRAY_SIZE(reading_keys) : 0,
		.apart = !b->o->script && b->signals >= 0,
	};
	bool chains = report_has_chains(b->file);
	bool children = b->o->children || (!b->o->no_children && chains);
	struct calltree_spec calltree = b->o->calltree;

	if (b->o->no_calltree || !chains)
		calltree.mode = CALLTREE_NONE;
	if (!calltree.order_set)
		calltree.caller = children;
	free(b->socket);
	b->socket = report_sockets(b->file, &b->n_cpus);
	b->empty = !b->file->profile.samples.len;
	browser_init(&b->browse.browser, &source, &calltree, children);
	b->browse.browser.min_percent = b->o->percent_limit;
}

static struct error *open_browser(struct browsing *b)
{
	if (!b->o->script)
		TRY(browse_open(&b->browse, b->signals));
	begin(b);
	browser_refresh(&b->browse.browser);
	b->open = true;
	return NULL;
}

/* More was read. */
static void refresh(struct browsing *b)
{
	/* only now is it known whether there are call chains */
	if (b->empty && b->file->profile.samples.len) {
		browser_deinit(&b->browse.browser);
		begin(b);
	}
	b->shown = b->done;
	browser_refresh(&b->browse.browser);
}

/* ---- what is waited for ---- */

enum { KEYS, SIGNALS, BYTES, WAITED_FOR };

/* As poll() does; bytes: the pipe that is read, or -1. */
static int wait_for(const struct browsing *b, struct pollfd fds[WAITED_FOR], int bytes, int64_t ms)
{
	fds[KEYS] = (struct pollfd){ .fd = b->open ? screen_keys(b->browse.screen) : -1, .events = POLLIN };
	fds[SIGNALS] = (struct pollfd){ .fd = b->signals, .events = POLLIN };
	fds[BYTES] = (struct pollfd){ .fd = bytes, .events = POLLIN };
	return poll(fds, WAITED_FOR, (int)ms);
}

/* Keys and signals, when wait_for() gave n. True: draw. */
static bool answer(struct browsing *b, int n, const struct pollfd fds[WAITED_FOR])
{
	bool signalled = n > 0 && fds[SIGNALS].revents, keys = n > 0 && fds[KEYS].revents;

	if (signalled && browse_signal(&b->browse, b->signals))
		b->over = true;
	if (!b->open || !(n < 0 || signalled || keys))
		return false;
	/* also when a signal came: it may be the news of another size */
	browse_keys(&b->browse, n > 0 ? fds[KEYS].revents : 0);
	b->over |= b->browse.browser.over;
	return true;
}

/* ---- while the file is read ---- */

/* The screen, when whoever waits has waited long enough. */
static void open_when_due(struct browsing *b, int64_t now)
{
	if (b->open || now < b->begun + PATIENCE_MS)
		return;
	b->err = open_browser(b);
	b->news = 0;
	b->shown = UINT64_MAX;
}

/* What was read since is shown now and then. True: draw. */
static bool show_news(struct browsing *b, int64_t now)
{
	if (!b->open || now < b->news || b->shown == b->done)
		return false;
	refresh(b);
	int64_t cost = browse_now_ms() - now;
	b->news = now + (cost * 10 > NEWS_MS ? cost * 10 : NEWS_MS);
	return true;
}

/* True: go on reading. */
static bool look(struct browsing *b, int n, const struct pollfd fds[WAITED_FOR], int64_t now)
{
	if (b->stopped || b->over || b->err)
		return false;
	open_when_due(b, now);
	if (b->err)
		return false;
	bool changed = answer(b, n, fds);
	if (b->open && (show_news(b, now) || changed))
		browse_draw(&b->browse);
	return !b->stopped && !b->over;
}

static bool progress(void *ctx, uint64_t done, uint64_t size)
{
	struct pollfd fds[WAITED_FOR];
	struct browsing *b = ctx;
	int64_t now = browse_now_ms();

	b->done = done;
	b->size = size;
	if (b->o->script || now < b->looked + KEYS_MS)
		return true;
	b->looked = now;
	return look(b, wait_for(b, fds, -1, 0), fds, now);
}

/* How long bytes may be waited for until there is something else to do: -1: for ever. */
static int64_t patience(const struct browsing *b, int64_t now)
{
	int64_t until = b->open ? b->news : b->begun + PATIENCE_MS;

	if (b->open && b->shown == b->done)
		return -1;
	return until > now ? until - now : 0;
}

static bool wait_for_bytes(void *ctx, int bytes)
{
	struct pollfd fds[WAITED_FOR];
	struct browsing *b = ctx;

	for (bool go_on = true; go_on;) {
		int n = wait_for(b, fds, bytes, patience(b, browse_now_ms()));
		go_on = look(b, n, fds, browse_now_ms());
		if (n > 0 && fds[BYTES].revents)
			return go_on;
	}
	return false;
}

/* ---- when it is read ---- */

static struct error *watch(struct browsing *b)
{
	struct pollfd fds[WAITED_FOR];

	while (!b->over) {
		browse_draw(&b->browse);
		int n = wait_for(b, fds, -1, -1);
		if (n < 0 && errno != EINTR)
			return error_os(errno, "cannot wait for keys");
		answer(b, n, fds);
	}
	return NULL;
}

/* ptk annotate SYMBOL begins with its listing. */
static void open_annotated(struct browsing *b)
{
	const char *name = b->o->annotate ? b->o->annotate->symbol : NULL;
	struct browser *browser = &b->browse.browser;
	const struct profile *p = &b->file->profile;

	for (size_t i = 0; name && i < p->symbols.len; i++) {
		const struct profile_symbol *s = &p->symbols.data[i];
		if (s->inlined || strcmp(strtab_text(&p->strings, s->name), name))
			continue;
		struct browser_function function = { .name = name, .address = s->start,
						     .image = strtab_text(&p->strings, p->images.data[s->image].name) };
		struct view *view = listing_view_create(browser, &function);
		if (view)
			browser_push(browser, view);
		return;
	}
	if (name)
		browser_say(browser, "no sample hit a function called %s", name);
}

static struct error *show(struct browsing *b)
{
	if (!b->file->profile.events.len) {
		if (b->open)
			browse_close(&b->browse);
		fprintf(stderr, "ptk: %s has no samples\n", input_name(b->file->path));
		return NULL;
	}
	if (b->open)
		refresh(b);
	else
		TRY(open_browser(b));
	b->browse.browser.source.n_keys = 0;
	open_annotated(b);
	if (b->o->script) {
		browse_script(&b->browse, b->o->script, b->o->screen_size, NULL, NULL);
		return NULL;
	}
	return watch(b);
}

struct error *report_browse(struct report_file *file, const struct report_options *o, const struct report_filters *filters,
			    const struct profile_dims *dims)
{
	struct profile_dims told_apart = *dims;
	struct browsing b = { .file = file, .o = o, .filters = filters, .reading = true, .begun = browse_now_ms(), .signals = -1 };

	/* the sort menu works at once, and so do listings */
	told_apart.comm = told_apart.pid = told_apart.tid = told_apart.cpu = told_apart.hits = true;
	file->progress = progress;
	file->progress_ctx = &b;
	if (!o->script) {
		file->wait = wait_for_bytes;
		b.signals = browse_signals();
	}
	struct error *err = report_file_read(file, o, &told_apart, &filters->samples);
	b.reading = false;
	report_file_losses(file);
	if (!err)
		err = b.err;
	if (!err && !b.over)
		err = show(&b);
	if (b.open) {
		browse_close(&b.browse);
		browser_deinit(&b.browse.browser);
	}
	sources_deinit(&b.sources);
	if (b.signals >= 0)
		close(b.signals);
	free(b.socket);
	return err;
}
