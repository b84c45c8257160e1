/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model, rows and call trees over tables made by hand. */
#include <regex.h>

#include "base/cleanup.h"
#include "profile/calltree.h"
#include "profile/grouping.h"
#include "profile/cells.h"
#include "tests/lib/tap.h"

static struct profile p;

static uint32_t frame(const char *image, const char *name, uint64_t start, bool kernel)
{
	uint32_t path = strtab_id(&p.strings, image);
	uint32_t id = profile_image_id(&p, &(struct profile_image){ .name = path, .path = path, .kernel = kernel });
	struct profile_symbol s = { .image = id, .name = *name ? strtab_id(&p.strings, name) : 0, .start = start };

	return profile_frame_id(&p, profile_symbol_id(&p, &s), 0);
}

/* "main;a;b": outermost first, all in "prog", at addresses made of their names. */
static uint32_t stack(const char *names)
{
	uint32_t id = STACK_EMPTY;

	while (*names) {
		char name[32] = "";
		size_t len = strcspn(names, ";");
		memcpy(name, names, len);
		bool kernel = name[0] == '_';
		id = profile_stack_id(&p, id, frame(kernel ? "[kernel]" : "prog", name, hash_bytes(name, len, 0) >> 8, kernel));
		names += len + (names[len] == ';');
	}
	return id;
}

static void sample(const char *comm, uint32_t cpu, const char *names, uint64_t count, uint64_t period)
{
	struct profile_task task = { .pid = 7, .tid = 7, .comm = strtab_id(&p.strings, comm) };
	struct profile_origin origin = { .event = 0, .task = profile_task_id(&p, &task), .cpu = cpu };
	uint32_t id = profile_sample_id(&p, profile_origin_id(&p, &origin), stack(names));

	profile_event(&p, 0);
	p.samples.data[id].count += count;
	p.samples.data[id].period += period;
}

static const char *row_name(const struct row *row)
{
	return strtab_text(&p.strings, profile_frame_symbol(&p, row->frame)->name);
}

static const struct row *row_of(const struct grouping *g, const char *name)
{
	for (size_t i = 0; i < g->rows.len; i++)
		if (!strcmp(row_name(&g->rows.data[i]), name))
			return &g->rows.data[i];
	return NULL;
}

static void interned(void)
{
	profile_init(&p);
	uint32_t a = stack("main;a"), b = stack("main;b");
	CHECK_EQ(stack("main;a"), a, "an equal stack has the same id");
	CHECK(a != b, "another stack has another");
	CHECK_EQ(p.stacks.data[a].parent, p.stacks.data[b].parent, "equal prefixes are stored once");
	CHECK_EQ(p.stacks.len, 4, "as many stacks as there are different prefixes, and the empty one");
	uint32_t c = stack("main;c"), deeper = stack("main;b;a");
	CHECK(c != a && c != b, "a third one that forks off has another");
	CHECK(stack("main;a") == a && stack("main;b") == b && stack("main;c") == c, "whichever came first, each is found");
	CHECK_EQ(p.stacks.data[deeper].parent, b, "a stack goes on from one that came second");
	CHECK_EQ(p.stacks.len, 6, "nothing was stored again");
	sample("x", 0, "main;a", 1, 10);
	sample("x", 0, "main;a", 1, 10);
	sample("y", 0, "main;a", 1, 10);
	CHECK_EQ(p.samples.len, 2, "samples of one origin and stack are one counter");
	CHECK_EQ(p.samples.data[0].period, 20, "which adds up periods");
	profile_deinit(&p);
}

static struct columns columns_for(const char *sort, const char *fields, bool children)
{
	struct columns columns;

	CHECK_OK(columns_parse(&(struct columns_request){ .sort = sort, .fields = fields, .children = children }, &columns),
		 sort ? sort : fields ? fields : "default columns");
	return columns;
}

static void rows(void)
{
	profile_init(&p);
	sample("x", 0, "main;a", 6, 600);
	sample("x", 0, "main;b;a", 1, 100);
	sample("x", 1, "main;b", 1, 100);
	sample("y", 1, "main;b;_k", 2, 200);
	struct columns columns = columns_for(NULL, NULL, false);
	struct grouping_options o = { .columns = &columns };
	struct grouping g;

	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 3, "a row for each comm and place that was hit, none for callers");
	CHECK_STR(row_name(&g.rows.data[0]), "a", "the largest row is first");
	CHECK_EQ(g.rows.data[0].self_period, 700, "with the sum over all its callers");
	CHECK_EQ(g.period, 1000, "the whole is all samples");
	CHECK_EQ(row_of(&g, "_k")->self_kernel_period, 200, "kernel time is known as such");
	grouping_deinit(&g);

	columns = columns_for("cpu", NULL, false);
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 2, "sorted by CPU there is a row for each CPU");
	struct strbuf cell = { 0 };
	cells_text(&g, &g.rows.data[0], COLUMN_CPU, false, &cell);
	CHECK_STR(strbuf_str(&cell), "000", "in three digits, as perf has it");
	strbuf_deinit(&cell);
	CHECK_EQ(g.rows.data[1].self_period, 300, "with all that it ran");
	grouping_deinit(&g);

	static const int32_t sockets[] = { 5, 9 };
	columns = columns_for("socket", NULL, false);
	o.socket_of_cpu = sockets;
	o.n_cpus = 2;
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 2, "sorted by socket there is a row for each");
	CHECK_EQ(row_socket(&g, &g.rows.data[0]) + row_socket(&g, &g.rows.data[1]), 5 + 9, "known by its CPUs");
	grouping_deinit(&g);
	o.n_cpus = 1;
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(row_socket(&g, &g.rows.data[0]) + row_socket(&g, &g.rows.data[1]), 5 - 1, "-1 where a CPU's is not known");
	grouping_deinit(&g);
	o.socket_of_cpu = NULL;
	o.n_cpus = 0;

	columns = columns_for("dso,comm", NULL, false);
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 2, "sorted by dso, symbols are joined");
	grouping_deinit(&g);

	columns = columns_for("symbol", NULL, false);
	vec_push(&o.symbols, "a");
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 1, "--symbols keeps what it names");
	CHECK_EQ(g.dropped_period, 300, "and counts what it leaves out");
	CHECK(grouping_percent(&g, g.rows.data[0].self_period) == 100.0, "percentages are of what is left");
	grouping_deinit(&g);
	vec_deinit(&o.symbols);
	profile_deinit(&p);
}

static void children(void)
{
	profile_init(&p);
	sample("x", 0, "main;r;r;r", 1, 10);
	sample("x", 0, "main;r;c", 1, 20);
	sample("x", 0, "main", 1, 5);
	struct columns columns = columns_for(NULL, NULL, true);
	struct grouping_options o = { .columns = &columns, .children = true };
	struct grouping g;

	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 3, "callers have rows");
	CHECK_EQ(row_of(&g, "main")->period, 35, "the outermost has everything");
	CHECK_EQ(row_of(&g, "r")->period, 30, "a function that calls itself is counted once a sample");
	CHECK_EQ(row_of(&g, "r")->self_period, 10, "its own part is that of the innermost");
	CHECK_EQ(row_of(&g, "r")->count, 2, "samples are counted likewise");
	CHECK_STR(row_name(&g.rows.data[0]), "main", "rows are in the order of their children");
	uint64_t self = 0;
	for (size_t i = 0; i < g.rows.len; i++)
		self += g.rows.data[i].self_period;
	CHECK_EQ(self, g.period, "self adds up to the whole");
	grouping_deinit(&g);
	profile_deinit(&p);
}

static void same_names(void)
{
	profile_init(&p);
	struct columns columns = columns_for("symbol", NULL, false);
	struct grouping_options o = { .columns = &columns };
	struct grouping g;
	uint32_t f[] = { frame("prog", "init", 0x100, false), frame("prog", "init", 0x200, false),
			 frame("lib", "init", 0x100, false), frame("prog", "", 0x300, false), frame("prog", "", 0x400, false) };
	uint32_t task = profile_task_id(&p, &(struct profile_task){ .pid = 1 });
	uint32_t origin = profile_origin_id(&p, &(struct profile_origin){ .task = task });

	profile_event(&p, 0);
	for (size_t i = 0; i < 5; i++) {
		uint32_t id = profile_sample_id(&p, origin, profile_stack_id(&p, STACK_EMPTY, f[i]));
		p.samples.data[id].period = p.samples.data[id].count = 1;
	}
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 4, "equal names of one image are one row; other images and addresses are not");
	grouping_deinit(&g);
	profile_deinit(&p);
}

static void parents(void)
{
	profile_init(&p);
	sample("x", 0, "main;a;c", 1, 10);
	sample("x", 0, "main;b;c", 1, 30);
	struct columns columns = columns_for("parent", NULL, false);
	regex_t regex;
	regcomp(&regex, "^a$", REG_EXTENDED | REG_NOSUB);
	struct grouping_options o = { .columns = &columns, .parent = &regex };
	struct grouping g;

	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 2, "a row for the parent that matches, and one for the others");
	CHECK(g.rows.data[0].parent_frame == NO_ID && g.rows.data[1].parent_frame != NO_ID, "and each knows which it is");
	grouping_deinit(&g);
	o.parent_only = true;
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 1, "or only those that match");
	CHECK_EQ(g.period, 10, "of which the whole is made then");
	grouping_deinit(&g);
	regfree(&regex);
	profile_deinit(&p);
}

/* The tree as text: "main:30(a:10 b:20)". */
static void tree_text(const struct calltree *tree, uint32_t node, char *out, size_t size)
{
	for (uint32_t i = tree->nodes.data[node].first_child; i != NO_ID; i = tree->nodes.data[i].next) {
		const struct calltree_node *n = &tree->nodes.data[i];
		size_t len = strlen(out);
		snprintf(out + len, size - len, "%s%s:%" PRIu64, i == tree->nodes.data[node].first_child ? "" : " ",
			 strtab_text(&p.strings, profile_frame_symbol(&p, n->frame)->name), n->period);
		if (n->first_child == NO_ID)
			continue;
		strcat(out, "(");
		tree_text(tree, i, out, size);
		strcat(out, ")");
	}
}

static void check_tree(const struct grouping *g, const char *row, const struct calltree_spec *spec, const char *want,
		       const char *what)
{
	struct calltree tree = { 0 };
	char text[1024] = "";

	/* twice: what the first leaves behind must not show in the second */
	calltree_build(&tree, g, row_of(g, row), spec);
	calltree_build(&tree, g, row_of(g, row), spec);
	tree_text(&tree, 0, text, sizeof(text));
	CHECK_STR(text, want, what);
	calltree_deinit(&tree);
}

static void trees(void)
{
	profile_init(&p);
	sample("x", 0, "main;a;c", 3, 30);
	sample("x", 0, "main;b;c", 6, 60);
	sample("x", 0, "main;b", 1, 10);
	sample("x", 0, "main;r;r;r", 1, 8);
	sample("x", 0, "main;r;r;d", 1, 2);
	struct columns columns = columns_for(NULL, NULL, false);
	struct grouping_options o = { .columns = &columns };
	struct calltree_spec spec;
	struct grouping g;

	calltree_spec_init(&spec);
	spec.min_percent = 0;
	grouping_init(&g, &p, 0, &o);
	check_tree(&g, "c", &spec, "c:90(b:60(main:60) a:30(main:30))", "callers of a function, the largest first");
	check_tree(&g, "b", &spec, "b:10(main:10)", "only where it was hit itself");
	spec.caller = true;
	check_tree(&g, "c", &spec, "main:90(b:60(c:60) a:30(c:30))", "the same from the outermost inwards");
	check_tree(&g, "r", &spec, "main:8(r:8(r:8(r:8)))", "recursion is shown as it was");
	spec.min_percent = 40;
	check_tree(&g, "c", &spec, "main:90(b:60(c:60))", "branches below the limit are hidden");
	grouping_deinit(&g);

	spec.min_percent = 0;
	columns = columns_for(NULL, NULL, true);
	o.children = true;
	grouping_init(&g, &p, 0, &o);
	check_tree(&g, "main", &spec, "main:110(b:70(c:60) a:30(c:30) r:10(r:10(r:8 d:2)))", "callees of a caller");
	check_tree(&g, "b", &spec, "b:60(c:60) main:10(b:10)", "own samples with their whole chain, the rest inwards");
	check_tree(&g, "r", &spec, "main:8(r:8(r:8(r:8))) r:2(r:2(d:2))", "each sample once under recursion");
	spec.caller = false;
	check_tree(&g, "b", &spec, "b:70(main:70)", "callers of a caller");
	check_tree(&g, "r", &spec, "r:10(r:10(r:8(main:8) main:2))", "callers of the innermost of a recursion");
	grouping_deinit(&g);
	profile_deinit(&p);
}

/* All that rows show, in their order. */
static char *all_rows(const struct grouping *g)
{
	struct strbuf text = { 0 };

	for (size_t i = 0; i < g->rows.len; i++) {
		const struct row *row = &g->rows.data[i];
		for (unsigned c = 0; c < g->columns->n_shown; c++) {
			cells_text(g, row, g->columns->shown[c], true, &text);
			strbuf_addc(&text, ' ');
		}
		strbuf_printf(&text, "%d %d", (int)row->self_count, (int)row->self_kernel_period);
		if (g->children)
			strbuf_printf(&text, " %d %d", (int)row->count, (int)row->period);
		strbuf_addc(&text, '\n');
	}
	return strbuf_take(&text);
}

/* Stacks and tasks by chance, always the same. One counter has faded. */
static void add_many(void)
{
	uint32_t random = 1;

	for (int i = 0; i < 300; i++) {
		char stack[64] = "main";
		random = random * 1103515245 + 12345;
		for (uint32_t deep = random >> 16 & 3, bits = random >> 18; deep; deep--, bits >>= 3)
			sprintf(stack + strlen(stack), ";%s%c", bits & 4 ? "_" : "", 'a' + (int)(bits & 7));
		sample((const char *[]){ "x", "y", "z" }[random >> 8 & 1], random >> 9 & 3, stack, 1 + (random >> 11 & 1), 10);
	}
	sample("z", 0, "main;faded", 0, 0);
}

static void made_again(void)
{
	static const char *const sorts[] = { "comm,dso,sym", "cpu,sym", "comm", "dso", "sym,comm" };
	struct grouping again = { 0 };

	profile_init(&p);
	add_many();
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sorts); i++) {
		struct columns columns = columns_for(sorts[i / 2], NULL, i % 2);
		struct grouping_options o = { .columns = &columns, .children = i % 2 };
		struct grouping fresh;
		grouping_init(&fresh, &p, 0, &o);
		grouping_again(&again, &p, 0, &o);
		autofree char *wanted = all_rows(&fresh), *got = all_rows(&again);
		CHECK_STR(got, wanted, "made again, with the memory of another");
		if (!o.children) {
			o.flat = true;
			grouping_again(&again, &p, 0, &o);
			autofree char *flat = all_rows(&again);
			CHECK_STR(flat, wanted, "and without call trees");
		}
		bool ordered = true;
		for (size_t r = 1; r < fresh.rows.len; r++)
			ordered &= row_weight(&fresh, &fresh.rows.data[r - 1]) >= row_weight(&fresh, &fresh.rows.data[r]);
		CHECK(ordered && fresh.rows.len > 1, "the largest first");
		grouping_deinit(&fresh);
	}
	grouping_deinit(&again);
	profile_deinit(&p);
}

static void by_address(void)
{
	profile_init(&p);
	frame("prog", "f", 0x100, false);
	uint32_t symbol = p.frames.data[0].symbol;
	uint32_t task = profile_task_id(&p, &(struct profile_task){ .pid = 1 });
	uint32_t origin = profile_origin_id(&p, &(struct profile_origin){ .task = task });
	struct columns columns = columns_for("symbol", NULL, false);
	struct grouping_options o = { .columns = &columns };
	struct grouping g;

	profile_event(&p, 0);
	for (uint64_t at = 0x104; at < 0x10c; at += 4) {
		uint32_t id = profile_sample_id(&p, origin, profile_stack_id(&p, STACK_EMPTY, profile_frame_id(&p, symbol, at)));
		p.samples.data[id].count = p.samples.data[id].period = 1;
	}
	grouping_init(&g, &p, 0, &o);
	CHECK_EQ(g.rows.len, 1, "frames by address are still one row by symbol");
	CHECK(g.same_frame[1] != g.same_frame[2], "and apart in its call graph");
	grouping_deinit(&g);
	profile_deinit(&p);
}

static void columns_typed(void)
{
	struct columns c;

	c = columns_for("comm,overhead", NULL, false);
	CHECK(c.order[0] == COLUMN_COMM && c.order[1] == COLUMN_OVERHEAD && c.shown[0] == COLUMN_COMM,
	      "an overhead that is named stands where it was named");
	c = columns_for("+cpu", NULL, false);
	CHECK(c.n_shown == 5 && c.shown[4] == COLUMN_CPU, "+KEY adds to the usual");
	c = columns_for(NULL, "sample,sym", false);
	CHECK(c.n_shown == 2 && c.shown[0] == COLUMN_SAMPLES && c.order[0] == COLUMN_SAMPLES, "fields stand as typed");
	CHECK(c.mask[COLUMN_SYMBOL] && !c.mask[COLUMN_COMM], "and nothing else is told apart");
	CHECK_OK(columns_parse(&(struct columns_request){ .samples = true, .period = true }, &c), "-n --show-total-period");
	CHECK(c.shown[0] == COLUMN_OVERHEAD && c.shown[1] == COLUMN_SAMPLES && c.shown[2] == COLUMN_PERIOD,
	      "numbers stand behind the overhead");
	struct error *err = columns_parse(&(struct columns_request){ .sort = "comm,symbl" }, &c);
	CHECK(err && err->kind == ERROR_USAGE && err->column == 5 && err->width == 5, "a wrong key is pointed at");
	CHECK_ERR(err, "did you mean symbol", "and the nearest named");
	CHECK_ERR(columns_parse(&(struct columns_request){ .fields = "" }, &c), "a sort key or field is missing", "no fields at all");
}

static void specs(void)
{
	struct calltree_spec s;

	calltree_spec_init(&s);
	CHECK_OK(calltree_spec_parse("fractal,2.5,10,callee,address,count", &s), "every word of a call graph");
	CHECK(s.mode == CALLTREE_FRACTAL && s.min_percent == 2.5 && s.max_lines == 10 && !s.caller && s.order_set &&
	      s.addresses && s.value == CALLTREE_COUNT, "and each has its effect");
	CHECK_OK(calltree_spec_parse("caller", &s), "one word");
	CHECK(s.caller && s.mode == CALLTREE_FRACTAL, "leaves the others");
	CHECK_OK(calltree_spec_parse("0.5,caller", &s), "the limit first");
	struct error *err = calltree_spec_parse("graph,calller", &s);
	CHECK(err && err->column == 6 && err->width == 7, "a wrong word is pointed at");
	CHECK_ERR(err, "caller", "and the nearest named");
	CHECK_ERR(calltree_spec_parse("graph,1,2,3", &s), "knows no 3", "a number too many");
	CHECK_ERR(calltree_spec_parse("graph,101", &s), "knows no 101", "more than all");
}

int main(void)
{
	interned();
	rows();
	children();
	same_names();
	parents();
	trees();
	made_again();
	by_address();
	columns_typed();
	specs();
	return tap_done();
}
