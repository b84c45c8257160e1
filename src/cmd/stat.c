/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat: what was counted while a command, a process or the machine ran. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "cmd/mode.h"
#include "cmd/stat_file.h"
#include "cmd/stat_kernel.h"
#include "cmd/stat_options.h"
#include "cmd/stat_print.h"
#include "cmd/stat_run.h"
#include "pmu/parse.h"
#include "probe/prober.h"

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
	struct stat_groups groups;
	struct stat_recorder *recorder;	/* of stat record, or NULL */
	char *const *argv;
	struct metric_set metrics;
	int fd;				/* where it is printed; standard error, or of -o or --log-fd */
	bool begun;			/* the header was printed */
	struct strbuf text;		/* printed, to be written */
	int write_error;
	struct notes *notes;
	unsigned runs;			/* done so far */
	size_t n_spreads;
	struct stat_spread *spreads, seconds;	/* with -r */
	VEC(double) each;		/* how long each run took, for --table */
};

static void write_out(struct session *s)
{
	struct strbuf *text = &s->text;

	if (text->len && !s->options->quiet && file_write_full(s->fd, text->data, text->len) != (ssize_t)text->len)
		s->write_error = errno;
	strbuf_truncate(text, 0);
}

/* What could not be written, if anything; of standard error at least the exit status tells. */
static struct error *written(const struct session *s)
{
	const struct stat_options *o = s->options;

	if (!s->write_error)
		return NULL;
	return error_os(s->write_error, "cannot write %s", o->output && !o->recording ? o->output :
			s->fd == STDERR_FILENO ? "to standard error" : "to the descriptor of --log-fd");
}

static void begin(struct session *s, struct strbuf *out)
{
	if (!s->begun && s->options->output && !s->options->recording && s->style.format < STAT_JSON) {
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

/* --table: each run's time, how far it is from the mean, and that as a bar. */
static void print_runs(const struct session *s, struct strbuf *out)
{
	enum { BAR_MAX = 40 };
	double farthest = 0, mean = s->seconds.mean;

	for (size_t i = 0; i < s->each.len; i++) {
		double off = s->each.data[i] < mean ? mean - s->each.data[i] : s->each.data[i] - mean;
		farthest = off > farthest ? off : farthest;
	}
	strbuf_adds(out, "           # Table of individual measurements:\n");
	for (size_t i = 0; i < s->each.len; i++) {
		double off = s->each.data[i] - mean;
		int bar = farthest > 0 ? (int)((off < 0 ? -off : off) / farthest * BAR_MAX) : 0;
		strbuf_printf(out, "           %.5f (%+.5f) ", s->each.data[i], off);
		for (int k = 0; k <= bar; k++)
			strbuf_addc(out, '#');
		strbuf_addc(out, '\n');
	}
	strbuf_adds(out, "\n           # Final result:\n");
}

static void print(struct session *s, const struct stat_table *table, bool footer)
{
	struct strbuf *out = &s->text;

	/* what is for a program stands alone on standard error */
	if (s->style.format == STAT_TABLE || s->fd != STDERR_FILENO)
		mode_notes(s->notes);
	if (s->options->verbose)
		print_verbose(table->result, out);
	if (s->options->clear && s->style.interval && s->style.colour)
		strbuf_adds(out, "\033[H\033[2J");
	begin(s, out);
	stat_print_rows(&s->style, table, out);
	if (footer && s->options->table && s->style.format == STAT_TABLE && s->each.len > 1) {
		strbuf_addc(out, '\n');
		print_runs(s, out);
	}
	if (footer)
		stat_print_footer(&s->style, table, out);
	if (!table->result->more)
		write_out(s);
}

static void add_spreads(struct session *s, const struct stat_result *rows)
{
	if (!s->spreads)
		s->spreads = xcalloc(rows->counts.len + 1, sizeof(*s->spreads));
	s->n_spreads = rows->counts.len;
	for (size_t i = 0; i < rows->counts.len; i++)
		if (rows->counts.data[i].counted)
			stat_spread_add(&s->spreads[i], rows->counts.data[i].count.scaled);
	stat_spread_add(&s->seconds, rows->seconds);
	vec_push(&s->each, rows->seconds);
	s->runs++;
}

/* Called with the result of each run or interval; the result's rows are ours to change. */
static void report(void *ctx, const struct stat_result *result)
{
	struct session *s = ctx;
	struct stat_result rows = *result;
	struct stat_table table = { .result = &rows };

	if (s->recorder)
		stat_recorder_put(s->recorder, result);
	rows.counts.data = NULL;
	rows.counts.len = rows.counts.cap = 0;
	vec_append(&rows.counts, result->counts.data, result->counts.len);
	stat_aggregate(&s->groups, s->options->no_merge, &rows);
	if (s->options->repeat > 1) {
		add_spreads(s, &rows);
		table.spreads = s->spreads;
		table.seconds = &s->seconds;
		if (s->runs == s->options->repeat || result->interrupted)
			print(s, &table, true);
	} else if (rows.summary && s->style.format == STAT_TABLE) {
		/* a table of its own, as without intervals */
		s->style.interval = s->begun = false;
		print(s, &table, true);
	} else {
		if (s->options->repeat_said)
			s->begun = false;
		table.summary = rows.summary;
		if (rows.summary && s->options->no_csv_summary)
			s->style.interval = false;
		print(s, &table, rows.last && !s->options->summary);
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
	else if (o->per_thread)
		strbuf_adds(&text, "every thread");
	for (size_t i = 0; !text.len && command[i]; i++) {
		strbuf_addc(&text, '\'');
		for (; command[i]; i++)
			strbuf_printf(&text, "%s%s", i ? " " : "", command[i]);
		strbuf_addc(&text, '\'');
		break;
	}
	return strbuf_take(&text);
}

static struct error *check_times(const struct stat_options *o, bool command)
{
	if (o->repeat_said && (!command || o->interval))
		return error_usage(command ? "-r and -I exclude each other" : "-r repeats a command, and there is none");
	if (o->table && o->repeat < 2)
		return error_usage("--table shows the runs of -r N");
	if (o->interval > UINT32_MAX || o->timeout > UINT32_MAX)
		return error_usage("that many milliseconds are more than a month");
	if (o->interval_count && !o->interval)
		return error_usage("--interval-count counts intervals of -I MS");
	if (o->summary && !o->interval)
		return error_usage("--summary sums up the intervals of -I MS");
	if ((o->pre || o->post) && !command)
		return error_usage("--pre and --post run around a command, and there is none");
	return NULL;
}

static struct error *check_output(const struct stat_options *o, const struct stat_style *style)
{
	if (o->recording && o->repeat_said)
		return error_usage("a file holds the counts of one run: leave out -r");
	if (o->append && !o->output)
		return error_usage("--append is for the file of -o FILE");
	if (o->log_fd_said && o->output)
		return error_usage("-o and --log-fd exclude each other");
	if (o->separator && !*o->separator)
		return error_usage("-x needs a separator");
	if (style->format == STAT_OPENMETRICS && o->interval)
		return error_hint(error_usage("an OpenMetrics text is one state, and -I prints many"),
				  "-j prints an object for each row and interval");
	if (o->all_user && o->all_kernel)
		return error_usage("--all-user and --all-kernel exclude each other");
	if (o->metric_only && !o->metrics && !o->topdown)
		return error_usage("--metric-only prints the metrics of -M, and none were named");
	return NULL;
}

static struct error *check(const struct stat_options *o, const struct stat_style *style, const struct target *target, bool command)
{
	enum stat_by by = style->groups->by;

	if (!command && target_empty(target))
		return error_hint(error_usage("what is to be counted?"),
				  "a command behind the options, or -p PID for what runs already, or -a for the whole machine");
	TRY(check_times(o, command));
	if (by != STAT_BY_ALL && by != STAT_BY_THREAD && !target->system_wide && !target->cpus.cpus.len)
		return error_hint(error_usage("a task's counts are not kept by CPU"), "-A and --per-… go with -a or -C");
	return check_output(o, style);
}

/* -G and --for-each-cgroup look at CPUs. */
static bool any_cgroup(const struct stat_options *o)
{
	bool any = o->each_cgroup;

	for (size_t i = 0; i < o->texts.len; i++)
		any |= o->texts.data[i].cgroups != NULL;
	return any;
}

static struct error *choose_target(const struct os *os, const struct stat_options *o, struct stat_groups *groups,
				   struct notes *notes, struct target *target)
{
	bool cgroup = any_cgroup(o), all = o->all;
	enum stat_by by;

	TRY(stat_options_by(o, &by));
	if (cgroup && (o->pids || o->tids || o->user))
		return error_usage("cgroups are counted on CPUs, not in some tasks: leave out -%c", o->pids ? 'p' : o->tids ? 't' : 'u');
	if (by == STAT_BY_THREAD && !o->pids && !o->tids && !o->user) {
		if (cgroup)
			return error_usage("--per-thread and cgroups exclude each other");
		TRY(target_parse(os, NULL, NULL, o->cpus, NULL, false, notes, target));
		TRY(target_add_all(os, target));
	} else {
		TRY(target_parse(os, o->pids, o->tids, o->cpus, o->user, all || (cgroup && !o->cpus), notes, target));
	}
	stat_groups_read(os, by, target, groups);
	groups->cpus_show_core = o->percore_show_thread;
	groups->hide_zero = by == STAT_BY_THREAD && !o->pids && !o->tids;
	return NULL;
}

/* The command's end, if it was no ordinary one, as shells say it. */
static void say_signal(const struct stat_run *run, char *const *command)
{
	if (run->signal)
		fprintf(stderr, "ptk: %s was ended by signal %d (%s)\n", command[0], run->signal, strsignal(run->signal));
}

/* --pre, --post: its status does not matter to the counts, but a failure is said. */
static void run_shell(const char *what, const char *command)
{
	int status = command ? system(command) : 0;

	if (status)
		fprintf(stderr, "ptk: %s '%s' failed%s\n", what, command, status == -1 ? ": no shell" : "");
}

static struct error *run_all(struct session *s, struct stat_plan *plan, struct notes *notes, int *status)
{
	const struct stat_options *o = s->options;
	bool ever = o->repeat_said && !o->repeat;
	struct stat_run run = { 0 };
	struct error *err = NULL;

	for (uint64_t i = 0; !err && (ever || i < (o->repeat ? o->repeat : 1)) && !run.interrupted; i++) {
		if (o->sync)
			sync();
		run_shell("--pre", o->pre);
		err = stat_run(plan, notes, report, s, &run);
		say_signal(&run, plan->command);
		run_shell("--post", err ? NULL : o->post);
		*status = run.status;
	}
	counters_destroy_behind(run.counters);
	return err ? err : written(s);
}

static struct error *choose_format(const struct stat_options *o, enum stat_format *format)
{
	static const char *const words[] = { "table", "csv", "json", "openmetrics" };

	*format = o->json ? STAT_JSON : o->separator ? STAT_FIELDS : STAT_TABLE;
	if (o->json && o->separator)
		return error_usage("-x and -j exclude each other");
	for (size_t i = 0; o->format && i < ARRAY_SIZE(words); i++) {
		if (strcmp(o->format, words[i]))
			continue;
		*format = (enum stat_format)i;
		return NULL;
	}
	if (!o->format)
		return NULL;
	return error_hint(error_at(error_usage("there is no format %s", o->format), o->format, 0, strlen(o->format)),
			  "table, csv, json or openmetrics");
}

/* The locale's sign between thousands; "," where it has none, or on -B. */
static const char *thousands(const struct stat_options *o, bool terminal, char sign[8])
{
	if (o->big_num_said)
		return o->big_num ? "," : NULL;
	locale_t locale = terminal ? newlocale(LC_NUMERIC_MASK, "", (locale_t)0) : (locale_t)0;
	if (!locale)
		return NULL;
	snprintf(sign, 8, "%s", nl_langinfo_l(THOUSEP, locale));
	freelocale(locale);
	return *sign ? sign : ",";
}

static struct error *parse_delay(const char *text, int64_t *delay)
{
	uint64_t ms;

	*delay = 0;
	if (!text)
		return NULL;
	if (!strcmp(text, "-1")) {
		*delay = -1;
		return NULL;
	}
	if (!number_u64(text, &ms) || ms > UINT32_MAX)
		return error_at(error_usage("%s is no number of milliseconds", text), text, 0, strlen(text));
	*delay = (int64_t)ms * 1000000;
	return NULL;
}

/* Nobody waits at a file of our own: intervals reach it together. Nanoseconds; 0 where somebody may. */
static uint64_t gather_time(const struct session *s)
{
	enum { GATHER = 100 * 1000 * 1000 };
	const struct stat_options *o = s->options;
	struct stat st;

	return o->interval && o->output && !o->recording && !fstat(s->fd, &st) && S_ISREG(st.st_mode) ? GATHER : 0;
}

/* Who has counters besides us, as far as can be seen. */
static char *sharing(const struct os *os)
{
	uint64_t watchdog;

	if (os_read_u64(os, "/proc/sys/kernel/nmi_watchdog", &watchdog) && watchdog)
		return xstrdup("the NMI watchdog holds one counter of each CPU (sysctl kernel.nmi_watchdog=0 frees it)");
	return NULL;
}

/* Enough tracepoints of system calls for a program to be worth a look at the kernel's types? */
static bool many_calls(const struct event_list *list)
{
	size_t n = 0;

	for (size_t e = 0; e < list->events.len; e++)
		n += list->events.data[e].tracepoint && !strncmp(list->events.data[e].tracepoint, "syscalls:sys_enter_", 19);
	return n >= SYSCALL_SPLIT_MIN;
}

/* All that a run needs is chosen and checked: count. */
static struct error *count_chosen(struct session *s, const struct os *os, struct event_list *list, struct target *target,
				  char *const *command, int *status)
{
	const struct stat_options *o = s->options;
	autofree char *of = subject(o, target, command), *others = sharing(os);
	char sign[8];
	bool terminal = isatty(s->fd);
	struct control control = { .fd = -1, .ack = -1 };
	struct stat_plan plan = { .os = os, .events = list, .target = target, .command = command, .inherit = !o->no_inherit,
				  .interval = o->interval * 1000000, .gather = gather_time(s), .interval_count = o->interval_count,
				  .timeout = o->timeout * 1000000, .summary = o->summary,
				  .per_task = s->groups.by == STAT_BY_THREAD || o->recording, .control = &control };

	s->style.separator = o->separator ? o->separator : ",";
	s->style.thousands = thousands(o, terminal, sign);
	s->style.colour = terminal && !getenv("NO_COLOR");
	s->style.interval = o->interval;
	s->style.hints = o->verbose;
	s->style.metric_only = o->metric_only;
	s->style.metrics = s->metrics.shown.len ? &s->metrics : NULL;
	s->style.no_derived = false;
	s->style.sharing = others;
	s->style.subject = of;
	TRY(parse_delay(o->delay, &plan.delay));
	if (plan.delay < 0 && !o->control)
		return error_usage("-D -1 waits for --control to say when, and there is none");
	/* a program cannot be told apart tasks, nor be told to begin or stop by the tasks' own events */
	struct split_kernel kernel;
	if (!plan.per_task && !plan.delay && !o->control && !o->no_bpf && many_calls(list) && stat_kernel_layout(os, &kernel))
		plan.split = &kernel;
	if (o->control)
		TRY(control_open(o->control, &control));
	struct error *err = NULL;
	if (o->recording)
		err = stat_recorder_create(o->output ? o->output : "perf.data", os, target, s->groups.by, o->interval, s->argv, &s->recorder);
	if (!err)
		err = run_all(s, &plan, s->notes, status);
	if (!err && s->recorder)
		err = stat_recorder_finish(s->recorder);
	stat_recorder_destroy(s->recorder);
	control_close(&control);
	s->style.subject = NULL;
	return err;
}

static struct error *open_log(struct session *s)
{
	const struct stat_options *o = s->options;

	s->fd = o->log_fd_said ? (int)o->log_fd : STDERR_FILENO;
	if (o->log_fd_said && fcntl(s->fd, F_GETFD) < 0)
		return error_usage("descriptor %d of --log-fd is not open", s->fd);
	return o->output && !o->recording ? open_output(o, &s->fd) : NULL;
}

static struct error *count(const struct stat_options *o, char *const *argv, char *const *command, int *status)
{
	const struct os os = { .root = "" };
	struct target target = { 0 };
	struct event_list list = { 0 };
	struct notes notes = { 0 };
	struct pmus *pmus = pmus_create(&os);
	struct session s = { .options = o, .argv = argv, .fd = -1, .notes = &notes, .style.groups = &s.groups };
	struct error *err = choose_format(o, &s.style.format);

	pmus_set_functions(pmus, probe_function_offset);

	if (!err)
		err = choose_target(&os, o, &s.groups, &notes, &target);
	if (!err)
		err = check(o, &s.style, &target, command);
	if (!err)
		err = stat_events(pmus, &os, o, target.system_wide, &notes, &list, &s.metrics);
	if (!err)
		err = open_log(&s);
	if (!err)
		err = count_chosen(&s, &os, &list, &target, command, status);
	if (err)
		mode_notes(&notes);
	notes_deinit(&notes);
	if (o->output && !o->recording && s.fd >= 0 && close(s.fd) && !err)
		err = error_os(errno, "cannot write %s", o->output);
	strbuf_deinit(&s.text);
	free(s.spreads);
	vec_deinit(&s.each);
	stat_groups_deinit(&s.groups);
	metric_set_deinit(&s.metrics);
	event_list_deinit(&list);
	target_deinit(&target);
	pmus_destroy(pmus);
	return err;
}

/* ---- stat report */

static void begin_replay(void *ctx, const struct stat_replay *replay)
{
	struct session *s = ctx;

	s->style.groups = replay->groups;
	s->groups = *replay->groups;	/* borrowed until the replay ends */
	s->style.interval = replay->interval_ms;
	/* of a pipe perf says just that, and scripts look for it */
	bool piped = s->options->input && !strcmp(s->options->input, "-");
	s->style.subject = xstrdup(piped ? "'pipe'" : *replay->command ? replay->command : "what was recorded");
}

static struct error *replay(const struct stat_options *o)
{
	struct notes notes = { 0 };
	struct session s = { .options = o, .notes = &notes };
	enum stat_by by;
	char sign[8];

	TRY(choose_format(o, &s.style.format));
	TRY(stat_options_by(o, &by));
	TRY(open_log(&s));
	s.style.separator = o->separator ? o->separator : ",";
	s.style.colour = isatty(s.fd) && !getenv("NO_COLOR");
	s.style.thousands = thousands(o, isatty(s.fd), sign);
	struct error *err = stat_file_replay(o->input ? o->input : "perf.data", by, &notes, begin_replay, report, &s);
	if (!err)
		err = written(&s);
	mode_notes(&notes);
	notes_deinit(&notes);
	strbuf_deinit(&s.text);
	free((char *)s.style.subject);
	if (o->output && s.fd >= 0 && close(s.fd) && !err)
		err = error_os(errno, "cannot write %s", o->output);
	return err;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	bool record = argc && !strcmp(argv[0], "record"), report_it = argc && !strcmp(argv[0], "report");
	struct stat_options o = { .recording = record };
	struct options_rest rest;
	bool helped;
	char *const *words = argv;
	static char input_option[] = "--input";

	argv += record || report_it;
	argc -= record || report_it;
	/* perf's -i of stat report is the file */
	for (int i = 0; report_it && i < argc; i++)
		if (!strcmp(argv[i], "-i"))
			argv[i] = input_option;
	struct error *err = mode_options(mode, &o, OPTIONS_FIRST, argc, argv, &rest, &helped);

	if (!err && !helped) {
		/* "\t" as shells hand it over */
		if (o.separator && !strcmp(o.separator, "\\t"))
			o.separator = "\t";
		err = report_it ? replay(&o) : count(&o, words, rest.index < argc ? argv + rest.index : NULL, status);
	}
	vec_deinit(&o.texts);
	return err;
}

const struct mode mode_stat = {
	.name = "stat",
	.usage = "[record | report] [OPTIONS] [--] [COMMAND [ARG…]]",
	.summary = "Count events while a command, a process or the machine runs",
	.options = stat_options_table,
	.n_options = N_STAT_OPTIONS,
	.epilogue = "The table goes to standard error, and the exit status is the command's (128 + N when signal N ended it).\n"
		    "Without a command, counting goes on until ^C or until all tasks have ended; with -a, -C, -p, -t or -u a\n"
		    "command is only the clock:  ptk stat -p 4711 sleep 10",
	.run = run,
};
