/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -F: the fields, which of them an event shows by default, and which its samples can show. */
#include "cmd/script.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"

/*
 * To add a field: its bit in script.h, a row here (the bits of sample_type of which it needs one, 0: none), printing
 * in script_print.c, a line in the man page.
 */
#define FIELDS(F) \
	F("comm", FIELD_COMM, 0, "The task's name") \
	F("tid", FIELD_TID, PERF_SAMPLE_TID, "The thread") \
	F("pid", FIELD_PID, PERF_SAMPLE_TID, "The process") \
	F("time", FIELD_TIME, PERF_SAMPLE_TIME, "Seconds of the recording's clock") \
	F("cpu", FIELD_CPU, PERF_SAMPLE_CPU, "The CPU") \
	F("event", FIELD_EVENT, 0, "The event's name") \
	F("trace", FIELD_TRACE, PERF_SAMPLE_RAW, "The fields of a tracepoint") \
	F("ip", FIELD_IP, PERF_SAMPLE_IP, "The address, of every frame where there are stacks") \
	F("sym", FIELD_SYM, PERF_SAMPLE_IP | PERF_SAMPLE_ADDR, "The function") \
	F("dso", FIELD_DSO, PERF_SAMPLE_IP | PERF_SAMPLE_ADDR, "The image") \
	F("addr", FIELD_ADDR, PERF_SAMPLE_ADDR, "The data address") \
	F("symoff", FIELD_SYMOFF, PERF_SAMPLE_IP | PERF_SAMPLE_ADDR, "How far into the function") \
	F("period", FIELD_PERIOD, 0, "How many events the sample stands for") \
	F("iregs", FIELD_IREGS, PERF_SAMPLE_REGS_INTR, "Registers when the sample was taken") \
	F("uregs", FIELD_UREGS, PERF_SAMPLE_REGS_USER, "User registers") \
	F("brstack", FIELD_BRSTACK, PERF_SAMPLE_BRANCH_STACK, "The last branches, as addresses") \
	F("brstacksym", FIELD_BRSTACKSYM, PERF_SAMPLE_BRANCH_STACK, "The last branches, as functions") \
	F("data_src", FIELD_DATA_SRC, PERF_SAMPLE_DATA_SRC, "What a memory access met") \
	F("weight", FIELD_WEIGHT, PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT, "What it cost") \
	F("bpf-output", FIELD_BPF_OUTPUT, PERF_SAMPLE_RAW, "What a BPF program wrote") \
	F("phys_addr", FIELD_PHYS_ADDR, PERF_SAMPLE_PHYS_ADDR, "The physical address") \
	F("misc", FIELD_MISC, 0, "The mode that the processor was in") \
	F("tod", FIELD_TOD, PERF_SAMPLE_TIME, "The time of day, where the clock was recorded") \
	F("data_page_size", FIELD_DATA_PAGE_SIZE, PERF_SAMPLE_DATA_PAGE_SIZE, "Size of the data's page") \
	F("code_page_size", FIELD_CODE_PAGE_SIZE, PERF_SAMPLE_CODE_PAGE_SIZE, "Size of the code's page") \
	F("ins_lat", FIELD_INS_LAT, PERF_SAMPLE_WEIGHT_STRUCT, "Cycles that the instruction took") \
	F("cgroup", FIELD_CGROUP, PERF_SAMPLE_CGROUP, "The control group's number") \
	F("srcline", FIELD_SRCLINE, PERF_SAMPLE_IP, "File and line of the source") \
	F("flags", FIELD_FLAGS, 0, "Branch flags of traces that were decoded; blank for samples") \
	F("raw", FIELD_RAW, PERF_SAMPLE_RAW, "Raw data, in hexadecimal")

static const struct field {
	const char *word;
	uint32_t bit;
	uint64_t needs;
	const char *help;
} fields_known[] = {
#define ROW(word, bit, needs, help) { word, bit, needs, help },
	FIELDS(ROW)
};

const char *const script_field_words[] = {
#define WORD(word, bit, needs, help) word,
	FIELDS(WORD)
	NULL,
};

static const struct { const char *word; unsigned type; } types_known[] = {
	{ "hw", PERF_TYPE_HARDWARE }, { "sw", PERF_TYPE_SOFTWARE }, { "trace", PERF_TYPE_TRACEPOINT },
	{ "cache", PERF_TYPE_HW_CACHE }, { "raw", PERF_TYPE_RAW }, { "break", PERF_TYPE_BREAKPOINT },
	{ "other", SCRIPT_OTHER },
};

/* What a type never has. */
static uint32_t invalid(unsigned type)
{
	switch (type) {
	case PERF_TYPE_TRACEPOINT:
		return 0;
	case PERF_TYPE_SOFTWARE:
		return FIELD_TRACE;
	case SCRIPT_OTHER:
		return 0;
	default:
		return FIELD_TRACE | FIELD_BPF_OUTPUT;
	}
}

void script_fields_init(struct script_fields *fields)
{
	const uint32_t start = FIELD_COMM | FIELD_TID | FIELD_CPU | FIELD_TIME | FIELD_EVENT;
	const uint32_t place = FIELD_IP | FIELD_SYM | FIELD_SYMOFF | FIELD_DSO;

	*fields = (struct script_fields){ 0 };
	for (unsigned type = 0; type < SCRIPT_TYPES; type++)
		fields->shown[type] = start | place | FIELD_PERIOD;
	fields->shown[PERF_TYPE_SOFTWARE] |= FIELD_BPF_OUTPUT;
	fields->shown[PERF_TYPE_TRACEPOINT] = start | FIELD_TRACE;
	fields->shown[PERF_TYPE_RAW] |= FIELD_ADDR | FIELD_DATA_SRC | FIELD_WEIGHT | FIELD_PHYS_ADDR |
					FIELD_DATA_PAGE_SIZE | FIELD_CODE_PAGE_SIZE | FIELD_INS_LAT;
}

/* Those of perf that are not here, and who answers instead. */
static const struct { const char *word, *instead; } fields_of_perf[] = {
	{ "metric", "what is sampled is not summed up to metrics; ptk stat -M METRIC counts a whole run for them" },
	{ "insn", "ptk annotate shows instructions" },
	{ "disasm", "ptk annotate shows instructions" },
	{ "insnlen", "ptk annotate --asm-raw shows the bytes of instructions" },
	{ "brstackinsn", "brstacksym shows branches as functions, ptk annotate their instructions" },
	{ "synth", "it is of processor traces, which ptk does not decode" },
	{ "ipc", "it is of processor traces, which ptk does not decode" },
	{ "callindent", "it is of processor traces, which ptk does not decode" },
};

static struct error *find_field(const char *text, const char *at, size_t len, uint32_t *bit)
{
	autofree char *word = xstrndup(at, len);
	struct nearest best = { .word = word };
	struct error *err;

	for (size_t i = 0; i < ARRAY_SIZE(fields_known); i++) {
		if (!strcmp(fields_known[i].word, word)) {
			*bit = fields_known[i].bit;
			return NULL;
		}
		nearest_offer(&best, fields_known[i].word);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields_of_perf); i++)
		if (!strcmp(fields_of_perf[i].word, word)) {
			err = error_at(error_usage("%s is a field of perf's that ptk does not have", word), text, (size_t)(at - text), len);
			return error_hint(err, "%s", fields_of_perf[i].instead);
		}
	err = error_at(error_usage(len ? "no such field: %s" : "a field is missing%s", word), text, (size_t)(at - text), len);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	autostrbuf struct strbuf all = { 0 };
	for (size_t i = 0; i < ARRAY_SIZE(fields_known); i++)
		strbuf_printf(&all, "%s%s", i ? " " : "", fields_known[i].word);
	return error_hint(err, "fields are %s", strbuf_str(&all));
}

void script_fields_list(FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields_known); i++)
		fprintf(out, "%-16s %s\n", fields_known[i].word, fields_known[i].help);
}

static struct error *find_type(const char *text, size_t len, unsigned *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types_known); i++)
		if (strlen(types_known[i].word) == len && !memcmp(types_known[i].word, text, len)) {
			*type = types_known[i].type;
			return NULL;
		}
	return error_hint(error_at(error_usage("no such type of event: %.*s", (int)len, text), text, 0, len),
			  "types are hw, sw, trace, cache, raw, break and other");
}

/* One field for one type: shown from now on, or not. */
static void change(struct script_fields *fields, unsigned type, uint32_t bit, bool add)
{
	fields->chosen[type] = true;
	if (add) {
		fields->shown[type] |= bit;
		fields->asked[type] |= bit;
	} else {
		fields->shown[type] &= ~bit;
		fields->asked[type] &= ~bit;
	}
}

struct error *script_fields_parse(struct script_fields *fields, const char *text)
{
	const char *colon = strchr(text, ':'), *at = colon ? colon + 1 : text;
	unsigned from = 0, to = SCRIPT_TYPES;
	bool changes = *at == '+' || *at == '-';
	uint32_t bit = 0;

	if (colon) {
		TRY(find_type(text, (size_t)(colon - text), &from));
		to = from + 1;
	}
	if (!*text)
		return error_usage("no field at all would be shown");
	for (unsigned type = from; !changes && type < to; type++) {
		fields->shown[type] = fields->asked[type] = 0;
		fields->chosen[type] = true;
	}
	/* "TYPE:" alone: events of this type are not shown. */
	while (*at || (at > text && at[-1] == ',')) {
		bool sign = *at == '+' || *at == '-', add = *at != '-';
		if (sign != changes)
			return error_at(error_usage("fields are either all named, or all added with + and taken away with -"),
					text, (size_t)(at - text), strcspn(at, ","));
		at += sign;
		size_t len = strcspn(at, ",");
		TRY(find_field(text, at, len, &bit));
		if (to - from == 1 && (invalid(from) & bit))
			return error_at(error_usage("events of this type never have it"), text, (size_t)(at - text), len);
		for (unsigned type = from; type < to; type++)
			if (!(invalid(type) & bit))
				change(fields, type, bit, add);
		at += len + (at[len] == ',');
	}
	return NULL;
}

static unsigned type_of(const struct data_event *event)
{
	return event->attr.type < PERF_TYPE_MAX ? event->attr.type : SCRIPT_OTHER;
}

/* Has no samples. */
static bool is_dummy(const struct data_event *event)
{
	return event->attr.type == PERF_TYPE_SOFTWARE && event->attr.config == PERF_COUNT_SW_DUMMY;
}

/* What its samples have of what its type shows. */
static struct error *narrow(const struct script_fields *fields, const struct data_event *event, uint32_t *shown)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields_known); i++) {
		const struct field *f = &fields_known[i];
		if (!(*shown & f->bit) || !f->needs || (event->attr.sample_type & f->needs))
			continue;
		*shown &= ~f->bit;
		if (fields->asked[type_of(event)] & f->bit & ~(FIELD_TRACE | FIELD_BPF_OUTPUT))
			return error_hint(error_usage("samples of %s do not have the field %s", event->name, f->word),
					  "leave it out of -F, or record it (see ptk help record)");
	}
	return NULL;
}

static uint32_t shown_of_type(const struct script_fields *fields, unsigned type, bool trace_chains)
{
	const uint32_t frames = FIELD_IP | FIELD_SYM | FIELD_SYMOFF | FIELD_DSO;

	if (fields->chosen[type])
		return fields->shown[type];
	if (fields->all)
		return ~0u & ~(FIELD_SRCLINE | FIELD_TOD | FIELD_MISC | FIELD_FLAGS | FIELD_RAW | invalid(type));
	/* Tracepoints say by their name where they are; where one of them has stacks, frames of all are shown. */
	return fields->shown[type] | (type == PERF_TYPE_TRACEPOINT && trace_chains ? frames : 0);
}

/* Is there a tracepoint with stacks? */
static bool has_trace_chains(const struct data_reader *reader)
{
	for (size_t i = 0; i < data_n_events(reader); i++) {
		const struct perf_event_attr *attr = &data_event(reader, i)->attr;
		if (attr->type == PERF_TYPE_TRACEPOINT && (attr->sample_type & SCRIPT_STACKS))
			return true;
	}
	return false;
}

struct error *script_fields_of(const struct script_fields *fields, const struct data_reader *reader, bool chains,
			       uint32_t *shown)
{
	size_t n = data_n_events(reader);
	bool trace_chains = chains && has_trace_chains(reader);
	uint32_t common[SCRIPT_TYPES];

	memset(common, 0xff, sizeof(common));
	for (size_t i = 0; i < n; i++) {
		const struct data_event *event = data_event(reader, i);
		unsigned type = type_of(event);
		shown[i] = shown_of_type(fields, type, trace_chains);
		if (is_dummy(event))
			continue;
		TRY(narrow(fields, event, &shown[i]));
		common[type] &= shown[i];
	}
	/* Lines of a type have the same columns: what one of its events lacks is not shown of the others. */
	for (size_t i = 0; i < n && !fields->all; i++)
		shown[i] &= common[type_of(data_event(reader, i))];
	return NULL;
}
