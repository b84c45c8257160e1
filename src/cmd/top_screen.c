/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk top on the screen: keys are answered at once, numbers change every few seconds. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/browse.h"
#include "cmd/listings.h"
#include "cmd/top_view.h"

enum { PASS_MS = 250, FIRST_MS = 100, SCRIPT_MS = 10000 };

struct watch {
	struct top *top;
	struct browse browse;
	struct ring_poll set;
	int64_t begun, next;		/* of this refresh; when the next one is due */
	uint64_t samples;		/* at the last one */
	struct sources sources;
	struct error *err;
	bool over;
};

/* ---- the source ---- */

static struct top *top_of(void *ctx)
{
	return ((struct watch *)ctx)->top;
}

static const struct profile *profile_of(void *ctx)
{
	return &top_of(ctx)->live.profile;
}

static void header_of(void *ctx, uint32_t event, struct strbuf *out)
{
	top_header(top_of(ctx), event, out);
	if (top_of(ctx)->live.paused)
		strbuf_adds(out, ", PAUSED");
}

/* What views have of the profile is of no use any more. */
static void regroup(struct watch *w, const struct profile_dims *dims)
{
	live_regroup(&w->top->live, dims);
	w->browse.browser.generation++;
}

/* Does one tell apart all that the other does? */
static bool dims_cover(const struct profile_dims *a, const struct profile_dims *b)
{
	return a->comm >= b->comm && a->pid >= b->pid && a->tid >= b->tid && a->cpu >= b->cpu && a->weight >= b->weight &&
	       a->stacks >= b->stacks && a->hits >= b->hits && a->lines >= b->lines && a->inlines >= b->inlines &&
	       a->time_quantum == b->time_quantum;
}

static bool columns_of(void *ctx, const char *sort, bool children, struct columns *columns)
{
	struct top *top = top_of(ctx);
	struct profile_dims dims;
	struct error *err = top_columns(top, sort, children, columns);

	if (err) {
		error_destroy(err);
		return false;
	}
	top_dims(top, columns, &dims);
	dims.hits = top->live.dims.hits;
	if (!dims_cover(&top->live.dims, &dims))
		regroup(ctx, &dims);
	return true;
}

static void group(void *ctx, const struct browser_query *query, struct grouping *g)
{
	top_group(top_of(ctx), query, g);
}

static void flame(void *ctx, uint32_t event, const struct zoom *zoom, FILE *out)
{
	browse_flame(profile_of(ctx), event, zoom, "ptk top", out);
}

static struct error *listing(void *ctx, const struct browser_function *function, bool quick, struct listing **listing)
{
	struct watch *w = ctx;
	struct live *live = &w->top->live;
	struct functions_filter which = { .zoom = function->zoom, .name = function->name };
	struct functions functions;

	if (!live->dims.hits) {
		live_note_hits(live);
		browser_say(&w->browse.browser, "samples are counted by address from now on");
	}
	functions_init(&functions, &live->profile, &which);
	struct listing_source source = { .profile = &live->profile, .session = live->session, .functions = &functions,
					 .sources = &w->sources, .quick = quick };
	struct error *err = listing_of_name(&source, function->name, function->image, function->address, listing);
	functions_deinit(&functions);
	return err;
}

static char *about(void *ctx)
{
	const struct top *top = top_of(ctx);
	const struct sampling *s = &top->live.sampling;
	struct strbuf out = { 0 };

	strbuf_printf(&out, "  looks at     %s\n", top->target ? top->target : "everything");
	for (size_t i = 0; i < s->list.events.len; i++)
		strbuf_printf(&out, "  event        %s\n", s->list.events.data[i].name);
	strbuf_printf(&out, "  rings        %zu\n  refreshed    every %g s\n", s->recorder.rings.len, top->o.delay);
	for (size_t i = 0; i < s->notes.lines.len; i++)
		strbuf_printf(&out, "  note         %s\n", s->notes.lines.data[i]);
	return strbuf_take(&out);
}

/* ---- keys that only top has ---- */

static void pause_or_go_on(void *ctx)
{
	top_of(ctx)->live.paused = !top_of(ctx)->live.paused;
}

static void hide_kernel(void *ctx)
{
	struct live *live = &top_of(ctx)->live;

	live->hide_kernel = !live->hide_kernel;
	live->hide_user = false;
}

static void hide_user(void *ctx)
{
	struct live *live = &top_of(ctx)->live;

	live->hide_user = !live->hide_user;
	live->hide_kernel = false;
}

static void begin_at_zero(void *ctx)
{
	struct watch *w = ctx;

	if (!w->err)
		w->err = live_fade(&w->top->live, true);
}

static const struct source_key top_keys[] = {
	{ 'p', "stand still, and go on", pause_or_go_on },
	{ 'K', "leave out the kernel from now on, and take it in again", hide_kernel },
	{ 'U', "leave out user space from now on, and take it in again", hide_user },
	{ 'Z', "begin at zero", begin_at_zero },
};

/* ---- refreshes ---- */

static void refresh(struct watch *w, int64_t now)
{
	struct live *live = &w->top->live;
	uint32_t renewals = live->renewals;
	int64_t ms = now > w->begun ? now - w->begun : 1;

	/* a round lets go of what is older than the round before it */
	live_drain(live);
	w->top->rate = (double)(live->samples - w->samples) * 1000 / (double)ms;
	browser_refresh(&w->browse.browser);
	w->begun = now;
	w->next = now + (int64_t)(w->top->o.delay * 1000);
	w->samples = live->samples;
	if (!live->paused && !w->err)
		w->err = live_fade(live, w->top->o.zero);
	/* ids are others now */
	if (renewals != live->renewals)
		browser_refresh(&w->browse.browser);
}

static bool going_on(const struct watch *w)
{
	return !w->over && !w->err && !w->browse.browser.over;
}

/* Waits for a key, a signal, full rings or the next refresh. True: the screen has changed and is to be drawn. */
static bool turn(struct watch *w)
{
	struct recorder *rings = &w->top->live.sampling.recorder;
	int64_t now = browse_now_ms(), wait = w->next - now < PASS_MS ? w->next - now : PASS_MS;
	int n = poll(w->set.fds.data, w->set.fds.len, wait > 0 ? (int)wait : 0);
	bool answered = n < 0, signalled = n > 0 && w->set.fds.data[0].revents;

	if (n < 0 && errno != EINTR)
		w->err = error_os(errno, "cannot wait for samples");
	if (signalled)
		w->over |= browse_signal(&w->browse, w->top->signals);
	answered |= signalled;
	if (n > 0)
		ring_poll_replace(rings, &w->set);
	/* also when a signal came: it may be the news of another size */
	short events = n > 0 && w->browse.screen ? vec_last(&w->set.fds).revents : 0;
	if (w->browse.screen && (n < 0 || events)) {
		browse_keys(&w->browse, events);
		answered = true;
	}
	/* before the samples, of which there may be more than can be taken */
	if (answered && w->browse.screen && going_on(w))
		browse_draw(&w->browse);
	live_drain(&w->top->live);
	now = browse_now_ms();
	if (now < w->next)
		return false;
	refresh(w, now);
	return true;
}

static void watch(struct watch *w)
{
	vec_push(&w->set.fds, (struct pollfd){ .fd = screen_keys(w->browse.screen), .events = POLLIN });
	browse_draw(&w->browse);
	while (going_on(w))
		if (turn(w))
			browse_draw(&w->browse);
}

static void wait_for_news(void *ctx)
{
	struct watch *w = ctx;
	uint64_t generation = w->browse.browser.generation;

	while (going_on(w) && w->browse.browser.generation == generation)
		turn(w);
}

/* With samples from the first screen on, if there are any. */
static void play(struct watch *w)
{
	const struct profile *p = profile_of(w);
	int64_t patience = w->begun + SCRIPT_MS;

	do
		wait_for_news(w);
	while (going_on(w) && !p->samples.len && browse_now_ms() < patience);
	browse_script(&w->browse, w->top->o.script, w->top->o.screen_size, wait_for_news, w);
}

struct error *top_screen(struct top *top)
{
	struct watch w = { .top = top, .begun = browse_now_ms() };
	struct browser_source source = {
		.ctx = &w, .profile = profile_of, .header = header_of, .columns = columns_of, .group = group, .about = about,
		.flame = flame, .listing = listing, .keys = top_keys, .n_keys = ARRAY_SIZE(top_keys), .live = true,
		.apart = !top->o.script && top->signals >= 0,
	};

	if (!top->o.script)
		TRY(browse_open(&w.browse, top->signals));
	w.next = w.begun + FIRST_MS;
	ring_poll_fill(&w.set, &top->live.sampling.recorder, top->signals);
	browser_init(&w.browse.browser, &source, &top->calltree, top->children);
	w.browse.browser.min_percent = top->o.percent_limit;
	if (top->o.script)
		play(&w);
	else
		watch(&w);
	browse_close(&w.browse);
	browser_deinit(&w.browse.browser);
	sources_deinit(&w.sources);
	vec_deinit(&w.set.fds);
	live_stop(&top->live);
	return w.err;
}
