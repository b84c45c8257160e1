/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --json: a sample as an object on a line of its own. Members are the fields
 * of -F, under their words; man ptk-script lists them with their types.
 * Addresses are strings, "0x…": as numbers many readers would round them.
 */
#include "cmd/script.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"

static void add_hex(struct json *j, const char *key, uint64_t value)
{
	char text[19];

	json_key(j, key);
	json_string_n(j, text, (size_t)snprintf(text, sizeof(text), "0x%" PRIx64, value));
}

static void add_text(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_string(j, value);
}

static void add_number(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_u64(j, value);
}

/* pid -1 (and cpu -1) is that, as everywhere. */
static void add_id(struct json *j, const char *key, uint32_t value)
{
	json_key(j, key);
	json_i64(j, (int32_t)value);
}

static void add_bytes(struct json *j, const void *bytes, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	struct strbuf hex = { 0 };

	for (size_t i = 0; i < n; i++) {
		uint8_t byte = ((const uint8_t *)bytes)[i];
		strbuf_addc(&hex, digit[byte >> 4]);
		strbuf_addc(&hex, digit[byte & 15]);
	}
	json_string_n(j, strbuf_str(&hex), hex.len);
	strbuf_deinit(&hex);
}

/* ---- places */

static void add_srcline(struct script *s, struct json *j, uint32_t location)
{
	uint32_t n;
	const struct image_place *places = session_places(s->session, location, &n);

	if (!n || !places[0].file)
		return;
	add_text(j, "file", strtab_text(session_strings(s->session), places[0].file));
	add_number(j, "line", places[0].line);
}

/* behind: how far the address shown lies behind the one that was looked up. */
static void add_place(struct script *s, struct json *j, uint32_t location, uint64_t behind, uint32_t shown)
{
	const struct location *l = session_location(s->session, location);
	const struct session_image *image = images_get(session_images(s->session), l->image);
	const struct session_symbol *symbol = images_symbol_get(session_images(s->session), l->symbol);

	if ((shown & FIELD_SYM) && symbol->name) {
		add_text(j, "sym", strtab_text(session_strings(s->session), symbol->name));
		if (shown & FIELD_SYMOFF)
			add_number(j, "symoff", l->address - symbol->start + behind);
	}
	if ((shown & FIELD_DSO) && image->kind != IMAGE_UNKNOWN)
		add_text(j, "dso", script_dso_name(s, image));
	if (shown & FIELD_SRCLINE)
		add_srcline(s, j, location);
}

static void add_frame(struct script *s, struct json *j, struct task *task, uint8_t mode, uint64_t ip, bool caller, uint32_t shown)
{
	json_object_begin(j);
	add_hex(j, "ip", ip);
	add_place(s, j, session_locate(s->session, task, mode, ip - caller), caller, shown);
	json_object_end(j);
}

static void add_stack(struct script *s, struct json *j, const struct session_sample *sample, uint32_t shown)
{
	struct script_walk walk = { .chain = sample->s->chain, .left = sample->s->chain_len, .frames = s->o->max_stack };
	uint64_t ip;

	json_key(j, "stack");
	json_array_begin(j);
	while (script_walk_next(&walk, &ip))
		add_frame(s, j, sample->task, walk.mode, ip, walk.caller, shown);
	json_array_end(j);
	enum stack_end end = stack_end_of(sample->s->chain, sample->s->chain_len);
	if (!walk.left && end != STACK_WHOLE)
		add_text(j, "stack_end", end == STACK_CUT ? "cut" : "broken");
}

static void add_branches(struct script *s, struct json *j, const struct session_sample *sample, uint32_t shown)
{
	json_key(j, "brstack");
	json_array_begin(j);
	for (uint64_t i = 0; i < sample->s->branches_len; i++) {
		const struct perf_branch_entry *b = &sample->s->branches[i];
		json_object_begin(j);
		json_key(j, "from");
		add_frame(s, j, sample->task, PERF_RECORD_MISC_CPUMODE_UNKNOWN, b->from, false, shown);
		json_key(j, "to");
		add_frame(s, j, sample->task, PERF_RECORD_MISC_CPUMODE_UNKNOWN, b->to, false, shown);
		json_key(j, "predicted");
		json_bool(j, b->predicted);
		json_key(j, "mispredicted");
		json_bool(j, b->mispred);
		if (b->in_tx || b->abort) {
			json_key(j, "abort");
			json_bool(j, b->abort);
		}
		add_number(j, "cycles", b->cycles);
		if (*script_branch_type(b->type))
			add_text(j, "type", script_branch_type(b->type));
		json_object_end(j);
	}
	json_array_end(j);
}

/* ---- the rest */

static void add_registers(struct script *s, struct json *j, const char *key, const uint64_t *regs, uint64_t mask)
{
	if (!regs)
		return;
	json_key(j, key);
	json_object_begin(j);
	for (unsigned r = 0; r < 64; r++)
		if (mask >> r & 1)
			add_hex(j, arch_register(s->arch, r), *regs++);
	json_object_end(j);
}

static void take_field(void *ctx, const char *name, const struct tracepoint_value *value)
{
	struct json *j = ctx;

	json_key(j, name);
	switch (value->kind) {
	case TRACEPOINT_UNSIGNED:
		json_u64(j, value->number);
		break;
	case TRACEPOINT_SIGNED:
		json_i64(j, (int64_t)value->number);
		break;
	case TRACEPOINT_TEXT:
		json_string_n(j, value->bytes, value->len);
		break;
	case TRACEPOINT_BYTES:
		add_bytes(j, value->bytes, value->len);
	}
}

/* A tracepoint's line as its format has it, and its fields by name. */
static void add_trace(struct script *s, struct json *j, const struct data_event *event, const struct sample *d)
{
	struct tracepoints *tracepoints = script_tracepoints(s);
	struct strbuf text = { 0 };

	tracepoints_print(tracepoints, event->attr.config, event->name, d->cpu, d->raw, d->raw_size, &text);
	json_key(j, "trace");
	json_string_n(j, strbuf_str(&text), text.len);
	strbuf_deinit(&text);
	json_key(j, "fields");
	json_object_begin(j);
	tracepoints_fields(tracepoints, event->attr.config, event->name, d->raw, d->raw_size, take_field, j);
	json_object_end(j);
}

static void add_raw(struct script *s, struct json *j, const struct data_event *event, const struct sample *d, uint32_t shown)
{
	bool bpf = event->attr.type == PERF_TYPE_SOFTWARE && event->attr.config == PERF_COUNT_SW_BPF_OUTPUT;

	if ((shown & FIELD_TRACE) && event->attr.type == PERF_TYPE_TRACEPOINT) {
		add_trace(s, j, event, d);
	} else if ((shown & FIELD_BPF_OUTPUT) && bpf) {
		json_key(j, "bpf-output");
		add_bytes(j, d->raw, d->raw_size);
	}
	if (shown & FIELD_RAW) {
		json_key(j, "raw");
		add_bytes(j, d->raw, d->raw_size);
	}
}

static void add_memory(struct json *j, const struct sample *d, uint64_t sample_type, uint32_t shown)
{
	if (shown & FIELD_DATA_SRC) {
		struct strbuf text = { 0 };
		add_hex(j, "data_src", d->data_src);
		script_data_src(&text, d->data_src);
		add_text(j, "data_src_text", strbuf_str(&text));
		strbuf_deinit(&text);
	}
	if (shown & FIELD_WEIGHT)
		add_number(j, "weight", sample_type & PERF_SAMPLE_WEIGHT ? d->weight : d->weight & UINT32_MAX);
	if (shown & FIELD_INS_LAT)
		add_number(j, "ins_lat", d->weight >> 32 & UINT16_MAX);
	if (shown & FIELD_PHYS_ADDR)
		add_hex(j, "phys_addr", d->phys_addr);
	if (shown & FIELD_CGROUP)
		add_number(j, "cgroup", d->cgroup);
	if (shown & FIELD_DATA_PAGE_SIZE)
		add_number(j, "data_page_size", d->data_page_size);
	if (shown & FIELD_CODE_PAGE_SIZE)
		add_number(j, "code_page_size", d->code_page_size);
}

static void add_who(struct json *j, const char *comm, uint32_t pid, uint32_t tid, uint32_t cpu, uint64_t time, uint32_t shown)
{
	if (shown & FIELD_COMM)
		add_text(j, "comm", comm);
	if (shown & FIELD_PID)
		add_id(j, "pid", pid);
	if (shown & FIELD_TID)
		add_id(j, "tid", tid);
	if (shown & FIELD_CPU)
		add_id(j, "cpu", cpu);
	if (shown & FIELD_TIME)
		add_number(j, "time", time);
}

void script_json_sample(struct script *s, const struct session_sample *sample)
{
	const struct data_event *event = data_event(s->reader, sample->event);
	const struct perf_event_attr *attr = &event->attr;
	const struct sample *d = sample->s;
	uint32_t shown = s->shown.data[sample->event];
	struct json j = { .out = s->json };

	if (!shown)
		return;
	json_object_begin(&j);
	if (shown & FIELD_EVENT)
		add_text(&j, "event", event->name);
	add_who(&j, strtab_text(session_strings(s->session), sample->task->comm), d->pid, d->tid, d->cpu, d->time, shown);
	if (shown & FIELD_PERIOD)
		add_number(&j, "period", script_period(attr, d));
	if (d->raw)
		add_raw(s, &j, event, d, shown);
	if (shown & FIELD_ADDR)
		add_hex(&j, "addr", d->addr);
	if (shown & FIELD_IP) {
		add_hex(&j, "ip", d->ip);
		add_place(s, &j, session_locate(s->session, sample->task, d->cpumode, d->ip), 0, shown);
	}
	if ((shown & FIELD_IP) && s->chains && d->chain)
		add_stack(s, &j, sample, shown);
	if (shown & FIELD_IREGS)
		add_registers(s, &j, "iregs", d->regs_intr, attr->sample_regs_intr);
	if (shown & FIELD_UREGS)
		add_registers(s, &j, "uregs", d->regs_user, attr->sample_regs_user);
	if (shown & (FIELD_BRSTACK | FIELD_BRSTACKSYM))
		add_branches(s, &j, sample, shown);
	add_memory(&j, d, attr->sample_type, shown);
	json_object_end(&j);
	json_newline(&j);
}

void script_json_record(struct script *s, uint32_t type, const char *comm, const struct sample_id *id, const char *text)
{
	struct json j = { .out = s->json };

	json_object_begin(&j);
	add_text(&j, "record", record_type_name(type));
	add_who(&j, comm, id->pid, id->tid, id->cpu, id->time, ~0u);
	json_key(&j, "text");
	json_string_n(&j, text + strspn(text, " "), strcspn(text + strspn(text, " "), "\n"));
	json_object_end(&j);
	json_newline(&j);
}
