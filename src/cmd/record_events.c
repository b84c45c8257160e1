/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options to attrs: what each sample holds, and how often one is taken. */
#include "cmd/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "base/number.h"
#include "os/limits.h"
#include "unwind/machine.h"

enum {
	DEFAULT_FREQUENCY = 4000,	/* as perf has it */
	DEFAULT_STACK = 8192,
	MAX_STACK = 65528,		/* the field is 16 bits wide, and a multiple of 8 */
};

struct error *record_events_parse(struct pmus *pmus, const struct record_options *o, struct notes *notes,
				  struct event_list *list, bool *defaulted)
{
	size_t last = 0;

	*defaulted = true;
	for (size_t i = 0; i < o->words.len; i++) {
		const struct record_word *w = &o->words.data[i];
		if (w->filter) {
			if (*defaulted)
				return error_hint(error_usage("--filter %s stands before any -e", w->text),
						  "a filter belongs to the tracepoints of the -e before it");
			TRY(events_filter(pmus, list, last, w->text));
			continue;
		}
		last = list->events.len;
		*defaulted = false;
		TRY(events_parse(pmus, w->text, notes, list));
	}
	return *defaulted ? events_parse(pmus, "cycles:P", notes, list) : NULL;
}

struct error *record_events_fall_back(struct pmus *pmus, struct event_list *list)
{
	event_list_deinit(list);
	*list = (struct event_list){ 0 };
	return events_parse(pmus, "cpu-clock", NULL, list);
}

/* ---- call chains, branches, clocks ---- */

/* Behind "dwarf": ",BYTES", ",raw", or both in this order. */
static struct error *parse_dwarf(struct record_options *o, const char *text, const char *rest)
{
	size_t len = strlen(rest);

	if (len >= 4 && !strcmp(rest + len - 4, ",raw")) {
		o->raw_stacks = true;
		len -= 4;
	}
	if (!len)
		return NULL;
	autofree char *number = xstrndup(rest + 1, len - 1);
	uint64_t bytes;
	if (!number_scaled(number, true, &bytes) || !bytes || bytes > MAX_STACK)
		return error_hint(error_at(error_usage("%s bytes of stack cannot be taken", number), text, (size_t)(rest + 1 - text), len - 1),
				  "between 8 and %d, a multiple of 8", MAX_STACK);
	o->stack_bytes = (uint32_t)((bytes + 7) & ~7ull);
	return NULL;
}

struct error *record_chains_parse(struct record_options *o, const char *text)
{
	size_t len = strcspn(text ? text : "", ",");
	bool alone = !text || !text[len];

	o->stack_bytes = DEFAULT_STACK;
	o->raw_stacks = false;
	if (!text || !*text)
		o->chains = CHAINS_BEST;
	else if (alone && (!strcmp(text, "no") || !strcmp(text, "none")))
		o->chains = CHAINS_NONE;
	else if (alone && !strcmp(text, "fp"))
		o->chains = CHAINS_FP;
	else if (alone && !strcmp(text, "lbr"))
		o->chains = CHAINS_LBR;
	else if (len == 5 && !strncmp(text, "dwarf", 5))
		o->chains = CHAINS_DWARF;
	else
		return error_hint(error_at(error_usage("%s is no way to take call chains", text), text, 0, strlen(text)),
				  "fp (frame pointers), dwarf[,BYTES][,raw] (by unwind information), lbr (the CPU's own record)");
	return o->chains == CHAINS_DWARF ? parse_dwarf(o, text, text + len) : NULL;
}

/* perf's words for PERF_SAMPLE_BRANCH_* (perf-record(1), -j). */
static const struct { const char *name; uint64_t bits; } branch_words[] = {
	{ "u", PERF_SAMPLE_BRANCH_USER }, { "k", PERF_SAMPLE_BRANCH_KERNEL }, { "hv", PERF_SAMPLE_BRANCH_HV },
	{ "any", PERF_SAMPLE_BRANCH_ANY }, { "any_call", PERF_SAMPLE_BRANCH_ANY_CALL },
	{ "any_ret", PERF_SAMPLE_BRANCH_ANY_RETURN }, { "ind_call", PERF_SAMPLE_BRANCH_IND_CALL },
	{ "ind_jmp", PERF_SAMPLE_BRANCH_IND_JUMP }, { "call", PERF_SAMPLE_BRANCH_CALL },
	{ "cond", PERF_SAMPLE_BRANCH_COND }, { "stack", PERF_SAMPLE_BRANCH_CALL_STACK },
	{ "abort_tx", PERF_SAMPLE_BRANCH_ABORT_TX }, { "in_tx", PERF_SAMPLE_BRANCH_IN_TX },
	{ "no_tx", PERF_SAMPLE_BRANCH_NO_TX }, { "save_type", PERF_SAMPLE_BRANCH_TYPE_SAVE },
	{ "no_flags", PERF_SAMPLE_BRANCH_NO_FLAGS }, { "no_cycles", PERF_SAMPLE_BRANCH_NO_CYCLES },
};

enum { BRANCH_WHO = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_HV };

static struct error *hint_branches(struct error *err)
{
	autostrbuf struct strbuf words = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(branch_words); i++)
		strbuf_printf(&words, "%s%s", i ? ", " : "", branch_words[i].name);
	return error_hint(err, "there are: %s", strbuf_str(&words));
}

struct error *record_branches_parse(const char *text, uint64_t *branches)
{
	uint64_t bits = 0;

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, ","), i = 0;
		while (i < ARRAY_SIZE(branch_words) &&
		       (strlen(branch_words[i].name) != len || strncmp(branch_words[i].name, p, len)))
			i++;
		if (i == ARRAY_SIZE(branch_words)) {
			struct nearest best = { .word = p, .word_len = len };
			for (i = 0; i < ARRAY_SIZE(branch_words); i++)
				nearest_offer(&best, branch_words[i].name);
			autofree char *hint = nearest_hint(&best);
			struct error *err = error_at(error_usage("%.*s is no kind of branch", (int)len, p),
						     text, (size_t)(p - text), len);
			if (hint)
				err = error_hint(err, "%s", hint);
			return hint_branches(err);
		}
		bits |= branch_words[i].bits;
		p += len + (p[len] == ',');
	}
	if (!(bits & ~(uint64_t)BRANCH_WHO))
		bits |= PERF_SAMPLE_BRANCH_ANY;
	*branches = bits;
	return NULL;
}

static const struct { const char *name; int32_t id; } clocks[] = {
	{ "monotonic", CLOCK_MONOTONIC }, { "monotonic_raw", CLOCK_MONOTONIC_RAW }, { "realtime", CLOCK_REALTIME },
	{ "boottime", CLOCK_BOOTTIME }, { "tai", CLOCK_TAI }, { "mono", CLOCK_MONOTONIC }, { "raw", CLOCK_MONOTONIC_RAW },
	{ "real", CLOCK_REALTIME }, { "boot", CLOCK_BOOTTIME },
};

struct error *record_clock_parse(const char *text, int32_t *clock)
{
	const char *name = strncasecmp(text, "CLOCK_", 6) ? text : text + 6;
	uint64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		if (strcasecmp(clocks[i].name, name))
			continue;
		*clock = clocks[i].id;
		return NULL;
	}
	if (number_u64(text, &number) && number <= CLOCK_TAI) {
		*clock = (int32_t)number;
		return NULL;
	}
	return error_hint(error_at(error_usage("%s is no clock", text), text, 0, strlen(text)),
			  "monotonic, monotonic_raw, realtime, boottime or tai");
}

/* ---- attrs ---- */

/* The user registers that unwinding needs; 0: this machine's stacks are not unwound. */
static uint64_t user_registers(void)
{
	struct utsname name;
	const struct unwind_machine *machine = uname(&name) ? NULL : unwind_machine_of_arch(name.machine, false);

	return machine ? unwind_machine_regs(machine) : 0;
}

/* Registers and stack bytes of the user, for chains that are unwound. */
static struct error *configure_stacks(const struct record_options *o, struct perf_event_attr *attr)
{
	uint64_t registers = user_registers();

	if (o->chains != CHAINS_DWARF && (o->chains != CHAINS_BEST || !registers))
		return NULL;
	if (!registers)
		return error_hint(error_create("ptk does not know this architecture's registers for --call-graph dwarf"),
				  "--call-graph fp takes call chains by frame pointers");
	attr->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	attr->sample_regs_user = registers;
	attr->sample_stack_user = o->stack_bytes;
	/* The kernel's walk by frame pointers goes on where the bytes end. Readers of raw stacks take it for the stack itself. */
	attr->exclude_callchain_user |= o->raw_stacks;
	return NULL;
}

static struct error *configure_chains(const struct record_options *all, const struct event *event, struct perf_event_attr *attr)
{
	struct record_options own = *all;
	const struct record_options *o = &own;

	/* cycles/call-graph=dwarf,stack-size=1024/ */
	if (event->wishes.call_graph)
		TRY(record_chains_parse(&own, event->wishes.call_graph));
	if (event->wishes.stack_size)
		own.stack_bytes = (event->wishes.stack_size + 7) & ~7u;
	if (o->chains == CHAINS_NONE)
		return NULL;
	attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	attr->exclude_callchain_user |= o->kernel_chains;
	attr->exclude_callchain_kernel |= o->user_chains;
	if (o->chains == CHAINS_LBR) {
		attr->sample_type |= PERF_SAMPLE_BRANCH_STACK;
		attr->branch_sample_type = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_CALL_STACK |
					   PERF_SAMPLE_BRANCH_NO_CYCLES | PERF_SAMPLE_BRANCH_NO_FLAGS;
	}
	return o->kernel_chains ? NULL : configure_stacks(o, attr);
}

static void configure_content(const struct record_options *o, const struct event *event, struct perf_event_attr *attr)
{
	attr->read_format |= PERF_FORMAT_LOST | PERF_FORMAT_ID;
	if (event->kind == EVENT_TRACEPOINT || o->raw)
		attr->sample_type |= PERF_SAMPLE_RAW;
	/* A tracepoint's period is what it says it counts: the nanoseconds of sched_stat_runtime. */
	if (attr->freq || event->kind == EVENT_TRACEPOINT || o->period_wanted > 0)
		attr->sample_type |= PERF_SAMPLE_PERIOD;
	if (o->period_wanted < 0)
		attr->sample_type &= ~(uint64_t)PERF_SAMPLE_PERIOD;
	if (o->addresses)
		attr->sample_type |= PERF_SAMPLE_ADDR | PERF_SAMPLE_DATA_SRC;
	attr->sample_type |= (o->physical ? PERF_SAMPLE_PHYS_ADDR : 0ull) | (o->weight ? PERF_SAMPLE_WEIGHT : 0ull) |
			     (o->transaction ? PERF_SAMPLE_TRANSACTION : 0ull) |
			     (o->data_pages ? PERF_SAMPLE_DATA_PAGE_SIZE : 0ull) |
			     (o->code_pages ? PERF_SAMPLE_CODE_PAGE_SIZE : 0ull);
	if (o->branches && !attr->branch_sample_type)
		attr->branch_sample_type = o->branches;
	if (attr->branch_sample_type)
		attr->sample_type |= PERF_SAMPLE_BRANCH_STACK;
	if (o->counts) {
		attr->inherit_stat = 1;
		attr->read_format |= PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	}
	if (o->all_user || o->all_kernel) {
		attr->exclude_kernel = o->all_user;
		attr->exclude_user = o->all_kernel;
	}
}

/* How often: what the event's own terms say, else -c or -F, else each time for what is rare and 4000 Hz for the rest. */
static void configure_rate(const struct record_options *o, const struct event *event, uint64_t frequency,
			   struct perf_event_attr *attr)
{
	bool each_time = event->kind == EVENT_TRACEPOINT || event->kind == EVENT_BREAKPOINT || event->probe_path;

	if (o->no_samples) {
		attr->sample_period = attr->freq = 0;
	} else if (attr->sample_period) {
		return;
	} else if (o->period) {
		attr->sample_period = o->period;
	} else if (o->frequency || o->frequency_max) {
		attr->freq = 1;
		attr->sample_freq = frequency;
	} else {
		attr->freq = !each_time;
		attr->sample_period = each_time ? 1 : frequency;
	}
}

static struct error *frequency_of(const struct os *os, const struct record_options *o, struct notes *notes, uint64_t *frequency)
{
	uint64_t limit = limits_sample_rate(os);

	*frequency = o->frequency ? o->frequency : DEFAULT_FREQUENCY;
	if (o->frequency_max)
		*frequency = limit;
	if (*frequency <= limit)
		return NULL;
	if (o->strict_frequency)
		return error_hint(error_create("%llu samples a second are above the limit of %llu",
					       (unsigned long long)*frequency, (unsigned long long)limit),
				  "raise it: sysctl kernel.perf_event_max_sample_rate=%llu", (unsigned long long)*frequency);
	notes_add(notes, "%llu samples a second are above kernel.perf_event_max_sample_rate: lowered to %llu",
		  (unsigned long long)*frequency, (unsigned long long)limit);
	*frequency = limit;
	return NULL;
}

/* ":S": the group's counts are read with each sample of its leader; the members take none themselves. */
static void configure_read(struct event_list *list, size_t e)
{
	struct event *event = &list->events.data[e];

	if (!event->sample_read)
		return;
	event->attr.sample_type |= PERF_SAMPLE_READ;
	event->attr.read_format |= PERF_FORMAT_GROUP | PERF_FORMAT_ID;
	if (event->leader != e)
		event->attr.sample_period = event->attr.freq = 0;
}

/* The part that every event shares, so that the trailers of all records look alike. */
static uint64_t common_sample_type(const struct record_options *o, const struct target *target, const struct event_list *list)
{
	uint64_t type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;

	if (o->cpu || o->raw || target->system_wide || target->cpus.cpus.len)
		type |= PERF_SAMPLE_CPU;
	for (size_t e = 0; e < list->events.len; e++)
		if (list->events.data[e].kind == EVENT_TRACEPOINT)
			type |= PERF_SAMPLE_CPU;
	return type;
}

static void set_clock(const struct record_options *o, struct perf_event_attr *attr)
{
	attr->use_clockid = o->clock_given;
	attr->clockid = o->clock;
}

struct error *record_events_configure(const struct os *os, const struct record_options *o, const struct target *target,
				      uint32_t watermark, struct notes *notes, struct event_list *list)
{
	uint64_t common = common_sample_type(o, target, list), frequency;

	TRY(frequency_of(os, o, notes, &frequency));
	for (size_t e = 0; e < list->events.len; e++) {
		struct event *event = &list->events.data[e];
		if (event->kind == EVENT_TOOL)
			return error_hint(error_usage("%s is counted by ptk itself: there is nothing to sample", event->name),
					  "ptk stat counts it");
		event->attr.sample_type |= common;
		event->attr.sample_id_all = 1;
		configure_rate(o, event, frequency, &event->attr);
		configure_content(o, event, &event->attr);
		TRY(configure_chains(o, event, &event->attr));
		configure_read(list, e);
		set_clock(o, &event->attr);
		event->attr.watermark = watermark && !o->no_buffering;
		if (o->no_buffering)
			event->attr.wakeup_events = 1;
		else
			event->attr.wakeup_watermark = watermark;
	}
	return NULL;
}

static bool takes_stacks(const struct event_list *list)
{
	for (size_t e = 0; e < list->events.len; e++)
		if (list->events.data[e].attr.sample_type & PERF_SAMPLE_STACK_USER)
			return true;
	return false;
}

bool record_unwinds(const struct record_options *o, const struct event_list *list)
{
	return !o->raw_stacks && takes_stacks(list);
}

bool record_wants_data_maps(const struct record_options *o, const struct event_list *list)
{
	return o->addresses || (o->raw_stacks && takes_stacks(list));
}

void record_side_event(const struct record_options *o, const struct event_list *list, struct event_list *side)
{
	const struct perf_event_attr *like = &list->events.data[0].attr;
	struct event *event = vec_add(&side->events);

	event->kind = EVENT_SOFTWARE;
	event->name = xstrdup("dummy:u");
	event->scale = 1;
	event->exclude_typed = true;
	event->attr = (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY,
		.sample_type = like->sample_type & (PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
						    PERF_SAMPLE_TIME | PERF_SAMPLE_CPU),
		.read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST,
		.sample_id_all = 1, .exclude_kernel = 1, .exclude_hv = 1,
		.mmap = 1, .mmap2 = 1, .mmap_data = record_wants_data_maps(o, list), .comm = 1, .comm_exec = 1, .task = 1,
		.ksymbol = 1, .bpf_event = 1, .build_id = !o->no_buildid, .context_switch = o->switches,
	};
	set_clock(o, &event->attr);
}

/* ---- filters ---- */

void record_leave_out(struct event_list *list, pid_t pid)
{
	for (size_t e = 0; e < list->events.len; e++) {
		struct event *event = &list->events.data[e];
		/* ftrace:function has a filter language of its own. */
		if (event->kind != EVENT_TRACEPOINT || (event->tracepoint && !strncmp(event->tracepoint, "ftrace:", 7)))
			continue;
		char *filter = event->filter ? xasprintf("(%s) && common_pid != %d", event->filter, pid) :
					       xasprintf("common_pid != %d", pid);
		free(event->filter);
		event->filter = filter;
	}
}
