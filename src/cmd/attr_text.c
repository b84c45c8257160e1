/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/attr_text.h"

#include <inttypes.h>

#include "base/cleanup.h"

struct bit_name {
	uint64_t bit;
	const char *name;
};

#define SAMPLE(x) { PERF_SAMPLE_##x, #x }
static const struct bit_name sample_types[] = {
	SAMPLE(IP), SAMPLE(TID), SAMPLE(TIME), SAMPLE(ADDR), SAMPLE(READ), SAMPLE(CALLCHAIN), SAMPLE(ID), SAMPLE(CPU),
	SAMPLE(PERIOD), SAMPLE(STREAM_ID), SAMPLE(RAW), SAMPLE(BRANCH_STACK), SAMPLE(REGS_USER), SAMPLE(STACK_USER),
	SAMPLE(WEIGHT), SAMPLE(DATA_SRC), SAMPLE(IDENTIFIER), SAMPLE(TRANSACTION), SAMPLE(REGS_INTR), SAMPLE(PHYS_ADDR),
	SAMPLE(AUX), SAMPLE(CGROUP), SAMPLE(DATA_PAGE_SIZE), SAMPLE(CODE_PAGE_SIZE), SAMPLE(WEIGHT_STRUCT),
};

static const struct bit_name read_formats[] = {
	{ PERF_FORMAT_TOTAL_TIME_ENABLED, "TOTAL_TIME_ENABLED" }, { PERF_FORMAT_TOTAL_TIME_RUNNING, "TOTAL_TIME_RUNNING" },
	{ PERF_FORMAT_ID, "ID" }, { PERF_FORMAT_GROUP, "GROUP" }, { 1 << 4, "LOST" },
};

#define BRANCH(x) { PERF_SAMPLE_BRANCH_##x, #x }
static const struct bit_name branch_types[] = {
	BRANCH(USER), BRANCH(KERNEL), BRANCH(HV), BRANCH(ANY), BRANCH(ANY_CALL), BRANCH(ANY_RETURN), BRANCH(IND_CALL),
	BRANCH(ABORT_TX), BRANCH(IN_TX), BRANCH(NO_TX), BRANCH(COND), BRANCH(CALL_STACK), BRANCH(IND_JUMP), BRANCH(CALL),
	BRANCH(NO_FLAGS), BRANCH(NO_CYCLES), BRANCH(TYPE_SAVE), BRANCH(HW_INDEX), { 1 << 18, "PRIV_SAVE" },
};

struct attr_printer {
	FILE *out;
	const char *equals, *between;
};

static void print_name(struct attr_printer *p, const char *name)
{
	fprintf(p->out, "%s%s%s", p->between, name, p->equals);
	p->between = ", ";
}

static void print_number(struct attr_printer *p, const char *name, uint64_t value)
{
	if (!value)
		return;
	print_name(p, name);
	fprintf(p->out, "%" PRIu64, value);
}

static void print_hex(struct attr_printer *p, const char *name, uint64_t value)
{
	if (!value)
		return;
	print_name(p, name);
	fprintf(p->out, "0x%" PRIx64, value);
}

static void print_bits(struct attr_printer *p, const char *name, uint64_t value, const struct bit_name *bits, size_t n)
{
	const char *between = "";

	if (!value)
		return;
	print_name(p, name);
	for (size_t i = 0; i < n; i++)
		if (value & bits[i].bit) {
			fprintf(p->out, "%s%s", between, bits[i].name);
			between = "|";
			value &= ~bits[i].bit;
		}
	if (value)
		fprintf(p->out, "%s0x%" PRIx64, between, value);
}

#define NUMBER(member) print_number(p, #member, a->member)
#define HEX(member) print_hex(p, #member, a->member)

static void print_flags(struct attr_printer *p, const struct perf_event_attr *a)
{
	NUMBER(disabled);
	NUMBER(inherit);
	NUMBER(pinned);
	NUMBER(exclusive);
	NUMBER(exclude_user);
	NUMBER(exclude_kernel);
	NUMBER(exclude_hv);
	NUMBER(exclude_idle);
	NUMBER(mmap);
	NUMBER(comm);
	NUMBER(freq);
	NUMBER(inherit_stat);
	NUMBER(enable_on_exec);
	NUMBER(task);
	NUMBER(watermark);
	NUMBER(precise_ip);
	NUMBER(mmap_data);
	NUMBER(sample_id_all);
	NUMBER(exclude_host);
	NUMBER(exclude_guest);
	NUMBER(exclude_callchain_kernel);
	NUMBER(exclude_callchain_user);
	NUMBER(mmap2);
	NUMBER(comm_exec);
	NUMBER(use_clockid);
	NUMBER(context_switch);
	NUMBER(write_backward);
	NUMBER(namespaces);
	NUMBER(ksymbol);
	NUMBER(bpf_event);
	NUMBER(aux_output);
	NUMBER(cgroup);
	NUMBER(text_poke);
	NUMBER(build_id);
	NUMBER(inherit_thread);
	NUMBER(remove_on_exec);
	NUMBER(sigtrap);
}

/* In the order of linux/perf_event.h; members of a union go by both names. */
void attr_text_print(FILE *out, const struct perf_event_attr *a, const char *equals)
{
	struct attr_printer printer = { .out = out, .equals = equals, .between = "" }, *p = &printer;

	NUMBER(type);
	NUMBER(size);
	HEX(config);
	print_number(p, "{ sample_period, sample_freq }", a->sample_period);
	print_bits(p, "sample_type", a->sample_type, sample_types, ARRAY_SIZE(sample_types));
	print_bits(p, "read_format", a->read_format, read_formats, ARRAY_SIZE(read_formats));
	print_flags(p, a);
	print_number(p, "{ wakeup_events, wakeup_watermark }", a->wakeup_events);
	NUMBER(bp_type);
	print_hex(p, "{ bp_addr, config1 }", a->config1);
	print_hex(p, "{ bp_len, config2 }", a->config2);
	print_bits(p, "branch_sample_type", a->branch_sample_type, branch_types, ARRAY_SIZE(branch_types));
	HEX(sample_regs_user);
	NUMBER(sample_stack_user);
	NUMBER(clockid);
	HEX(sample_regs_intr);
	NUMBER(aux_watermark);
	NUMBER(sample_max_stack);
	NUMBER(aux_sample_size);
	NUMBER(sig_data);
}
