/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sample as text, in the layout of `perf script`.
 *
 * Files hold tens of millions of frames and a few thousand different ones,
 * so a frame's line is made once for each location and copied from then on;
 * and what is made anew for each sample (name, ids, time) goes through no
 * printf.
 */
#include "cmd/script.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "cmd/put_text.h"

/* ---- places */

const char *script_dso_name(struct script *s, const struct session_image *image)
{
	bool kernels = image->kind == IMAGE_KERNEL || image->kind == IMAGE_MODULE || image->kind == IMAGE_BPF;

	return strtab_text(session_strings(s->session), kernels && !s->o->show_kernel_path ? image->name : image->path);
}

static const struct image_place *inline_places(struct script *s, const struct location *l, uint32_t *n)
{
	return session_places(s->session, (uint32_t)(l - session_location(s->session, 0)), n);
}

/* On a line of its own: "parse.c:12", or "dso[address]" where no debug information tells. place: NULL if none does. */
static void add_srcline(struct script *s, struct strbuf *out, const struct location *l, const struct image_place *place)
{
	const struct strtab *strings = session_strings(s->session);

	if (place && place->file) {
		const char *path = strtab_text(strings, place->file), *slash = strrchr(path, '/');
		strbuf_adds(out, "\n  ");
		strbuf_add_tame(out, slash ? slash + 1 : path);
		strbuf_printf(out, ":%" PRIu32, place->line);
	} else {
		const struct session_image *image = images_get(session_images(s->session), l->image);
		strbuf_adds(out, "\n  ");
		strbuf_add_tame(out, strtab_text(strings, image->name));
		strbuf_printf(out, "[%" PRIx64 "]", l->address);
	}
}

/* "sym+0x12 (dso)". behind: how far the address shown lies behind the one that was looked up. */
static void add_place(struct script *s, struct strbuf *out, const struct location *l, uint64_t behind, uint32_t shown)
{
	struct images *images = session_images(s->session);
	const struct session_symbol *symbol = images_symbol_get(images, l->symbol);
	size_t from = out->len;

	if (shown & FIELD_SYM) {
		if (!symbol->name)
			strbuf_adds(out, "[unknown]");
		else if (shown & FIELD_SYMOFF)
			strbuf_printf(out, "%s+0x%" PRIx64, strtab_text(session_strings(s->session), symbol->name),
				      l->address - symbol->start + behind);
		else
			strbuf_adds(out, strtab_text(session_strings(s->session), symbol->name));
	}
	if (shown & FIELD_DSO)
		strbuf_printf(out, "%s(%s)", shown & FIELD_SYM ? " " : "", script_dso_name(s, images_get(images, l->image)));
	strbuf_tame(out, from);
	uint32_t n = 0;
	const struct image_place *places = shown & FIELD_SRCLINE ? inline_places(s, l, &n) : NULL;
	if (shown & FIELD_SRCLINE)
		add_srcline(s, out, l, n ? places : NULL);
}

/* A user address as an offset in its file, which is what a person can look up. */
static void add_frame_ip(struct script *s, struct strbuf *out, const struct location *l, uint64_t behind, uint32_t shown)
{
	enum image_kind kind = images_get(session_images(s->session), l->image)->kind;
	char ip[16];

	if (shown & FIELD_IP) {
		put_hex16(ip, (kind == IMAGE_FILE || kind == IMAGE_VDSO ? l->offset : l->raw) + behind);
		strbuf_addc(out, '\t');
		strbuf_add(out, ip, sizeof(ip));
	}
	if (shown & (FIELD_SYM | FIELD_DSO))
		strbuf_addc(out, ' ');
}

/* A line of a stack, and one before it for each call that was inlined there, innermost first. */
static void add_frame(struct script *s, struct strbuf *out, const struct location *l, uint64_t behind, uint32_t shown)
{
	bool inlines = !s->o->no_inline && shown & FIELD_SYM;
	uint32_t n = 0;
	const struct image_place *places = inlines || shown & FIELD_SRCLINE ? inline_places(s, l, &n) : NULL;
	uint32_t own = inlines && n ? n - 1 : 0;

	for (uint32_t i = 0; i < own; i++) {
		add_frame_ip(s, out, l, behind, shown);
		strbuf_add_tame(out, strtab_text(session_strings(s->session), places[i].function));
		strbuf_adds(out, " (inlined)");
		if (shown & FIELD_SRCLINE)
			add_srcline(s, out, l, &places[i]);
		strbuf_addc(out, '\n');
	}
	add_frame_ip(s, out, l, behind, shown);
	add_place(s, out, l, behind, shown & ~(uint32_t)FIELD_SRCLINE);
	if (shown & FIELD_SRCLINE)
		add_srcline(s, out, l, n ? &places[own] : NULL);
	strbuf_addc(out, '\n');
}

static unsigned texts_index(uint32_t shown)
{
	unsigned which = shown & FIELD_IP ? 1 : 0;

	which |= shown & FIELD_SYM ? 2 : 0;
	which |= shown & FIELD_SYMOFF ? 4 : 0;
	which |= shown & FIELD_DSO ? 8 : 0;
	which |= shown & FIELD_SRCLINE ? 16 : 0;
	return which;
}

/* Appends the text of a location, made by `make` when it is wanted for the first time. */
static void add_text(struct script *s, struct script_texts *texts, uint32_t location, bool caller, uint32_t shown,
		     void (*make)(struct script *s, struct strbuf *out, const struct location *l, uint64_t behind,
				  uint32_t shown))
{
	size_t index = (size_t)location * 2 + caller;
	struct script_text *text;

	if (index >= texts->lines.len) {
		size_t more = index + 1 - texts->lines.len;
		vec_reserve(&texts->lines, more);
		memset(texts->lines.data + texts->lines.len, 0, more * sizeof(*texts->lines.data));
		texts->lines.len += more;
	}
	text = &texts->lines.data[index];
	if (!text->len) {
		struct strbuf made = { 0 };
		make(s, &made, session_location(s->session, location), caller, shown);
		if (texts->bytes.len + made.len > UINT32_MAX) {		/* 4 GiB of names: begin again */
			vec_clear(&texts->bytes);
			memset(texts->lines.data, 0, texts->lines.len * sizeof(*texts->lines.data));
		}
		*text = (struct script_text){ (uint32_t)texts->bytes.len, (uint32_t)made.len };
		vec_append(&texts->bytes, made.data, made.len);
		vec_reserve(&texts->bytes, PUT_PIECE);		/* which may be read beyond the end */
		strbuf_deinit(&made);
	}
	put_pieces(strbuf_reserve(&s->out, text->len + PUT_PIECE), texts->bytes.data + text->at, text->len);
	s->out.len += text->len;
}

void script_texts_deinit(struct script_texts *texts)
{
	vec_deinit(&texts->lines);
	vec_deinit(&texts->bytes);
}

static uint8_t context_mode(uint64_t marker)
{
	switch (marker) {
	case PERF_CONTEXT_KERNEL:
		return PERF_RECORD_MISC_KERNEL;
	case PERF_CONTEXT_USER:
		return PERF_RECORD_MISC_USER;
	case PERF_CONTEXT_HV:
		return PERF_RECORD_MISC_HYPERVISOR;
	case PERF_CONTEXT_GUEST_KERNEL:
		return PERF_RECORD_MISC_GUEST_KERNEL;
	case PERF_CONTEXT_GUEST_USER:
		return PERF_RECORD_MISC_GUEST_USER;
	default:
		return PERF_RECORD_MISC_CPUMODE_UNKNOWN;
	}
}

bool script_walk_next(struct script_walk *w, uint64_t *ip)
{
	for (; w->left && w->frames; w->left--, w->chain++) {
		if (*w->chain >= (uint64_t)PERF_CONTEXT_MAX) {
			w->mode = context_mode(*w->chain);
			w->inside = false;
			continue;
		}
		*ip = *w->chain;
		w->caller = w->inside && *ip;
		w->inside = true;
		w->left--;
		w->chain++;
		w->frames--;
		return true;
	}
	return false;
}

/* NULL: not made yet, nor is any behind it. */
static const struct script_text *text_at(const struct script_texts *texts, uint32_t location, bool caller)
{
	size_t index = (size_t)location * 2 + caller;

	return index < texts->lines.len ? &texts->lines.data[index] : NULL;
}

/* Frames that are looked at together, so that the memory is waited for once, not for each. */
enum { CHAIN_PIECE = 32 };

struct chain_piece {
	uint32_t location[CHAIN_PIECE];
	bool caller[CHAIN_PIECE];
	size_t n;
};

static void add_piece(struct script *s, struct script_texts *texts, const struct chain_piece *piece, uint32_t shown)
{
	for (size_t i = 0; i < piece->n; i++) {
		const struct script_text *text = text_at(texts, piece->location[i], piece->caller[i]);
		if (text && text->len)
			__builtin_prefetch(texts->bytes.data + text->at);
	}
	for (size_t i = 0; i < piece->n; i++)
		add_text(s, texts, piece->location[i], piece->caller[i], shown, add_frame);
}

static void add_chain(struct script *s, const struct session_sample *sample, uint32_t shown)
{
	struct script_texts *texts = &s->chain_texts[texts_index(shown)];
	struct script_walk walk = { .chain = sample->s->chain, .left = sample->s->chain_len, .frames = s->o->max_stack };
	struct chain_piece piece;
	uint64_t ip;
	bool more;

	do {
		for (piece.n = 0; piece.n < CHAIN_PIECE && (more = script_walk_next(&walk, &ip)); piece.n++) {
			uint32_t location = session_locate(s->session, sample->task, walk.mode, ip - walk.caller);
			__builtin_prefetch(text_at(texts, location, walk.caller));
			piece.location[piece.n] = location;
			piece.caller[piece.n] = walk.caller;
		}
		add_piece(s, texts, &piece, shown);
	} while (more);
	enum stack_end end = stack_end_of(sample->s->chain, sample->s->chain_len);
	if (!walk.left && end != STACK_WHOLE)
		add_text(s, texts, session_locate_missing(s->session, end), false, shown, add_frame);
}

void script_expect_chain(const struct script *s, const struct session_sample *sample)
{
	struct script_walk walk = { .chain = sample->s->chain, .left = sample->s->chain_len, .frames = CHAIN_PIECE };
	uint64_t ip;

	while (script_walk_next(&walk, &ip))
		session_expect(s->session, sample->task, walk.mode, ip - walk.caller);
}

static void add_hex16(struct script *s, uint64_t v)
{
	put_hex16(strbuf_reserve(&s->out, 16), v);
	s->out.len += 16;
}

bool script_shows_place(const struct script *s, uint32_t event)
{
	uint32_t shown = s->shown.data[event];
	bool chains = s->chains && (data_event(s->reader, event)->attr.sample_type & SCRIPT_STACKS);

	return !chains && (shown & FIELD_IP) && (shown & (FIELD_SYM | FIELD_DSO | FIELD_SRCLINE));
}

void script_expect_line(const struct script *s, uint32_t event, uint32_t location)
{
	__builtin_prefetch(text_at(&s->flat_texts[texts_index(s->shown.data[event])], location, false));
}

void script_expect_text(const struct script *s, uint32_t event, uint32_t location)
{
	const struct script_texts *texts = &s->flat_texts[texts_index(s->shown.data[event])];
	const struct script_text *text = text_at(texts, location, false);

	if (text && text->len)
		__builtin_prefetch(texts->bytes.data + text->at);
}

static void add_ip(struct script *s, const struct session_sample *sample, uint32_t location, uint32_t shown)
{
	const struct sample *d = sample->s;

	if (s->chains && d->chain) {
		strbuf_addc(&s->out, '\n');
		add_chain(s, sample, shown);
		return;
	}
	strbuf_addc(&s->out, ' ');
	add_hex16(s, d->ip);
	if (!(shown & (FIELD_SYM | FIELD_DSO | FIELD_SRCLINE)))
		return;
	if (shown & (FIELD_SYM | FIELD_DSO))
		strbuf_addc(&s->out, ' ');
	if (location == NO_ID)
		location = session_locate(s->session, sample->task, d->cpumode, d->ip);
	add_text(s, &s->flat_texts[texts_index(shown)], location, false, shown, add_place);
}

/* ---- the rest */

static bool address_is_place(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && (attr->config == PERF_COUNT_SW_PAGE_FAULTS ||
		attr->config == PERF_COUNT_SW_PAGE_FAULTS_MIN || attr->config == PERF_COUNT_SW_PAGE_FAULTS_MAJ);
}

static void add_addr(struct script *s, const struct session_sample *sample, const struct perf_event_attr *attr,
		     uint32_t shown)
{
	const struct sample *d = sample->s;

	add_hex16(s, d->addr);
	if (!address_is_place(attr) || !(shown & (FIELD_SYM | FIELD_DSO)))
		return;
	uint32_t location = session_locate(s->session, sample->task, d->cpumode, d->addr);
	strbuf_addc(&s->out, ' ');
	add_place(s, &s->out, session_location(s->session, location), 0, shown);
}

static void add_registers(struct script *s, uint64_t abi, const uint64_t *regs, uint64_t mask)
{
	if (!regs)
		return;
	strbuf_printf(&s->out, " ABI:%" PRIu64 " ", abi);
	for (unsigned r = 0; r < 64; r++)
		if (mask >> r & 1)
			strbuf_printf(&s->out, "%5s:0x%" PRIx64 " ", arch_register(s->arch, r), *regs++);
}

const char *script_branch_type(unsigned type)
{
	/* PERF_BR_* of linux/perf_event.h; 0 is not known */
	static const char *const names[16] = { "", "COND", "UNCOND", "IND", "CALL", "IND_CALL", "RET", "SYSCALL", "SYSRET",
		"COND_CALL", "COND_RET", "ERET", "IRQ", "SERROR", "NO_TX", "" };

	return names[type & 15];
}

static void add_branch_end(struct script *s, const struct session_sample *sample, uint64_t address, uint32_t shown)
{
	if (!(shown & (FIELD_BRSTACKSYM | FIELD_DSO))) {
		strbuf_printf(&s->out, "0x%" PRIx64, address);
		return;
	}
	uint32_t location = session_locate(s->session, sample->task, PERF_RECORD_MISC_CPUMODE_UNKNOWN, address);
	const struct location *l = session_location(s->session, location);
	if (shown & FIELD_BRSTACKSYM)
		add_place(s, &s->out, l, 0, FIELD_SYM | FIELD_SYMOFF);
	else
		strbuf_printf(&s->out, "0x%" PRIx64, address);
	if (shown & FIELD_DSO)
		add_place(s, &s->out, l, 0, FIELD_DSO);
}

static void add_branches(struct script *s, const struct session_sample *sample, uint32_t shown)
{
	for (uint64_t i = 0; i < sample->s->branches_len; i++) {
		const struct perf_branch_entry *b = &sample->s->branches[i];
		if (!(shown & FIELD_BRSTACKSYM))
			strbuf_addc(&s->out, ' ');
		add_branch_end(s, sample, b->from, shown);
		strbuf_addc(&s->out, '/');
		add_branch_end(s, sample, b->to, shown);
		strbuf_printf(&s->out, "/%c/%c/%c/%u/%s ", b->predicted ? 'P' : b->mispred ? 'M' : '-', b->in_tx ? 'X' : '-',
			      b->abort ? 'A' : '-', (unsigned)b->cycles, script_branch_type(b->type));
	}
}

/* Eight bytes a line, and as a string where they are one. */
static void add_bpf_output(struct script *s, const struct sample *d)
{
	const uint8_t *bytes = d->raw;
	size_t text = d->raw_size ? strnlen(d->raw, d->raw_size) : 0, printable = 0;

	strbuf_addc(&s->out, '\n');
	for (uint32_t line = 0; line < d->raw_size; line += 8) {
		strbuf_printf(&s->out, "%17s %04x:", line ? "           " : "BPF output:", line);
		for (uint32_t i = line; i < line + 8; i++)
			strbuf_printf(&s->out, i < d->raw_size ? " %02x" : "   ", i < d->raw_size ? bytes[i] : 0);
		strbuf_adds(&s->out, "  ");
		for (uint32_t i = line; i < line + 8; i++)
			strbuf_addc(&s->out, i >= d->raw_size ? ' ' : isprint(bytes[i]) ? (char)bytes[i] : '.');
		strbuf_addc(&s->out, '\n');
	}
	while (printable < text && isprint(bytes[printable]))
		printable++;
	if (text && printable == text && text < d->raw_size)
		strbuf_printf(&s->out, "%17s \"%s\"\n", "BPF string:", (const char *)d->raw);
}

static void add_page_size(struct script *s, uint64_t size)
{
	static const char units[] = "BKMGT";
	unsigned unit = 0;

	if (!size) {
		strbuf_adds(&s->out, " N/A");
		return;
	}
	for (; size >= 1024 && size % 1024 == 0 && unit < 4; unit++)
		size /= 1024;
	strbuf_printf(&s->out, " %" PRIu64, size);
	strbuf_addc(&s->out, units[unit]);
}

static void add_raw(struct script *s, const struct sample *d)
{
	strbuf_printf(&s->out, " raw[%u]", d->raw_size);
	for (uint32_t i = 0; i < d->raw_size; i++)
		strbuf_printf(&s->out, " %02x", ((const uint8_t *)d->raw)[i]);
}

/* What few samples have. */
static void add_rest(struct script *s, const struct session_sample *sample, const struct perf_event_attr *attr,
		     uint32_t shown)
{
	const struct sample *d = sample->s;

	if (shown & FIELD_IREGS)
		add_registers(s, d->regs_intr_abi, d->regs_intr, attr->sample_regs_intr);
	if (shown & FIELD_UREGS)
		add_registers(s, d->regs_user_abi, d->regs_user, attr->sample_regs_user);
	if (shown & (FIELD_BRSTACK | FIELD_BRSTACKSYM))
		add_branches(s, sample, shown);
	if ((shown & FIELD_BPF_OUTPUT) && attr->type == PERF_TYPE_SOFTWARE &&
	    attr->config == PERF_COUNT_SW_BPF_OUTPUT && d->raw)
		add_bpf_output(s, d);
	if (shown & FIELD_PHYS_ADDR)
		add_hex16(s, d->phys_addr);
	if (shown & FIELD_CGROUP)
		strbuf_printf(&s->out, " cgroup:%" PRIu64, d->cgroup);
	if (shown & FIELD_DATA_PAGE_SIZE)
		add_page_size(s, d->data_page_size);
	if (shown & FIELD_CODE_PAGE_SIZE)
		add_page_size(s, d->code_page_size);
	if ((shown & FIELD_RAW) && d->raw)
		add_raw(s, d);
}

struct tracepoints *script_tracepoints(struct script *s)
{
	const struct data_features *f = data_features(s->reader);

	if (!s->tracepoints)
		s->tracepoints = tracepoints_create(&(struct tracepoints_options){
			.tracing_data = f->tracing_data, .tracing_size = f->tracing_size,
			.os = session_same_machine(f, s->os) ? s->os : NULL,
			.images = session_images(s->session), .strings = session_strings(s->session),
		}, s->notes);
	return s->tracepoints;
}

static void add_trace(struct script *s, const struct session_sample *sample, const struct data_event *event)
{
	const struct sample *d = sample->s;
	size_t from = s->out.len;

	tracepoints_print(script_tracepoints(s), event->attr.config, event->name, d->cpu, d->raw, d->raw_size, &s->out);
	strbuf_tame(&s->out, from);
}

/* The number and what it says, as wide as the widest line so far. */
static void add_data_src(struct script *s, uint64_t value)
{
	size_t from = s->out.len;

	add_hex16(s, value);
	strbuf_addc(&s->out, ' ');
	script_data_src(&s->out, value);
	if (s->out.len - from > s->data_src_width)
		s->data_src_width = s->out.len - from;
	strbuf_printf(&s->out, "%*s", (int)(s->data_src_width - (s->out.len - from)), "");
}

/* Those of add_data, and of add_rest: most samples have none of them. */
enum {
	FIELDS_IN_FRONT = FIELD_TRACE | FIELD_ADDR | FIELD_DATA_SRC | FIELD_WEIGHT | FIELD_INS_LAT,
	FIELDS_BEHIND = FIELD_IREGS | FIELD_UREGS | FIELD_BRSTACK | FIELD_BRSTACKSYM | FIELD_BPF_OUTPUT | FIELD_PHYS_ADDR |
			FIELD_CGROUP | FIELD_DATA_PAGE_SIZE | FIELD_CODE_PAGE_SIZE | FIELD_RAW,
	FLAGS_WIDTH = 24,
};

/* In front of the place. */
static void add_data(struct script *s, const struct session_sample *sample, const struct data_event *event,
		     uint32_t shown)
{
	const struct sample *d = sample->s;
	bool whole_weight = event->attr.sample_type & PERF_SAMPLE_WEIGHT;

	if ((shown & FIELD_TRACE) && d->raw)
		add_trace(s, sample, event);
	if (shown & FIELD_ADDR)
		add_addr(s, sample, &event->attr, shown);
	if (shown & FIELD_DATA_SRC)
		add_data_src(s, d->data_src);
	/* PERF_SAMPLE_WEIGHT_STRUCT: 32 bits of weight, then 16 of instruction latency */
	if (shown & FIELD_WEIGHT)
		strbuf_printf(&s->out, "%16" PRIu64, whole_weight ? d->weight : d->weight & UINT32_MAX);
	if (shown & FIELD_INS_LAT)
		strbuf_printf(&s->out, "%16u", (unsigned)(d->weight >> 32 & UINT16_MAX));
}

/* Without a period of its own a sample stands for as many as the attr says. */
uint64_t script_period(const struct perf_event_attr *attr, const struct sample *sample)
{
	return (attr->sample_type & PERF_SAMPLE_PERIOD) || attr->freq ? sample->period : attr->sample_period;
}

void script_print_sample(struct script *s, const struct session_sample *sample, uint32_t location)
{
	const struct data_event *event = data_event(s->reader, sample->event);
	const struct sample *d = sample->s;
	uint32_t shown = s->shown.data[sample->event];
	struct script_start start = {
		.task = sample->task,
		.pid = d->pid, .tid = d->tid, .cpu = d->cpu, .time = d->time,
		.misc = sample->record->misc, .type = PERF_RECORD_SAMPLE,
	};

	if (!shown)
		return;
	script_print_start(s, sample->event, &start);
	size_t name_len = strlen(event->name);
	char *begin = strbuf_reserve(&s->out, 64 + s->name_width + name_len), *p = begin;
	if (shown & FIELD_PERIOD) {
		p = put_u64(p, script_period(&event->attr, d), 10, ' ');
		*p++ = ' ';
	}
	if (shown & FIELD_EVENT) {
		p = put_spaces(p, name_len < s->name_width ? s->name_width - name_len : 0);
		p = put_string(p, event->name, name_len);
		*p++ = ':';
		*p++ = ' ';
	}
	if (shown & FIELD_FLAGS)
		p = put_spaces(p, FLAGS_WIDTH);
	s->out.len += (size_t)(p - begin);
	if (shown & FIELDS_IN_FRONT)
		add_data(s, sample, event, shown);
	if (shown & FIELD_IP)
		add_ip(s, sample, location, shown);
	if (shown & FIELDS_BEHIND)
		add_rest(s, sample, &event->attr, shown);
	strbuf_addc(&s->out, '\n');
}
