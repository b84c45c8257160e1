/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk top as text: a table every few seconds. Nothing is read from standard input, so its end is nobody's business. */
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/browse.h"
#include "cmd/top_view.h"
#include "out/text.h"

enum { ROWS = 40, PASS_MS = 250 };

static size_t rows_that_fit(const struct top *top, size_t events)
{
	struct winsize size;
	size_t furniture = 7 * events + 2;

	if (top->o.entries)
		return top->o.entries;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return ROWS;
	return size.ws_row > furniture ? (size.ws_row - furniture) / events : 1;
}

static void print_event(const struct top *top, uint32_t event, struct text_options *text)
{
	struct browser_query query = { .event = event, .columns = &top->columns, .children = top->children };
	struct grouping g = { 0 };

	top_group(top, &query, &g);
	text->calltree = top->calltree;
	if (!top->live.profile.events.data[event].chains)
		text->calltree.mode = CALLTREE_NONE;
	text_report(&g, text);
	grouping_deinit(&g);
}

static void print(struct top *top)
{
	const struct profile *p = &top->live.profile;
	autostrbuf struct strbuf header = { 0 };
	struct text_options text = { .out = stdout, .min_percent = top->o.percent_limit };
	uint32_t seen = 0;

	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", stdout);
	top_header(top, NO_ID, &header);
	fprintf(stdout, "%s\n", strbuf_str(&header));
	for (uint32_t e = 0; e < p->events.len; e++)
		seen += p->events.data[e].count > 0;
	text.max_rows = rows_that_fit(top, seen ? seen : 1);
	for (uint32_t e = 0; e < p->events.len; e++)
		if (p->events.data[e].count)
			print_event(top, e, &text);
	if (!seen)
		fputs("# no samples yet\n\n", stdout);
	fflush(stdout);
}

struct refresh {
	int64_t begun, next;
	uint64_t samples;	/* at the last one */
	bool any;
};

static struct error *refresh(struct top *top, struct refresh *r, int64_t now)
{
	int64_t ms = now > r->begun ? now - r->begun : 1;

	top->rate = (double)(top->live.samples - r->samples) * 1000 / (double)ms;
	print(top);
	*r = (struct refresh){ .begun = now, .next = now + (int64_t)(top->o.delay * 1000), .samples = top->live.samples, .any = true };
	return live_fade(&top->live, top->o.zero);
}

struct error *top_text(struct top *top)
{
	struct live *live = &top->live;
	int64_t now = browse_now_ms();
	struct refresh r = { .begun = now, .next = now + (int64_t)(top->o.delay * 1000) };
	struct ring_poll set = { 0 };
	struct error *err = NULL;
	bool over = false;

	ring_poll_fill(&set, &live->sampling.recorder, top->signals);
	while (!over && !err && !ferror(stdout)) {
		int64_t wait = r.next - now < PASS_MS ? r.next - now : PASS_MS;
		int n = poll(set.fds.data, set.fds.len, wait > 0 ? (int)wait : 0);
		if (n < 0 && errno != EINTR) {
			err = error_os(errno, "cannot wait for samples");
			break;
		}
		over = n > 0 && set.fds.data[0].revents;
		if (n > 0)
			ring_poll_replace(&live->sampling.recorder, &set);
		live_drain(live);
		over |= !set.alive;
		now = browse_now_ms();
		if (over || now < r.next)
			continue;
		/* a round lets go of what is older than the round before it: the second one of what the first brought */
		live_drain(live);
		err = refresh(top, &r, now);
	}
	vec_deinit(&set.fds);
	live_stop(live);
	/* whoever stops it before the first table wants to see what there is */
	if (!err && (!r.any || !set.alive))
		err = refresh(top, &r, browse_now_ms());
	return err;
}
