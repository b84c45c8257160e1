/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The browser over a profile that changes, as ptk top's does: order, what is selected, ids that become others. */
#include "profile/decay.h"
#include "tests/lib/tap.h"
#include "ui/browser.h"

static struct profile p;
static struct browser b;
static struct grid g;

/* ---- a source ---- */

static const struct profile *profile_of(void *ctx)
{
	(void)ctx;
	return &p;
}

static void header(void *ctx, uint32_t event, struct strbuf *out)
{
	(void)ctx;
	(void)event;
	strbuf_adds(out, "head");
}

static bool columns_of(void *ctx, const char *sort, bool children, struct columns *columns)
{
	struct columns_request request = { .sort = sort ? sort : "sym", .children = children };
	struct error *err = columns_parse(&request, columns);

	(void)ctx;
	error_destroy(err);
	return !err;
}

static void group(void *ctx, const struct browser_query *query, struct grouping *grouping)
{
	struct grouping_options options = { .columns = query->columns, .children = query->children, .zoom = query->zoom };

	(void)ctx;
	grouping_again(grouping, &p, query->event, &options);
}

/* ---- samples ---- */

static uint32_t add(const char *name, uint64_t count)
{
	uint32_t path = strtab_id(&p.strings, "prog");
	uint32_t image = profile_image_id(&p, &(struct profile_image){ .name = path, .path = path });
	struct profile_symbol s = { .image = image, .name = strtab_id(&p.strings, name), .start = hash_bytes(name, strlen(name), 0) >> 8 };
	uint32_t at = profile_stack_id(&p, STACK_EMPTY, profile_frame_id(&p, profile_symbol_id(&p, &s), 0));
	struct profile_task task = { .pid = 7, .tid = 7, .comm = strtab_id(&p.strings, "task") };
	struct profile_origin origin = { .task = profile_task_id(&p, &task), .cpu = NO_ID };
	uint32_t id = profile_sample_id(&p, profile_origin_id(&p, &origin), at);
	struct profile_event *event = profile_event(&p, 0);

	p.samples.data[id].count += count;
	p.samples.data[id].period += count;
	event->count += count;
	event->period += count;
	return id;
}

static void set(const char *name, uint64_t count)
{
	uint32_t id = add(name, 0);

	p.samples.data[id].count = p.samples.data[id].period = count;
}

/* The names on the screen, top down; the selected one in brackets. */
static const char *names(void)
{
	static struct strbuf out;
	struct strbuf text = { 0 };
	char *at, *line;

	grid_reset(&g, 8, 60);
	browser_draw(&b, &g);
	grid_text(&g, true, &text);
	strbuf_truncate(&out, 0);
	for (at = text.data; (line = strsep(&at, "\n"));) {
		char *name = strstr(line, "[.] ");
		if (!name)
			continue;
		char *mark = strstr(name, " <");
		if (mark)
			*mark = '\0';
		strbuf_printf(&out, mark ? "%s[%s]" : "%s%s", out.len ? " " : "", name + 4);
	}
	strbuf_deinit(&text);
	return strbuf_str(&out);
}

static void keeps_order(void)
{
	add("a", 1000);
	add("b", 980);
	add("c", 500);
	browser_refresh(&b);
	CHECK_STR(names(), "[a] b c", "by size to begin with");
	set("b", 1030);
	browser_refresh(&b);
	CHECK_STR(names(), "[a] b c", "what chance may have done changes nothing");
	set("b", 1500);
	browser_refresh(&b);
	CHECK_STR(names(), "[b] a c", "what is clearly larger rises; who selected nothing stays at the top");
	set("a", 1400);
	set("b", 1380);
	browser_refresh(&b);
	CHECK_STR(names(), "[b] a c", "and does not fall for nothing");
	add("d", 700);
	browser_refresh(&b);
	CHECK_STR(names(), "[b] a d c", "a new one stands where its size is");
	set("d", 0);
	browser_refresh(&b);
}

static void holds_selection(void)
{
	set("a", 900);
	set("b", 1000);
	set("c", 800);
	browser_refresh(&b);
	names();
	browser_key(&b, 'j');
	browser_key(&b, 'j');
	CHECK_STR(names(), "b a [c]", "c is selected");
	set("c", 3000);
	browser_refresh(&b);
	CHECK_STR(names(), "[c] b a", "and stays selected where it goes");
	/* it keeps its line of the screen while there are rows to scroll */
	for (char name[] = "e0"; name[1] < '9'; name[1]++)
		add(name, (uint64_t)(4000 + 100 * (name[1] - '0') * (name[1] - '0')));
	browser_refresh(&b);
	const char *now = names();
	CHECK(strstr(now, "[c]"), "with many others above it");
	struct profile fresh;
	profile_init(&fresh);
	profile_copy_living(&p, &fresh);
	profile_deinit(&p);
	p = fresh;
	browser_refresh(&b);
	CHECK(strstr(names(), "[c]"), "and when the profile was made anew, with other ids");
}

static void is_empty(void)
{
	profile_deinit(&p);
	profile_init(&p);
	browser_refresh(&b);
	CHECK_STR(names(), "", "nothing is left");
	browser_key(&b, KEY_RETURN);
	browser_key(&b, 'E');
	browser_key(&b, 'C');
	browser_key(&b, 't');
	browser_key(&b, KEY_RETURN);
	browser_key(&b, KEY_ESCAPE);
	browser_key(&b, 'z');
	browser_key(&b, KEY_ESCAPE);
	browser_key(&b, 'v');
	browser_key(&b, KEY_RETURN);
	browser_key(&b, KEY_TAB);
	CHECK_STR(names(), "", "and keys do no harm");
	browser_key(&b, KEY_ESCAPE);
	browser_key(&b, KEY_ESCAPE);
	CHECK(b.views.len == 1, "Escape leaves the first view where it is");
	add("again", 10);
	browser_refresh(&b);
	CHECK_STR(names(), "[again]", "until something comes");
}

/* A function of one instruction and, where there is time to read it, its source line. */
static struct error *listing(void *ctx, const struct browser_function *function, bool quick, struct listing **out)
{
	struct listing *l = xcalloc(1, sizeof(*l));

	(void)ctx;
	(void)function;
	l->partial = quick;
	if (!quick)
		vec_push(&l->rows, (struct listing_row){ .kind = LISTING_SOURCE, .text = "the line", .file = "a.c", .line = 1, .target = NO_ID });
	vec_push(&l->rows, (struct listing_row){ .kind = LISTING_CODE, .text = "nop", .address = 16, .target = NO_ID });
	l->amounts = xcalloc(2, sizeof(*l->amounts));
	l->sums = xcalloc(1, sizeof(*l->sums));
	l->n_events = 1;
	*out = l;
	return NULL;
}

static const char *screen(void)
{
	static struct strbuf text;

	strbuf_truncate(&text, 0);
	grid_reset(&g, 8, 60);
	browser_draw(&b, &g);
	grid_text(&g, true, &text);
	return strbuf_str(&text);
}

static void instructions_first(void)
{
	CHECK(!browser_later(&b), "rows have nothing that is put off");
	browser_key(&b, 'a');
	CHECK(strstr(screen(), "nop <") && !strstr(screen(), "the line"), "a shows instructions");
	CHECK(strstr(screen(), "reading source lines"), "and says what is to come");
	CHECK(browser_later(&b), "then there is more");
	CHECK(strstr(screen(), "the line") && strstr(screen(), "nop <"), "source lines, and the selected instruction is the same");
	CHECK(!strstr(screen(), "reading source lines"), "and that is all");
	CHECK(!browser_later(&b), "once");
	browser_key(&b, KEY_ESCAPE);
}

int main(void)
{
	struct browser_source source = {
		.profile = profile_of, .header = header, .columns = columns_of, .group = group, .listing = listing, .live = true,
	};
	struct calltree_spec calltree;

	profile_init(&p);
	calltree_spec_init(&calltree);
	calltree.mode = CALLTREE_NONE;
	browser_init(&b, &source, &calltree, false);
	keeps_order();
	holds_selection();
	is_empty();
	instructions_first();
	browser_deinit(&b);
	grid_deinit(&g);
	profile_deinit(&p);
	return tap_done();
}
