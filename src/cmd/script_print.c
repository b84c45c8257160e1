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
#include <time.h>

#include "base/hash.h"

/* ---- text without printf; each gives the place behind what it wrote */

static char *put_string(char *p, const char *s, size_t len)
{
	memcpy(p, s, len);
	return p + len;
}

static char *put_spaces(char *p, size_t n)
{
	memset(p, ' ', n);
	return p + n;
}

/* Decimal, at least `width` wide, filled with `fill` in front. */
static char *put_u64(char *p, uint64_t v, unsigned width, char fill)
{
	char digits[20];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	for (; width > n; width--)
		*p++ = fill;
	while (n)
		*p++ = digits[--n];
	return p;
}

/* A pid: -1 is one, too. */
static char *put_id(char *p, uint32_t v, unsigned width)
{
	if (v <= INT32_MAX)
		return put_u64(p, v, width, ' ');
	return p + sprintf(p, "%*d", (int)width, (int)v);
}

/* 16 columns of hexadecimal, no zeros in front. */
static char *put_hex16(char *p, uint64_t v)
{
	static const char digit[] = "0123456789abcdef";

	for (int i = 15; i >= 0; i--, v >>= 4)
		p[i] = v || i == 15 ? digit[v & 15] : ' ';
	return p + 16;
}

static char *put_time(char *p, uint64_t t, bool nanoseconds)
{
	uint64_t s = t / 1000000000, ns = t % 1000000000;

	/* "%12s" of seconds.microseconds, "%5lu.%09llu" of nanoseconds */
	p = put_u64(p, s, 5, ' ');
	*p++ = '.';
	p = nanoseconds ? put_u64(p, ns, 9, '0') : put_u64(p, ns / 1000, 6, '0');
	return put_string(p, ": ", 2);
}

/* ---- what stands in front */

static uint64_t shown_time(struct script *s, uint64_t time)
{
	uint64_t shown = time;

	if (s->o->relative_time) {
		if (!s->first_time)
			s->first_time = time;
		shown = time - s->first_time;
	} else if (s->o->delta_time) {
		shown = s->previous_time ? time - s->previous_time : 0;
		s->previous_time = time;
	}
	return shown;
}

/* K, U … for the mode that the processor was in, and what the record's type has. Six columns. */
static char *put_misc(char *p, const struct script_start *start)
{
	static const char modes[8] = { 0, 'K', 'U', 'H', 'G', 'g' };
	uint16_t misc = start->misc;
	char *begin = p;

	/* The modes are numbers, but perf tests them as bits: user (2) and guest kernel (4) differ, 3 is also 1 and 2. */
	for (unsigned mode = 1; mode < 6; mode++)
		if (((misc & PERF_RECORD_MISC_CPUMODE_MASK) & mode) == mode)
			*p++ = modes[mode];
	bool mmap = start->type == PERF_RECORD_MMAP || start->type == PERF_RECORD_MMAP2;
	bool task_switch = start->type == PERF_RECORD_SWITCH || start->type == PERF_RECORD_SWITCH_CPU_WIDE;
	if (mmap && (misc & PERF_RECORD_MISC_MMAP_DATA))
		*p++ = 'M';
	if (start->type == PERF_RECORD_COMM && (misc & PERF_RECORD_MISC_COMM_EXEC))
		*p++ = 'E';
	if (task_switch && (misc & PERF_RECORD_MISC_SWITCH_OUT)) {
		*p++ = 'S';
		if (misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT)
			*p++ = 'p';
	}
	return put_spaces(p, p - begin < 6 ? (size_t)(6 - (p - begin)) : 1);
}

/* The time of day, as this machine's zone has it. */
static void add_tod(struct script *s, uint64_t time)
{
	const struct data_features *f = data_features(s->reader);
	uint64_t wall = f->clock_wall_ns + (time - f->clock_perf_ns);
	time_t seconds = (time_t)(wall / 1000000000);
	unsigned ns = (unsigned)(wall % 1000000000);
	struct tm tm;
	char date[64];

	if (!f->clock_perf_ns || !localtime_r(&seconds, &tm) || !strftime(date, sizeof(date), "%F %H:%M:%S", &tm))
		strbuf_adds(&s->out, "unknown ");
	else if (s->o->nanoseconds)
		strbuf_printf(&s->out, "%s.%09u ", date, ns);
	else
		strbuf_printf(&s->out, "%s.%06u ", date, ns / 1000);
}

static bool has_chains(const struct script *s, uint32_t event)
{
	return s->chains && (data_event(s->reader, event)->attr.sample_type & SCRIPT_STACKS);
}

void script_print_start(struct script *s, uint32_t event, const struct script_start *start)
{
	uint32_t shown = s->shown.data[event];
	size_t comm_len = strlen(start->comm);
	char *begin = strbuf_reserve(&s->out, comm_len + 256), *p = begin;

	if (shown & FIELD_COMM) {
		if (comm_len < 16 && !((shown & FIELD_IP) && has_chains(s, event)))
			p = put_spaces(p, 16 - comm_len);
		p = put_string(p, start->comm, comm_len);
		*p++ = ' ';
	}
	if ((shown & FIELD_PID) && (shown & FIELD_TID)) {
		p = put_id(p, start->pid, 5);
		*p++ = '/';
		char *id = p;
		p = put_id(p, start->tid, 0);
		p = put_spaces(p, p - id < 5 ? (size_t)(5 - (p - id)) : 0);
		*p++ = ' ';
	} else if (shown & (FIELD_PID | FIELD_TID)) {
		p = put_id(p, shown & FIELD_PID ? start->pid : start->tid, 5);
		*p++ = ' ';
	}
	if (shown & FIELD_CPU) {
		*p++ = '[';
		p = start->cpu == UINT32_MAX ? put_string(p, "-01", 3) : put_u64(p, start->cpu, 3, '0');
		p = put_string(p, "] ", 2);
	}
	if (shown & FIELD_MISC)
		p = put_misc(p, start);
	s->out.len += (size_t)(p - begin);
	if (shown & FIELD_TOD)
		add_tod(s, start->time);
	if (shown & FIELD_TIME) {
		begin = strbuf_reserve(&s->out, 48);
		s->out.len += (size_t)(put_time(begin, shown_time(s, start->time), s->o->nanoseconds) - begin);
	}
}

/* ---- places */

const char *script_dso_name(struct script *s, const struct session_image *image)
{
	bool kernels = image->kind == IMAGE_KERNEL || image->kind == IMAGE_MODULE || image->kind == IMAGE_BPF;

	return strtab_text(session_strings(s->session), kernels && !s->o->show_kernel_path ? image->name : image->path);
}

static const struct image_place *places_of(struct script *s, const struct location *l, uint32_t *n)
{
	return session_places(s->session, (uint32_t)(l - session_location(s->session, 0)), n);
}

/* On a line of its own: "parse.c:12", or "dso[address]" where no debug information tells. place: NULL if none does. */
static void add_srcline(struct script *s, struct strbuf *out, const struct location *l, const struct image_place *place)
{
	const struct strtab *strings = session_strings(s->session);

	if (place && place->file) {
		const char *path = strtab_text(strings, place->file), *slash = strrchr(path, '/');
		strbuf_printf(out, "\n  %s:%" PRIu32, slash ? slash + 1 : path, place->line);
	} else {
		const struct session_image *image = images_get(session_images(s->session), l->image);
		strbuf_printf(out, "\n  %s[%" PRIx64 "]", strtab_text(strings, image->name), l->address);
	}
}

/* "sym+0x12 (dso)". behind: how far the address shown lies behind the one that was looked up. */
static void add_place(struct script *s, struct strbuf *out, const struct location *l, uint64_t behind, uint32_t shown)
{
	struct images *images = session_images(s->session);
	const struct session_symbol *symbol = images_symbol_get(images, l->symbol);

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
	uint32_t n = 0;
	const struct image_place *places = shown & FIELD_SRCLINE ? places_of(s, l, &n) : NULL;
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
	const struct image_place *places = inlines || shown & FIELD_SRCLINE ? places_of(s, l, &n) : NULL;
	uint32_t own = inlines && n ? n - 1 : 0;

	for (uint32_t i = 0; i < own; i++) {
		add_frame_ip(s, out, l, behind, shown);
		strbuf_printf(out, "%s (inlined)", strtab_text(session_strings(s->session), places[i].function));
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

static struct script_texts *texts_of(struct script_texts *sets, uint32_t shown)
{
	unsigned which = shown & FIELD_IP ? 1 : 0;

	which |= shown & FIELD_SYM ? 2 : 0;
	which |= shown & FIELD_SYMOFF ? 4 : 0;
	which |= shown & FIELD_DSO ? 8 : 0;
	which |= shown & FIELD_SRCLINE ? 16 : 0;
	return &sets[which];
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
		strbuf_deinit(&made);
	}
	strbuf_add(&s->out, texts->bytes.data + text->at, text->len);
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

static void add_chain(struct script *s, const struct session_sample *sample, uint32_t shown)
{
	struct script_texts *texts = texts_of(s->chain_texts, shown);
	struct script_walk walk = { .chain = sample->s->chain, .left = sample->s->chain_len, .frames = s->o->max_stack };
	uint64_t ip;

	while (script_walk_next(&walk, &ip))
		add_text(s, texts, session_locate(s->session, sample->task, walk.mode, ip - walk.caller), walk.caller, shown,
			 add_frame);
	enum stack_end end = stack_end_of(sample->s->chain, sample->s->chain_len);
	if (!walk.left && end != STACK_WHOLE)
		add_text(s, texts, session_locate_missing(s->session, end), false, shown, add_frame);
}

static void add_hex16(struct script *s, uint64_t v)
{
	put_hex16(strbuf_reserve(&s->out, 16), v);
	s->out.len += 16;
}

static void add_ip(struct script *s, const struct session_sample *sample, uint32_t shown)
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
	add_text(s, texts_of(s->flat_texts, shown), session_locate(s->session, sample->task, d->cpumode, d->ip),
		 false, shown, add_place);
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

	tracepoints_print(script_tracepoints(s), event->attr.config, event->name, d->cpu, d->raw, d->raw_size, &s->out);
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

void script_print_sample(struct script *s, const struct session_sample *sample)
{
	const struct data_event *event = data_event(s->reader, sample->event);
	const struct sample *d = sample->s;
	uint32_t shown = s->shown.data[sample->event];
	struct script_start start = {
		.comm = strtab_text(session_strings(s->session), sample->task->comm),
		.pid = d->pid, .tid = d->tid, .cpu = d->cpu, .time = d->time,
		.misc = sample->record->misc, .type = PERF_RECORD_SAMPLE,
	};
	char *p;

	if (!shown)
		return;
	script_print_start(s, sample->event, &start);
	size_t name_len = strlen(event->name);
	p = strbuf_reserve(&s->out, 64 + s->name_width + name_len);
	char *begin = p;
	if (shown & FIELD_PERIOD) {
		p = put_u64(p, script_period(&event->attr, d), 10, ' ');
		*p++ = ' ';
	}
	if (shown & FIELD_EVENT) {
		p = put_spaces(p, name_len < s->name_width ? s->name_width - name_len : 0);
		p = put_string(p, event->name, name_len);
		p = put_string(p, ": ", 2);
	}
	s->out.len += (size_t)(p - begin);
	add_data(s, sample, event, shown);
	if (shown & FIELD_IP)
		add_ip(s, sample, shown);
	add_rest(s, sample, &event->attr, shown);
	strbuf_addc(&s->out, '\n');
}
