/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -D: every record of the file as it stands there: where, how long, its bytes, what it says. */
#include "cmd/script.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "abi/damage.h"
#include "base/cleanup.h"

static void add_bytes(struct strbuf *out, const uint8_t *bytes, size_t size)
{
	strbuf_printf(out, ".\n. ... raw event: size %zu bytes\n", size);
	for (size_t line = 0; line < size; line += 16) {
		strbuf_printf(out, ".  %04zx: ", line);
		for (size_t i = line; i < line + 16; i++)
			if (i < size)
				strbuf_printf(out, " %02x", bytes[i]);
			else
				strbuf_adds(out, "   ");
		strbuf_adds(out, "  ");
		for (size_t i = line; i < line + 16; i++)
			strbuf_addc(out, i >= size ? ' ' : isprint(bytes[i]) ? (char)bytes[i] : '.');
		strbuf_addc(out, '\n');
	}
	strbuf_addc(out, '\n');
}

/* The event by the record's id; the first when it has none; NULL when the id is nobody's. */
static const struct data_event *event_of(const struct data_reader *reader, const struct perf_event_header *record)
{
	size_t n = data_n_events(reader);
	uint64_t id;

	if (!n)
		return NULL;
	if (n == 1 || !record_event_id(&data_event(reader, 0)->layout, record, &id) || !id)
		return data_event(reader, 0);
	for (size_t i = 0; i < n; i++) {
		const struct data_event *event = data_event(reader, i);
		for (size_t k = 0; k < event->ids.len; k++)
			if (event->ids.data[k] == id)
				return event;
	}
	return NULL;
}

static void add_registers(struct strbuf *out, const char *which, const struct arch *arch, uint64_t abi,
			  const uint64_t *regs, uint64_t mask)
{
	if (!regs)
		return;
	strbuf_printf(out, "... %s regs: mask 0x%" PRIx64 " ABI %s\n", which, mask,
		      abi == PERF_SAMPLE_REGS_ABI_64 ? "64-bit" : abi == PERF_SAMPLE_REGS_ABI_32 ? "32-bit" : "unknown");
	for (unsigned r = 0; r < 64; r++)
		if (mask >> r & 1)
			strbuf_printf(out, ".... %-5s 0x%016" PRIx64 "\n", arch_register(arch, r), *regs++);
}

static void add_sample(struct strbuf *out, const struct data_event *event, const struct perf_event_header *record,
		       const struct arch *arch)
{
	struct sample s;

	if (!sample_decode(&event->layout, record, &s))
		return;		/* the caller says what is broken */
	strbuf_printf(out, "(IP, 0x%x): %d/%d: %#" PRIx64 " period: %" PRIu64 " addr: %#" PRIx64 "\n", record->misc,
		      (int)s.pid, (int)s.tid, s.ip, s.period, s.addr);
	if (s.chain) {
		strbuf_printf(out, "... FP chain: nr:%" PRIu64 "\n", s.chain_len);
		for (uint64_t i = 0; i < s.chain_len; i++)
			strbuf_printf(out, "..... %2" PRIu64 ": %016" PRIx64 "\n", i, s.chain[i]);
	}
	if (s.branches) {
		strbuf_printf(out, "... branch stack: nr:%" PRIu64 "\n", s.branches_len);
		for (uint64_t i = 0; i < s.branches_len; i++)
			strbuf_printf(out, "..... %2" PRIu64 ": %016" PRIx64 " -> %016" PRIx64 "\n", i,
				      (uint64_t)s.branches[i].from, (uint64_t)s.branches[i].to);
	}
	add_registers(out, "user", arch, s.regs_user_abi, s.regs_user, event->attr.sample_regs_user);
	add_registers(out, "intr", arch, s.regs_intr_abi, s.regs_intr, event->attr.sample_regs_intr);
	if (s.stack)
		strbuf_printf(out, "... ustack: size %" PRIu64 ", of them dumped %" PRIu64 "\n", s.stack_size, s.stack_used);
	if (s.raw)
		strbuf_printf(out, "... raw: size %u\n", s.raw_size);
	strbuf_printf(out, " ...... event: %s\n", event->name);
}

/* What has been found damaged so far. */
struct damaged {
	uint64_t records, first;	/* where in the file the first stands */
};

/* ": damaged at 0x1240: …", the place in the file. */
static void add_damage(struct strbuf *out, const struct record_damage *d, uint64_t offset)
{
	strbuf_printf(out, ": damaged at %#" PRIx64 ": %s", offset + d->at, d->field);
	if (d->endless)
		strbuf_printf(out, " has no end in the %zu bytes that the record has left\n", d->left);
	else
		strbuf_printf(out, " needs more than the %zu bytes that the record has left\n", d->left);
}

static void add_record(struct strbuf *out, const struct data_reader *reader, const struct arch *arch,
		       const struct perf_event_header *record, uint64_t offset, struct damaged *damaged)
{
	const struct data_event *event = record->type < RECORD_USER_FIRST ? event_of(reader, record) : NULL;
	const struct data_event *layout = event ? event : data_n_events(reader) ? data_event(reader, 0) : NULL;
	const char *name = record_type_name(record->type);
	struct sample_id id = { 0 };
	struct record_damage damage;

	strbuf_printf(out, "\n%#" PRIx64 " [%#x]: event: %u\n", offset, record->size, record->type);
	add_bytes(out, (const uint8_t *)record, record->size);
	if (layout && record->type < RECORD_USER_FIRST) {
		struct sample s;
		if (record->type != PERF_RECORD_SAMPLE)
			sample_id_decode(&layout->layout, record, &id);
		else if (event && sample_decode(&event->layout, record, &s))
			id = (struct sample_id){ .time = s.time, .cpu = s.cpu };
	}
	if (id.cpu != UINT32_MAX)
		strbuf_printf(out, "%u ", id.cpu);
	strbuf_printf(out, "%" PRIu64 " %#" PRIx64 " [%#x]: ", id.time, offset, record->size);
	if (name)
		strbuf_adds(out, name);
	else
		strbuf_printf(out, "record type %u", record->type);
	if (record->type == PERF_RECORD_SAMPLE && !event) {
		strbuf_adds(out, ": of an event that the file does not know\n");
	} else if (record_damage(layout ? &layout->layout : NULL, record, &damage)) {
		add_damage(out, &damage, offset);
		damaged->first = damaged->records++ ? damaged->first : offset;
	} else if (record->type == PERF_RECORD_SAMPLE) {
		add_sample(out, event, record, arch);
	} else if (record->type < RECORD_USER_FIRST && layout) {
		script_print_record(out, record, (size_t)layout->layout.id_words * 8);
	} else {
		strbuf_addc(out, '\n');
	}
}

struct error *script_dump(struct data_reader *reader, struct notes *notes)
{
	autostrbuf struct strbuf out = { 0 };
	struct damaged damaged = { 0 };
	bool end = false;

	while (!end && !ferror(stdout)) {
		struct records records = { 0 };
		TRY(data_next(reader, &records, &end));
		const struct arch *arch = arch_find(data_features(reader)->arch);
		for (size_t at = 0; at + sizeof(struct perf_event_header) <= records.len;) {
			const struct perf_event_header *record = (const void *)(records.bytes + at);
			if (record->size < sizeof(*record) || record->size > records.len - at)
				break;
			add_record(&out, reader, arch, record, records.offset + at, &damaged);
			at += record->size;
			if (out.len > 1 << 16) {
				fwrite(out.data, 1, out.len, stdout);
				strbuf_truncate(&out, 0);
			}
		}
		records_free(&records);
	}
	fwrite(strbuf_str(&out), 1, out.len, stdout);
	if (damaged.records)
		notes_add(notes, "damaged records: %" PRIu64 ", the first at %#" PRIx64, damaged.records, damaged.first);
	return NULL;
}
