/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat: what was counted while a command, a process or the machine ran. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/mode.h"
#include "cmd/stat_print.h"
#include "cmd/stat_run.h"
#include "pmu/parse.h"

struct events_text {
	const char *events;	/* of one -e; or NULL, and then */
	const char *filter;	/* of one --filter, for those of the -e before it */
};

struct stat_options {
	bool all, inherit, append, big_num, null, per_cpu;
	unsigned detailed, verbose;
	uint64_t repeat, interval, interval_count, timeout;
	const char *pids, *tids, *cpus, *user, *separator, *output;
	VEC(struct events_text) texts;
};

static struct error *add_events(void *into, const char *value)
{
	struct stat_options *o = into;

	vec_push(&o->texts, (struct events_text){ .events = value });
	return NULL;
}

static struct error *add_filter(void *into, const char *value)
{
	struct stat_options *o = into;

	if (!o->texts.len)
		return error_usage("a filter belongs behind the -e whose events it filters");
	vec_push(&o->texts, (struct events_text){ .filter = value });
	return NULL;
}

#define INTO(field) .offset = offsetof(struct stat_options, field)

static const struct option_def options[] = {
	{ .kind = OPTION_HEADING, .help = "Whom to count (default: the command and its children):" },
	{ .kind = OPTION_FLAG, .letter = 'a', .name = "all-cpus", INTO(all), .help = "The whole machine" },
	{ .kind = OPTION_STRING, .letter = 'C', .name = "cpu", .arg = "CPUS", INTO(cpus),
	  .help = "These CPUs alone: 0-3,5" },
	{ .kind = OPTION_STRING, .letter = 'p', .name = "pid", .arg = "PID,…", INTO(pids),
	  .help = "Processes that run already, with all their threads" },
	{ .kind = OPTION_STRING, .letter = 't', .name = "tid", .arg = "TID,…", INTO(tids),
	  .help = "Single threads" },
	{ .kind = OPTION_STRING, .letter = 'u', .name = "uid", .arg = "USER", INTO(user),
	  .help = "Every process of a user" },
	{ .kind = OPTION_FLAG, .letter = 'i', .name = "no-inherit", INTO(inherit),
	  .help = "Leave out children and threads that start meanwhile" },
	{ .kind = OPTION_HEADING, .help = "What to count:" },
	{ .kind = OPTION_CALL, .letter = 'e', .name = "event", .arg = "EVENT,…", .call = add_events,
	  .help = "These events (ptk list shows them) in place of the default ones" },
	{ .kind = OPTION_CALL, .name = "filter", .arg = "EXPR", .call = add_filter,
	  .help = "Count of the tracepoints of the -e before it only those that match" },
	{ .kind = OPTION_COUNT, .letter = 'd', .name = "detailed", INTO(detailed),
	  .help = "L1 and last-level cache loads as well; twice: TLBs and instruction cache; three times: prefetches" },
	{ .kind = OPTION_FLAG, .letter = 'n', .name = "null", INTO(null), .help = "No events, only the time" },
	{ .kind = OPTION_HEADING, .help = "How long, how often:" },
	{ .kind = OPTION_U64, .letter = 'r', .name = "repeat", .arg = "N", INTO(repeat),
	  .help = "Run the command N times and print means and their standard errors" },
	{ .kind = OPTION_U64, .letter = 'I', .name = "interval-print", .arg = "MS", INTO(interval),
	  .help = "Print what was counted every so many milliseconds" },
	{ .kind = OPTION_U64, .name = "interval-count", .arg = "N", INTO(interval_count),
	  .help = "End after N intervals" },
	{ .kind = OPTION_U64, .name = "timeout", .arg = "MS", INTO(timeout),
	  .help = "End after so many milliseconds" },
	{ .kind = OPTION_HEADING, .help = "How to print it:" },
	{ .kind = OPTION_FLAG, .letter = 'A', .name = "no-aggr", INTO(per_cpu),
	  .help = "A row for each CPU (with -a or -C)" },
	{ .kind = OPTION_STRING, .letter = 'x', .name = "field-separator", .arg = "SEP", INTO(separator),
	  .help = "Fields with SEP between them, for programs; ptk-stat(1) says which" },
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", INTO(output),
	  .help = "Into a file instead of standard error" },
	{ .kind = OPTION_FLAG, .name = "append", INTO(append), .help = "Behind what is in the file of -o" },
	{ .kind = OPTION_FLAG, .letter = 'B', .name = "big-num", INTO(big_num),
	  .help = "Commas between thousands (the default; --no-big-num leaves them out)" },
	{ .kind = OPTION_COUNT, .letter = 'v', .name = "verbose", INTO(verbose),
	  .help = "Say more: times of each counter, and what helps with events that cannot be counted" },
};

/* ---- which events */

static struct error *parse_events(struct pmus *pmus, const struct stat_options *o, struct notes *notes,
				  struct event_list *list)
{
	size_t first = 0;

	for (size_t i = 0; i < o->texts.len; i++) {
		const struct events_text *text = &o->texts.data[i];
		if (text->filter) {
			TRY(events_filter(pmus, list, first, text->filter));
			continue;
		}
		first = list->events.len;
		TRY(events_parse(pmus, text->events, notes, list));
	}
	return NULL;
}

static const char *const default_events[] = {
	"context-switches,cpu-migrations,page-faults,cycles,instructions,branches,branch-misses",
	"L1-dcache-loads,L1-dcache-load-misses,LLC-loads,LLC-load-misses",
	"L1-icache-loads,L1-icache-load-misses,dTLB-loads,dTLB-load-misses,iTLB-loads,iTLB-load-misses",
	"L1-dcache-prefetches,L1-dcache-prefetch-misses",
};

static struct error *add_default_events(struct pmus *pmus, const struct os *os, const struct stat_options *o,
					bool system_wide, struct notes *notes, struct event_list *list)
{
	static const char *const stalled[] = { "stalled-cycles-frontend", "stalled-cycles-backend" };

	TRY(events_parse(pmus, system_wide ? "cpu-clock" : "task-clock", notes, list));
	for (size_t i = 0; i < ARRAY_SIZE(default_events) && i <= o->detailed; i++)
		TRY(events_parse(pmus, default_events[i], notes, list));
	for (size_t i = 0; i < ARRAY_SIZE(stalled); i++) {
		autofree char *path = os_path(os, "/sys/bus/event_source/devices/cpu/events/%s", stalled[i]);
		if (!access(path, F_OK))
			TRY(events_parse(pmus, stalled[i], notes, list));
	}
	return NULL;
}

/* ---- where the output goes */

static struct error *open_output(const struct stat_options *o, int *fd)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (o->append ? O_APPEND : O_TRUNC);

	*fd = -1;
	if (!o->output)
		return NULL;
	*fd = open(o->output, flags, 0666);
	if (*fd < 0)
		return error_os(errno, "cannot write %s", o->output);
	return NULL;
}

struct session {
	const struct stat_options *options;
	struct stat_style style;
	int fd;				/* of -o, or -1 */
	bool begun;			/* the header was printed */
	int write_error;
	struct notes *notes;
	unsigned runs;			/* done so far */
	size_t n_spreads;
	struct stat_spread *spreads, seconds;	/* with -r */
};

static void write_out(struct session *s, struct strbuf *text)
{
	int fd = s->fd >= 0 ? s->fd : STDERR_FILENO;

	if (text->len && file_write_full(fd, text->data, text->len) != (ssize_t)text->len)
		s->write_error = errno;
	strbuf_truncate(text, 0);
}

static void begin(struct session *s, struct strbuf *out)
{
	if (!s->begun && s->fd >= 0) {
		time_t now = time(NULL);
		struct tm local;
		char text[64];
		if (localtime_r(&now, &local) && strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &local))
			strbuf_printf(out, "# started on %s\n\n", text);
	}
	if (!s->begun)
		stat_print_header(&s->style, s->runs, out);
	s->begun = true;
}

static void print_verbose(const struct stat_result *result, struct strbuf *out)
{
	for (size_t i = 0; i < result->counts.len; i++) {
		const struct stat_count *row = &result->counts.data[i];
		strbuf_printf(out, "%s: %llu %llu %llu\n", result->counters->list->events.data[row->event].name,
			      (unsigned long long)row->count.value, (unsigned long long)row->count.enabled,
			      (unsigned long long)row->count.running);
	}
}

static void print(struct session *s, const struct stat_table *table, bool footer)
{
	autostrbuf struct strbuf out = { 0 };

	/* fields on standard error are for a program: nothing else between them */
	if (!s->style.separator || s->fd >= 0)
		mode_notes(s->notes);
	if (s->options->verbose)
		print_verbose(table->result, &out);
	begin(s, &out);
	stat_print_rows(&s->style, table, &out);
	if (footer)
		stat_print_footer(&s->style, table, &out);
	write_out(s, &out);
}

/* Called with the result of each run or interval; the result's rows are ours to change. */
static void report(void *ctx, const struct stat_result *result)
{
	struct session *s = ctx;
	struct stat_result rows = *result;
	struct stat_table table = { .result = &rows };

	rows.counts.data = NULL;
	rows.counts.len = rows.counts.cap = 0;
	vec_append(&rows.counts, result->counts.data, result->counts.len);
	if (!s->options->per_cpu)
		stat_sum_cpus(&rows);
	if (s->options->repeat > 1) {
		if (!s->spreads)
			s->spreads = xcalloc(rows.counts.len + 1, sizeof(*s->spreads));
		s->n_spreads = rows.counts.len;
		for (size_t i = 0; i < rows.counts.len; i++)
			if (rows.counts.data[i].counted)
				stat_spread_add(&s->spreads[i], rows.counts.data[i].count.scaled);
		stat_spread_add(&s->seconds, rows.seconds);
		table.spreads = s->spreads;
		table.seconds = &s->seconds;
		if (++s->runs == s->options->repeat || result->interrupted)
			print(s, &table, true);
	} else {
		print(s, &table, rows.last);
	}
	vec_deinit(&rows.counts);
}

/* ---- all of it */

static char *subject(const struct stat_options *o, const struct target *target, char *const *command)
{
	struct strbuf text = { 0 };

	if (o->pids || o->tids)
		strbuf_printf(&text, "%s id '%s'", o->pids ? "process" : "thread", o->pids ? o->pids : o->tids);
	else if (o->user)
		strbuf_printf(&text, "user '%s'", o->user);
	else if (o->cpus)
		strbuf_printf(&text, "'CPU(s) %s'", o->cpus);
	else if (target->system_wide)
		strbuf_adds(&text, "'system wide'");
	for (size_t i = 0; !text.len && command[i]; i++) {
		strbuf_addc(&text, '\'');
		for (; command[i]; i++)
			strbuf_printf(&text, "%s%s", i ? " " : "", command[i]);
		strbuf_addc(&text, '\'');
		break;
	}
	return strbuf_take(&text);
}

static struct error *check(const struct stat_options *o, const struct target *target, bool command)
{
	if (!command && target_empty(target))
		return error_hint(error_usage("what is to be counted?"),
				  "a command behind the options, or -p PID for what runs already, or -a for the whole machine");
	if (o->repeat > 1 && (!command || o->interval))
		return error_usage(command ? "-r and -I exclude each other" : "-r repeats a command, and there is none");
	if (o->append && !o->output)
		return error_usage("--append is for the file of -o FILE");
	if (o->interval && o->interval < 10)
		return error_usage("an interval of %llu ms is shorter than 10 ms", (unsigned long long)o->interval);
	if (o->interval > UINT32_MAX || o->timeout > UINT32_MAX)
		return error_usage("that many milliseconds are more than a month");
	if (o->interval_count && !o->interval)
		return error_usage("--interval-count counts intervals of -I MS");
	if (o->per_cpu && !target->system_wide && !target->cpus.cpus.len)
		return error_hint(error_usage("-A prints a row for each CPU, and a task's counts are not kept by CPU"),
				  "use it with -a or -C");
	if (o->separator && !*o->separator)
		return error_usage("-x needs a separator");
	return NULL;
}

/* The command's end, if it was no ordinary one, as shells say it. */
static void say_signal(const struct stat_run *run, char *const *command)
{
	if (run->signal)
		fprintf(stderr, "ptk: %s was ended by signal %d (%s)\n", command[0], run->signal, strsignal(run->signal));
}

static struct error *run_all(struct session *s, struct stat_plan *plan, struct notes *notes, int *status)
{
	uint64_t runs = s->options->repeat ? s->options->repeat : 1;
	struct stat_run run = { 0 };
	struct error *err = NULL;

	for (uint64_t i = 0; !err && i < runs && !run.interrupted; i++) {
		err = stat_run(plan, notes, report, s, &run);
		say_signal(&run, plan->command);
		*status = run.status;
	}
	counters_destroy_behind(run.counters);
	if (!err && s->write_error && s->fd >= 0)
		err = error_os(s->write_error, "cannot write %s", s->options->output);
	return err;
}

static struct error *count(const struct stat_options *o, char *const *command, int *status)
{
	const struct os os = { .root = "" };
	struct target target = { 0 };
	struct event_list list = { 0 };
	struct notes notes = { 0 };
	struct pmus *pmus = pmus_create(&os);
	struct session s = { .options = o, .fd = -1, .notes = &notes };
	struct error *err = target_parse(&os, o->pids, o->tids, o->cpus, o->user, o->all, &notes, &target);

	if (!err)
		err = check(o, &target, command);
	if (!err && o->texts.len)
		err = parse_events(pmus, o, &notes, &list);
	else if (!err && !o->null)
		err = add_default_events(pmus, &os, o, target.system_wide, &notes, &list);
	if (!err)
		err = open_output(o, &s.fd);
	if (!err) {
		autofree char *of = subject(o, &target, command);
		struct stat_plan plan = { .os = &os, .events = &list, .target = &target, .command = command, .inherit = !o->inherit,
					  .interval = o->interval * 1000000, .interval_count = o->interval_count,
					  .timeout = o->timeout * 1000000 };
		s.style = (struct stat_style){ .separator = o->separator, .big_num = o->big_num, .per_cpu = o->per_cpu,
					       .interval = o->interval, .hints = o->verbose, .subject = of };
		err = run_all(&s, &plan, &notes, status);
	}
	if (err)
		mode_notes(&notes);
	notes_deinit(&notes);
	if (s.fd >= 0 && close(s.fd) && !err)
		err = error_os(errno, "cannot write %s", o->output);
	free(s.spreads);
	event_list_deinit(&list);
	target_deinit(&target);
	pmus_destroy(pmus);
	return err;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct stat_options o = { .big_num = true };
	struct options_rest rest;
	bool helped;
	struct error *err = mode_options(mode, &o, OPTIONS_FIRST, argc, argv, &rest, &helped);

	if (!err && !helped) {
		/* "\t" as shells hand it over */
		if (o.separator && !strcmp(o.separator, "\\t"))
			o.separator = "\t";
		err = count(&o, rest.index < argc ? argv + rest.index : NULL, status);
	}
	vec_deinit(&o.texts);
	return err;
}

const struct mode mode_stat = {
	.name = "stat",
	.usage = "[OPTIONS] [--] [COMMAND [ARG…]]",
	.summary = "Count events while a command, a process or the machine runs",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.epilogue = "The table goes to standard error, and the exit status is the command's (128 + N when signal N ended it).\n"
		    "Without a command, counting goes on until ^C or until all tasks have ended; with -a, -C, -p, -t or -u a\n"
		    "command is only the clock:  ptk stat -p 4711 sleep 10",
	.run = run,
};
