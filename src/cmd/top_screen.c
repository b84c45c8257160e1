/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk top on the screen: keys are answered at once, numbers change every few seconds. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/top.h"
#include "ui/browser.h"
#include "ui/screen.h"

enum { PASS_MS = 250, FIRST_MS = 200, DEAF = 100 };

static void header_of(void *ctx, struct strbuf *out)
{
	top_header(ctx, out);
}

static void group(void *ctx, uint32_t event, struct grouping *g)
{
	top_group(ctx, event, g);
}

static bool sort(void *ctx, const char *keys)
{
	struct top *top = ctx;
	struct profile_dims dims;

	top->o.sort = keys;
	struct error *err = top_columns(top, &dims);
	error_destroy(err);
	if (!err)
		live_regroup(&top->live, &dims);
	return !err;
}

static const struct profile *profile_of(void *ctx)
{
	return &((struct top *)ctx)->live.profile;
}

struct watch {
	struct top *top;
	struct screen *screen;
	struct browser browser;
	struct grid grid;
	int64_t begun, next;		/* of this refresh; when the next one is due */
	uint64_t samples;		/* at the last one */
	unsigned deaf;			/* readable, but no key came of it: the terminal is gone */
};

static void draw(struct watch *w)
{
	unsigned rows, cols;

	screen_size(w->screen, &rows, &cols);
	grid_reset(&w->grid, rows, cols);
	browser_draw(&w->browser, &w->grid);
	screen_draw(w->screen, &w->grid);
}

static struct error *refresh(struct watch *w, int64_t now)
{
	struct live *live = &w->top->live;
	uint32_t renewals = live->renewals;
	int64_t ms = now > w->begun ? now - w->begun : 1;

	/* a round lets go of what is older than the round before it */
	live_drain(live);
	w->top->rate = (double)(live->samples - w->samples) * 1000 / (double)ms;
	browser_refresh(&w->browser);
	w->begun = now;
	w->next = now + (int64_t)(w->top->o.delay * 1000);
	w->samples = live->samples;
	struct error *err = live_fade(live, w->top->o.zero);
	/* ids are others now */
	if (renewals != live->renewals)
		browser_refresh(&w->browser);
	return err;
}

static void take_keys(struct watch *w, short events)
{
	int key;
	bool any = false;

	while ((key = screen_key(w->screen)) != KEY_NOTHING) {
		browser_key(&w->browser, key);
		any = true;
	}
	w->deaf = any || !events ? 0 : w->deaf + 1;
	if (w->deaf > DEAF || (!any && (events & (POLLHUP | POLLERR | POLLNVAL))))
		w->browser.over = true;
}

static struct error *watch(struct watch *w)
{
	struct recorder *rings = &w->top->live.sampling.recorder;
	struct ring_poll set = { 0 };
	struct error *err = NULL;
	int64_t now = top_now_ms();
	bool over = false;

	w->begun = now;
	w->next = now + FIRST_MS;
	ring_poll_fill(&set, rings, w->top->signals);
	vec_push(&set.fds, (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN });
	draw(w);
	while (!over && !err && !w->browser.over) {
		int64_t wait = w->next - now < PASS_MS ? w->next - now : PASS_MS;
		int n = poll(set.fds.data, set.fds.len, wait > 0 ? (int)wait : 0);
		if (n < 0 && errno != EINTR) {
			err = error_os(errno, "cannot wait for samples");
			break;
		}
		over = n > 0 && set.fds.data[0].revents;
		if (n > 0)
			ring_poll_replace(rings, &set);
		/* also when a signal came: it may be the news of another size */
		short events = n > 0 ? vec_last(&set.fds).revents : 0;
		if (n < 0 || events)
			take_keys(w, events);
		live_drain(&w->top->live);
		now = top_now_ms();
		if (now >= w->next)
			err = refresh(w, now);
		else if (n >= 0 && !events)
			continue;
		draw(w);
	}
	vec_deinit(&set.fds);
	live_stop(&w->top->live);
	return err;
}

struct error *top_screen(struct top *top)
{
	struct watch w = { .top = top };
	struct browser_source source = {
		.ctx = top, .header = header_of, .group = group, .sort = sort, .profile = profile_of };
	struct error *err = screen_open(&w.screen);

	if (err)
		return err;
	browser_init(&w.browser, &source, &top->calltree);
	err = watch(&w);
	screen_close(w.screen);
	browser_deinit(&w.browser);
	grid_deinit(&w.grid);
	return err;
}
