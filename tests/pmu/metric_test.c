/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics: expressions and their errors, the table, which events are counted for them on made-up machines. */
#include "pmu/metric.h"

#include <math.h>

#include "tests/lib/tap.h"
#include "tests/pmu/machine.h"

/* a = 10, b = 4, zero = 0, cpu/event=0x3c/k = 7, "L1-dcache-loads" = 3; what else is named is 1. */
static double value(const char *text)
{
	static const struct { const char *name; double value; } known[] = {
		{ "a", 10 }, { "b", 4 }, { "zero", 0 }, { "cpu/event=0x3c,umask=1/k", 7 }, { "L1-dcache-loads", 3 }, { "a-b", 100 }, { "with space", 5 },
	};
	struct metric_expr expr;
	double values[16];
	struct error *err = metric_expr_parse(text, &expr);

	if (err) {
		printf("# %s: %s\n", text, err->message);
		error_destroy(err);
		return NAN;
	}
	for (size_t i = 0; i < expr.names.len && i < 16; i++) {
		values[i] = 1;
		for (size_t k = 0; k < ARRAY_SIZE(known); k++)
			if (!strcmp(known[k].name, expr.names.data[i]))
				values[i] = known[k].value;
	}
	double result = metric_expr_evaluate(&expr, values, 2.5);
	metric_expr_deinit(&expr);
	return result;
}

static void expressions(void)
{
	static const struct { const char *text; double want; } rows[] = {
		{ "a", 10 }, { "2 + 3 * 4", 14 }, { "(2 + 3) * 4", 20 }, { "a - b - 1", 5 }, { "a / b / 2", 1.25 }, { "-a + 1", -9 },
		{ "a -b", 6 }, { "a-b", 100 }, { "100*a / b", 250 }, { "min(a, b)", 4 }, { "max(a,b) + 1", 11 }, { "a if b > 3 else 7", 10 },
		{ "a if b < 3 else 7 + 1", 8 }, { "1 if 0 else 2 if 0 else 3", 3 }, { "a / seconds", 4 }, { ".5 + 1e3", 1000.5 },
		{ "cpu/event=0x3c,umask=1/k / 7", 1 }, { "L1-dcache-loads * 2", 6 }, { "\"with space\" + 1", 6 }, { "minus", 1 }, { "max-a", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(value(rows[i].text) == rows[i].want, rows[i].text);
	CHECK(isnan(value("a / zero")), "a division by zero has no value");
	CHECK(isnan(value("1 + max(a / zero, 2)")), "nor has what is made of it");
}

static void refused(const char *text, size_t column, const char *part)
{
	struct metric_expr expr;
	struct error *err = metric_expr_parse(text, &expr);

	CHECK(err && err->source && err->column == column, text);
	if (err && err->column != column)
		printf("#   at %zu, wanted %zu\n", err->column, column);
	CHECK_ERR(err, part, "says what is wrong");
}

static void errors(void)
{
	refused("", 0, "ends too early");
	refused("a +", 3, "ends too early");
	refused("a b", 2, "an operator is expected");
	refused("(a + b", 0, "not closed");
	refused("a + )", 4, "is expected here");
	refused("min(a)", 5, "a comma");
	refused("a if b", 6, "`else`");
	refused("\"a", 0, "no closing quote");
	refused("a * \"\"", 4, "no name between");

	autofree char *deep = xcalloc(1, 2 * 5000 + 2);
	memset(deep, '(', 5000);
	deep[5000] = '1';
	memset(deep + 5001, ')', 5000);
	struct metric_expr expr;
	CHECK_ERR(metric_expr_parse(deep, &expr), "too deep", "brackets without end");
	memset(deep, '-', 10000);
	CHECK_ERR(metric_expr_parse(deep, &expr), "too deep", "signs without end");
	struct strbuf lng = { 0 };
	for (int i = 0; i < 5000; i++)
		strbuf_adds(&lng, "1+");
	strbuf_adds(&lng, "1");
	CHECK_ERR(metric_expr_parse(strbuf_str(&lng), &expr), "too long", "terms without end");
	strbuf_deinit(&lng);

	struct metric_table table = { 0 };
	CHECK_ERR(metric_table_add(&table, "# mine\n\nm | g | u | a + | help\n", "file"), "file, line 3: metric m: the expression ends",
		  "a row of a file: its name and line");
	CHECK_ERR(metric_table_add(&table, "m | g | u | a\n", "file"), "fewer than five fields", "a row that is too short");
	CHECK_ERR(metric_table_add(&table, "m,n | g | u | a | h\n", "file"), "one word", "a name that could not be asked for");
	metric_table_deinit(&table);
}

/* The names of the events, groups between braces; and what the metrics are of counts 1, 2, 3 …. */
static void chosen(const struct machine_file *files, const char *rows, const char *names, const char *want, const char *values)
{
	char *root = machine_create(files);
	const struct os os = { .root = root };
	struct pmus *pmus = pmus_create(&os);
	struct metric_table table = { 0 };
	struct event_list list = { 0 };
	struct metric_set set = { 0 };
	struct strbuf got = { 0 };

	CHECK_OK(metric_table_add(&table, rows ? rows : metric_builtin, "rows"), "the table is read");
	struct error *err = metric_set_choose(&table, pmus, names, NULL, &list, &set);
	if (err)
		strbuf_printf(&got, "error: %s", err->message);
	struct metric_value counts[32];
	for (size_t e = 0; e < list.events.len && e < 32; e++) {
		const struct event *event = &list.events.data[e];
		bool leads = event->leader == e, more = e + 1 < list.events.len && list.events.data[e + 1].leader == event->leader;
		strbuf_printf(&got, "%s%s%s%s", e ? " " : "", leads && more ? "{" : "", event->name, !leads && !more ? "}" : "");
		counts[e] = (struct metric_value){ .event = e, .value = (double)e + 1, .scale = event->scale, .counted = true };
	}
	CHECK_STR(strbuf_str(&got), want, names);
	strbuf_truncate(&got, 0);
	for (size_t m = 0; m < set.shown.len; m++)
		strbuf_printf(&got, "%s%s=%.4g", m ? " " : "", set.metrics[set.shown.data[m]].name,
			      metric_evaluate(&set, set.shown.data[m], counts, list.events.len, 2));
	CHECK_STR(strbuf_str(&got), values, "their values");
	if (!err && list.events.len) {
		counts[0].counted = false;
		CHECK(isnan(metric_evaluate(&set, set.shown.data[0], counts, 1, 2)), "no value without its events");
	}
	error_destroy(err);
	strbuf_deinit(&got);
	metric_set_deinit(&set);
	event_list_deinit(&list);
	metric_table_deinit(&table);
	pmus_destroy(pmus);
	machine_remove(root);
}

static void sets(void)
{
	chosen(machine_amd, NULL, "IPC", "{instructions cycles}", "IPC=0.5");
	chosen(machine_amd, NULL, "ipc,CPI,branch-miss-rate", "{instructions cycles} {branch-misses branches}", "IPC=0.5 CPI=2 branch-miss-rate=75");
	chosen(machine_amd, NULL, "CPUs,fault-rate", "task-clock page-faults", "CPUs=5e-10 fault-rate=2e+09");
	chosen(machine_hybrid, NULL, "IPC", "cpu_core/instructions/ cpu_atom/instructions/ cpu_core/cycles/ cpu_atom/cycles/", "IPC=0.4286");
	chosen(machine_server, NULL, "memory-read", "uncore_imc/cas_count_read/ uncore_imc/cas_count_read/", "memory-read=9.155e-05");
	chosen(machine_amd, NULL, "memory-read", "error: metric memory-read: this machine has no event source (PMU) called uncore_imc", "");
	chosen(machine_amd, NULL, "ICP", "error: there is no metric ICP", "");
	chosen(machine_amd, "x | g | u | no-such-event | h\nx | g | u | cycles * 2 | h\n", "x", "cycles", "x=2");
	chosen(machine_amd, "double | g | u | IPC * 2 | h\nIPC | g | u | instructions / cycles | h\n", "double", "{instructions cycles}", "double=1");
	chosen(machine_amd, "a | g | u | b + 1 | h\nb | g | u | a + 1 | h\n", "a", "error: metric a: metric a is made of itself", "");
	chosen(machine_amd, "cycles | g | u | cycles * 3 | h\n", "cycles", "cycles", "cycles=3");
	chosen(machine_amd, "m1 | g,h | u | cycles | h\nm2 | h | u | branches | h\n", "h", "cycles branches", "m1=1 m2=2");
	chosen(machine_amd, "m1 | g | u | cycles | h\nm2 | h | u | branches | h\n", "m?", "cycles branches", "m1=1 m2=2");
}

/* Each metric made of the two before it: 2^200 ways down, looked at once each, and not too deep. */
static void tangle(void)
{
	char *root = machine_create(machine_amd);
	const struct os os = { .root = root };
	struct pmus *pmus = pmus_create(&os);
	struct metric_table table = { 0 };
	struct event_list list = { 0 };
	struct metric_set set = { 0 };
	struct strbuf rows = { 0 };

	strbuf_adds(&rows, "m0 | g | u | cycles | h\nm1 | g | u | cycles | h\n");
	for (int i = 2; i < 200; i++)
		strbuf_printf(&rows, "m%d | g | u | m%d + m%d | h\n", i, i - 1, i - 2);
	CHECK_OK(metric_table_add(&table, strbuf_str(&rows), "rows"), "two hundred metrics");
	CHECK_OK(metric_set_choose(&table, pmus, "m40", NULL, &list, &set), "one that is made of forty");
	struct metric_value one = { .event = 0, .value = 1, .counted = true };
	CHECK(metric_evaluate(&set, set.shown.data[0], &one, 1, 1) == 165580141, "is the forty-first Fibonacci number");
	metric_set_deinit(&set);
	CHECK_ERR(metric_set_choose(&table, pmus, "m199", NULL, &list, &set), "too many others", "one made of two hundred is refused");
	CHECK_ERR(metric_set_choose(&table, pmus, "m*", NULL, &list, &set) ? error_create("refused") : error_create("taken"), "taken",
		  "a glob takes those that are good");
	metric_set_deinit(&set);
	strbuf_deinit(&rows);
	event_list_deinit(&list);
	metric_table_deinit(&table);
	pmus_destroy(pmus);
	machine_remove(root);
}

int main(void)
{
	expressions();
	errors();
	sets();
	tangle();
	return tap_done();
}
