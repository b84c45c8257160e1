/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/cells.h"

#include <inttypes.h>

void cells_frame(const struct profile *p, uint32_t frame, struct strbuf *out)
{
	const struct profile_symbol *symbol = profile_frame_symbol(p, frame);
	uint64_t address = p->frames.data[frame].address;

	if (!symbol->name)
		strbuf_printf(out, "0x%" PRIx64, symbol->start);
	else if (symbol->inlined)
		strbuf_printf(out, "%s (inlined)", strtab_text(&p->strings, symbol->name));
	else if (address)
		strbuf_printf(out, "%s+0x%" PRIx64, strtab_text(&p->strings, symbol->name), address - symbol->start);
	else
		strbuf_adds(out, strtab_text(&p->strings, symbol->name));
}

static void add_symbol(const struct grouping *g, const struct row *row, bool verbose, struct strbuf *out)
{
	const struct profile *p = g->profile;
	const struct profile_symbol *symbol = profile_frame_symbol(p, row->frame);

	if (verbose)
		strbuf_printf(out, "0x%016" PRIx64 " ", symbol->start);
	strbuf_adds(out, profile_frame_kernel(p, row->frame) ? "[k] " : "[.] ");
	if (!symbol->name)
		strbuf_printf(out, "0x%016" PRIx64, symbol->start);
	strbuf_adds(out, strtab_text(&p->strings, symbol->name));
	if (symbol->inlined)
		strbuf_adds(out, " (inlined)");
}

/* The last name that the process or thread was seen with. */
static void add_id_and_comm(const struct profile *p, uint32_t id, struct strbuf *out)
{
	const uint64_t *comm = map64_get(&p->pid_comms, id);

	strbuf_printf(out, "%7d:%s", (int)id, comm ? strtab_text(&p->strings, (uint32_t)*comm) : "");
}

static void add_percent(const struct grouping *g, uint64_t period, struct strbuf *out)
{
	strbuf_add_fixed(out, 0, 2, grouping_percent(g, period));
	strbuf_addc(out, '%');
}

static void add_field(const struct profile *p, uint32_t fields, unsigned n, struct strbuf *out)
{
	size_t len;
	const char *value = profile_field_value(strtab_text(&p->strings, fields), n, &len);

	strbuf_add(out, len ? value : "-", len ? len : 1);
}

static void add_cpu(uint32_t cpu, struct strbuf *out)
{
	if (cpu == NO_ID)
		strbuf_adds(out, "-");
	else
		strbuf_printf(out, "%03" PRIu32, cpu);
}

static void add_parent(const struct profile *p, uint32_t frame, struct strbuf *out)
{
	if (frame == NO_ID)
		strbuf_adds(out, "[other]");
	else
		cells_frame(p, frame, out);
}

static void add_key(const struct grouping *g, const struct row *row, enum column c, bool verbose, struct strbuf *out)
{
	const struct profile *p = g->profile;
	const struct profile_origin *origin = &p->origins.data[row->origin];
	const struct profile_task *task = &p->tasks.data[origin->task];
	const struct profile_image *image = profile_frame_image(p, row->frame);

	switch (c) {
	case COLUMN_COMM:
		strbuf_adds(out, strtab_text(&p->strings, task->comm));
		break;
	case COLUMN_PID:
		add_id_and_comm(p, task->pid, out);
		break;
	case COLUMN_TID:
		add_id_and_comm(p, task->tid, out);
		break;
	case COLUMN_DSO:
		strbuf_adds(out, strtab_text(&p->strings, verbose ? image->path : image->name));
		break;
	case COLUMN_SYMBOL:
		add_symbol(g, row, verbose, out);
		break;
	case COLUMN_SRCFILE:
		strbuf_adds(out, strtab_text(&p->strings, p->frames.data[row->line_frame].file));
		break;
	case COLUMN_SRCLINE:
		strbuf_adds(out, strtab_text(&p->strings, p->frames.data[row->line_frame].line));
		break;
	case COLUMN_CPU:
		add_cpu(origin->cpu, out);
		break;
	case COLUMN_SOCKET:
		strbuf_printf(out, "%" PRId32, row_socket(g, row));
		break;
	case COLUMN_PARENT:
		add_parent(p, row->parent_frame, out);
		break;
	case COLUMN_TIME:
		strbuf_printf(out, "%" PRIu64 ".%06" PRIu64, origin->time / 1000000000, origin->time % 1000000000 / 1000);
		break;
	case COLUMN_WEIGHT:
		strbuf_printf(out, "%" PRIu64, origin->weight);
		break;
	default:
		if (column_is_field(c))
			add_field(p, origin->fields, c - COLUMN_FIELD, out);
	}
}

void cells_text(const struct grouping *g, const struct row *row, enum column c, bool verbose, struct strbuf *out)
{
	switch (c) {
	case COLUMN_CHILDREN:
		add_percent(g, row->period, out);
		break;
	case COLUMN_OVERHEAD:
		add_percent(g, row->self_period, out);
		break;
	case COLUMN_OVERHEAD_SYS:
		add_percent(g, row->self_kernel_period, out);
		break;
	case COLUMN_OVERHEAD_US:
		add_percent(g, row->self_period - row->self_kernel_period, out);
		break;
	case COLUMN_SAMPLES:
		strbuf_printf(out, "%" PRIu64, row->self_count);
		break;
	case COLUMN_PERIOD:
		strbuf_printf(out, "%" PRIu64, row->self_period);
		break;
	default:
		add_key(g, row, c, verbose, out);
	}
}

const char *cells_title(const struct grouping *g, enum column c)
{
	if (c == COLUMN_OVERHEAD && g->columns->mask[COLUMN_CHILDREN])
		return "Self";
	return column_is_field(c) ? g->columns->fields[c - COLUMN_FIELD] : column_defs[c].title;
}

unsigned cells_width(enum column c)
{
	switch (c) {
	case COLUMN_CHILDREN:
	case COLUMN_OVERHEAD:
	case COLUMN_OVERHEAD_SYS:
	case COLUMN_OVERHEAD_US:
		return 8;
	case COLUMN_SAMPLES:
	case COLUMN_PERIOD:
		return 12;
	default:
		return 0;
	}
}

bool cells_right(enum column c)
{
	return !column_is_key(c) || c == COLUMN_WEIGHT || c == COLUMN_SOCKET;
}
