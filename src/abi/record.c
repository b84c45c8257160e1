/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/record.h"

#include <string.h>
#include <sys/mman.h>

/* The fields that a sample begins with, one word each. */
#define FIXED (PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | \
	PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)

/* Bits in front of an id or a time in a sample, one word each; TID and CPU are two halves of a word. */
static int word_at(uint64_t type, uint64_t bit, const uint64_t *order, size_t n)
{
	int at = 0;

	if (!(type & bit))
		return -1;
	for (size_t i = 0; i < n && order[i] != bit; i++)
		at += !!(type & order[i]);
	return at;
}

void sample_layout_init(struct sample_layout *layout, const struct perf_event_attr *attr)
{
	static const uint64_t front[] = { PERF_SAMPLE_IDENTIFIER, PERF_SAMPLE_IP, PERF_SAMPLE_TID,
					  PERF_SAMPLE_TIME, PERF_SAMPLE_ADDR, PERF_SAMPLE_ID };
	static const uint64_t back[] = { PERF_SAMPLE_IDENTIFIER, PERF_SAMPLE_CPU, PERF_SAMPLE_STREAM_ID,
					 PERF_SAMPLE_ID, PERF_SAMPLE_TIME, PERF_SAMPLE_TID };
	uint64_t type = attr->sample_type;
	uint64_t id = type & PERF_SAMPLE_IDENTIFIER ? PERF_SAMPLE_IDENTIFIER : PERF_SAMPLE_ID;

	*layout = (struct sample_layout){
		.sample_type = type,
		.read_format = attr->read_format,
		.branch_type = attr->branch_sample_type,
		.regs_user = (uint8_t)__builtin_popcountll(attr->sample_regs_user),
		.regs_intr = (uint8_t)__builtin_popcountll(attr->sample_regs_intr),
		.sample_id_all = attr->sample_id_all,
		.id_at = (int8_t)word_at(type, id, front, 6),
		.time_at = (int8_t)word_at(type, PERF_SAMPLE_TIME, front, 6),
		.id_from_end = -1,
		.time_from_end = -1,
	};
	layout->fixed_words = (uint8_t)__builtin_popcountll(type & FIXED);
	if (!attr->sample_id_all)
		return;
	for (size_t i = 0; i < 6; i++)
		layout->id_words += !!(type & back[i]);
	if (type & id)
		layout->id_from_end = (int8_t)(word_at(type, id, back, 6) + 1);
	if (type & PERF_SAMPLE_TIME)
		layout->time_from_end = (int8_t)(word_at(type, PERF_SAMPLE_TIME, back, 6) + 1);
}

/* The words of a record behind its header, taken from the front. */
struct cursor {
	const uint64_t *at, *end;
};

static inline struct cursor body(const struct perf_event_header *record)
{
	const uint64_t *at = (const uint64_t *)(record + 1);

	return (struct cursor){ at, at + (record->size < 8 ? 0 : (record->size - 8) / 8) };
}

static inline bool left(const struct cursor *c, uint64_t words)
{
	return words <= (uint64_t)(c->end - c->at);
}

static inline bool word(struct cursor *c, uint64_t *value)
{
	if (c->at == c->end)
		return false;
	*value = *c->at++;
	return true;
}

static inline bool two(struct cursor *c, uint32_t *low, uint32_t *high)
{
	if (c->at == c->end)
		return false;
	memcpy(low, c->at, 4);
	memcpy(high, (const char *)c->at + 4, 4);
	c->at++;
	return true;
}

static inline const uint64_t *words(struct cursor *c, uint64_t n)
{
	const uint64_t *at = c->at;

	if (!left(c, n))
		return NULL;
	c->at += n;
	return at;
}

/* read(2)'s layout for this read_format: see perf_event_open(2), "Reading results". */
static bool decode_read(uint64_t format, struct cursor *c, struct sample *s)
{
	uint64_t nr = 1, each = 1, fixed = 0;

	each += !!(format & PERF_FORMAT_ID) + !!(format & (1u << 4) /* PERF_FORMAT_LOST */);
	fixed += !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) + !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	if (format & PERF_FORMAT_GROUP) {
		if (!left(c, 1))
			return false;
		nr = *c->at;
		fixed++;
		if (nr > (uint64_t)(c->end - c->at))
			return false;
	}
	s->read_words = (uint32_t)(fixed + nr * each);
	s->read = words(c, s->read_words);
	return s->read;
}

static bool decode_raw(struct cursor *c, struct sample *s)
{
	/* A 32-bit size and then that many bytes, both together a whole number of words. */
	uint32_t size;

	if (!left(c, 1))
		return false;
	memcpy(&size, c->at, 4);
	s->raw = (const char *)c->at + 4;
	s->raw_size = size;
	return words(c, ((uint64_t)size + 4 + 7) / 8);
}

/* PERF_SAMPLE_BRANCH_COUNTERS of Linux 6.8: a word of counts behind for each branch. */
enum { BRANCH_COUNTERS = 1 << 19 };

static bool decode_branches(uint64_t type, struct cursor *c, struct sample *s)
{
	_Static_assert(sizeof(struct perf_branch_entry) == 24, "three words");
	if (!word(c, &s->branches_len) || ((type & PERF_SAMPLE_BRANCH_HW_INDEX) && !word(c, &s->branch_hw_idx)))
		return false;
	if (s->branches_len > (uint64_t)(c->end - c->at) / 3)
		return false;
	s->branches = (const struct perf_branch_entry *)words(c, s->branches_len * 3);
	return !(type & BRANCH_COUNTERS) || words(c, s->branches_len);
}

static bool decode_regs(struct cursor *c, unsigned n, uint64_t *abi, const uint64_t **regs)
{
	*regs = NULL;
	if (!word(c, abi))
		return false;
	if (*abi == PERF_SAMPLE_REGS_ABI_NONE)
		return true;
	*regs = words(c, n);
	return *regs;
}

static bool decode_stack(struct cursor *c, struct sample *s)
{
	s->stack = NULL;
	s->stack_used = 0;
	if (!word(c, &s->stack_size))
		return false;
	if (!s->stack_size)
		return true;
	if (s->stack_size % 8 || !(s->stack = (const uint8_t *)words(c, s->stack_size / 8)))
		return false;
	return word(c, &s->stack_used) && s->stack_used <= s->stack_size;
}

static bool decode_raw_and_branches(const struct sample_layout *l, struct cursor *c, struct sample *s)
{
	if ((l->sample_type & PERF_SAMPLE_RAW) && !decode_raw(c, s))
		return false;
	return !(l->sample_type & PERF_SAMPLE_BRANCH_STACK) || decode_branches(l->branch_type, c, s);
}

/* The parts that few samples have, behind the callchain. */
static bool decode_rest(const struct sample_layout *l, struct cursor *c, struct sample *s)
{
	uint64_t type = l->sample_type;

	if (!decode_raw_and_branches(l, c, s))
		return false;
	if ((type & PERF_SAMPLE_REGS_USER) && !decode_regs(c, l->regs_user, &s->regs_user_abi, &s->regs_user))
		return false;
	if ((type & PERF_SAMPLE_STACK_USER) && !decode_stack(c, s))
		return false;
	if ((type & (PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT)) && !word(c, &s->weight))
		return false;
	if ((type & PERF_SAMPLE_DATA_SRC) && !word(c, &s->data_src))
		return false;
	if ((type & PERF_SAMPLE_TRANSACTION) && !word(c, &s->transaction))
		return false;
	if ((type & PERF_SAMPLE_REGS_INTR) && !decode_regs(c, l->regs_intr, &s->regs_intr_abi, &s->regs_intr))
		return false;
	if ((type & PERF_SAMPLE_PHYS_ADDR) && !word(c, &s->phys_addr))
		return false;
	if ((type & PERF_SAMPLE_CGROUP) && !word(c, &s->cgroup))
		return false;
	if ((type & PERF_SAMPLE_DATA_PAGE_SIZE) && !word(c, &s->data_page_size))
		return false;
	if ((type & PERF_SAMPLE_CODE_PAGE_SIZE) && !word(c, &s->code_page_size))
		return false;
	if (!(type & PERF_SAMPLE_AUX))
		return true;
	if (!word(c, &s->aux_size) || s->aux_size > (uint64_t)(c->end - c->at) * 8)
		return false;
	s->aux = words(c, (s->aux_size + 7) / 8);
	return true;
}

static void sample_clear(struct sample *s)
{
	*s = (struct sample){ .pid = UINT32_MAX, .tid = UINT32_MAX, .cpu = UINT32_MAX };
}

/* The caller has checked that they are all there. */
static const uint64_t *decode_fixed(uint64_t type, const uint64_t *at, struct sample *s)
{
	if (type & PERF_SAMPLE_IDENTIFIER)
		s->id = *at++;
	if (type & PERF_SAMPLE_IP)
		s->ip = *at++;
	if (type & PERF_SAMPLE_TID) {
		memcpy(&s->pid, at, 4);
		memcpy(&s->tid, (const char *)at++ + 4, 4);
	}
	if (type & PERF_SAMPLE_TIME)
		s->time = *at++;
	if (type & PERF_SAMPLE_ADDR)
		s->addr = *at++;
	if (type & PERF_SAMPLE_ID)
		s->id = *at++;
	if (type & PERF_SAMPLE_STREAM_ID)
		s->stream_id = *at++;
	if (type & PERF_SAMPLE_CPU)
		memcpy(&s->cpu, at++, 4);
	if (type & PERF_SAMPLE_PERIOD)
		s->period = *at++;
	return at;
}

static inline bool decode_next(const struct sample_layout *l, const struct perf_event_header *record, struct sample *s,
			       struct cursor *c)
{
	uint64_t type = l->sample_type;

	if (!left(c, l->fixed_words))
		return false;
	s->cpumode = record->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	c->at = decode_fixed(type, c->at, s);
	if (!(type & ~FIXED))
		return true;
	if ((type & PERF_SAMPLE_READ) && !decode_read(l->read_format, c, s))
		return false;
	if (type & PERF_SAMPLE_CALLCHAIN) {
		if (!word(c, &s->chain_len))
			return false;
		s->chain = words(c, s->chain_len);
		if (!s->chain)
			return false;
	}
	return !(type & ~(FIXED | PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN)) || decode_rest(l, c, s);
}

bool sample_decode_next(const struct sample_layout *l, const struct perf_event_header *record, struct sample *s)
{
	struct cursor c = body(record);

	return decode_next(l, record, s, &c);
}

bool sample_decode(const struct sample_layout *l, const struct perf_event_header *record, struct sample *s)
{
	sample_clear(s);
	return sample_decode_next(l, record, s);
}

/* Bytes from the start of the record to the cursor. */
static size_t bytes_to(const struct perf_event_header *record, const struct cursor *c)
{
	return (size_t)((const char *)c->at - (const char *)record);
}

bool sample_decode_to(const struct sample_layout *l, const struct perf_event_header *record, struct sample *s, size_t *end)
{
	struct cursor c = body(record);

	sample_clear(s);
	bool good = decode_next(l, record, s, &c);
	*end = bytes_to(record, &c);
	return good;
}

bool sample_stack_place(const struct sample_layout *l, const struct perf_event_header *record, struct sample_stack_place *p)
{
	const uint64_t wanted = PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	struct cursor cursor = body(record), *c = &cursor;
	struct sample s = { 0 };

	if ((l->sample_type & wanted) != wanted || !left(c, l->fixed_words))
		return false;
	c->at = decode_fixed(l->sample_type, c->at, &s);
	if ((l->sample_type & PERF_SAMPLE_READ) && !decode_read(l->read_format, c, &s))
		return false;
	p->chain = bytes_to(record, c);
	if (!word(c, &s.chain_len) || !words(c, s.chain_len))
		return false;
	p->chain_end = bytes_to(record, c);
	if (!decode_raw_and_branches(l, c, &s))
		return false;
	p->regs = bytes_to(record, c);
	if (!decode_regs(c, l->regs_user, &s.regs_user_abi, &s.regs_user))
		return false;
	p->stack = bytes_to(record, c);
	if (!decode_stack(c, &s))
		return false;
	p->stack_end = bytes_to(record, c);
	p->used = s.stack_used;
	return true;
}

bool sample_id_decode(const struct sample_layout *l, const struct perf_event_header *record, struct sample_id *id)
{
	struct cursor cursor = body(record), *c = &cursor;
	uint64_t type = l->sample_type;
	uint32_t reserved;

	*id = (struct sample_id){ .pid = UINT32_MAX, .tid = UINT32_MAX, .cpu = UINT32_MAX };
	if (!l->sample_id_all || !left(c, l->id_words))
		return false;
	c->at = c->end - l->id_words;
	if (type & PERF_SAMPLE_TID)
		two(c, &id->pid, &id->tid);
	if (type & PERF_SAMPLE_TIME)
		word(c, &id->time);
	if (type & PERF_SAMPLE_ID)
		word(c, &id->id);
	if (type & PERF_SAMPLE_STREAM_ID)
		word(c, &id->stream_id);
	if (type & PERF_SAMPLE_CPU)
		two(c, &id->cpu, &reserved);
	if (type & PERF_SAMPLE_IDENTIFIER)
		word(c, &id->id);
	return true;
}

/* The bytes of a record between its header and the trailer. */
struct bytes {
	const char *at;
	size_t len;
};

static bool inside(const struct perf_event_header *record, size_t trailer, size_t fixed, struct bytes *b)
{
	if (record->size < sizeof(*record) + trailer + fixed)
		return false;
	b->at = (const char *)(record + 1);
	b->len = record->size - sizeof(*record) - trailer;
	return true;
}

/* A string from `at` to its NUL, which must be inside. */
static const char *string(const struct bytes *b, size_t at)
{
	if (at >= b->len || !memchr(b->at + at, '\0', b->len - at))
		return NULL;
	return b->at + at;
}

static uint32_t u32(const struct bytes *b, size_t at)
{
	uint32_t v;

	memcpy(&v, b->at + at, sizeof(v));
	return v;
}

static uint64_t u64(const struct bytes *b, size_t at)
{
	uint64_t v;

	memcpy(&v, b->at + at, sizeof(v));
	return v;
}

/*
 * The 24 bytes that hold either a build-id (its size, three zeroes, the id,
 * zeroes) or device and inode. PERF_RECORD_MISC_MMAP_BUILD_ID says which, but
 * not reliably: when one event of a machine asks for build-ids (attr.build_id),
 * kernels up to 6.18 at least set the bit in the records of the events that
 * come after it too, whoever opened them (perf_event_mmap_output sets it in a
 * header that it uses again). So the bytes have to look like a build-id: a
 * major number is above 20, or has a second byte, or an inode follows where
 * there should be zeroes; and behind a small one (sd is 8) the minor number
 * leaves bytes zero that an id has not.
 */
static bool is_build_id(const uint8_t *at)
{
	static const uint8_t zeroes[BUILD_ID_SIZE];
	const uint8_t *id = at + 4;
	uint8_t size = at[0];

	return size && size <= BUILD_ID_SIZE && !memcmp(at + 1, zeroes, 3) && !memcmp(id + size, zeroes, BUILD_ID_SIZE - size) &&
	       (size < 4 || memcmp(id + 1, zeroes, 3));
}

bool record_mmap(const struct perf_event_header *record, size_t trailer, struct record_mmap *out)
{
	bool two_ = record->type == PERF_RECORD_MMAP2;
	size_t name = two_ ? 64 : 32;
	struct bytes b;

	*out = (struct record_mmap){ 0 };
	if (!inside(record, trailer, name + 1, &b) || !(out->filename = string(&b, name)))
		return false;
	out->pid = u32(&b, 0);
	out->tid = u32(&b, 4);
	out->start = u64(&b, 8);
	out->len = u64(&b, 16);
	out->pgoff = u64(&b, 24);
	if (!two_) {
		out->prot = record->misc & PERF_RECORD_MISC_MMAP_DATA ? PROT_READ : PROT_EXEC;
		return true;
	}
	if (record->misc & PERF_RECORD_MISC_MMAP_BUILD_ID && is_build_id((const uint8_t *)b.at + 32)) {
		out->build_id_size = (uint8_t)b.at[32];
		memcpy(out->build_id, b.at + 36, BUILD_ID_SIZE);
	} else {
		out->maj = u32(&b, 32);
		out->min = u32(&b, 36);
		out->ino = u64(&b, 40);
		out->ino_generation = u64(&b, 48);
	}
	out->prot = u32(&b, 56);
	out->flags = u32(&b, 60);
	return true;
}

bool record_comm(const struct perf_event_header *record, size_t trailer, struct record_comm *out)
{
	struct bytes b;

	if (!inside(record, trailer, 9, &b) || !(out->comm = string(&b, 8)))
		return false;
	out->pid = u32(&b, 0);
	out->tid = u32(&b, 4);
	out->exec = record->misc & PERF_RECORD_MISC_COMM_EXEC;
	return true;
}

bool record_fork(const struct perf_event_header *record, size_t trailer, struct record_fork *out)
{
	struct bytes b;

	if (!inside(record, trailer, 24, &b))
		return false;
	out->pid = u32(&b, 0);
	out->ppid = u32(&b, 4);
	out->tid = u32(&b, 8);
	out->ptid = u32(&b, 12);
	out->time = u64(&b, 16);
	return true;
}

bool record_lost(const struct perf_event_header *record, size_t trailer, struct record_lost *out)
{
	bool samples = record->type == PERF_RECORD_LOST_SAMPLES;
	struct bytes b;

	if (!inside(record, trailer, samples ? 8 : 16, &b))
		return false;
	out->id = samples ? 0 : u64(&b, 0);
	out->lost = u64(&b, samples ? 0 : 8);
	return true;
}

bool record_switch(const struct perf_event_header *record, size_t trailer, struct record_switch *out)
{
	bool wide = record->type == PERF_RECORD_SWITCH_CPU_WIDE;
	struct bytes b;

	if (!inside(record, trailer, wide ? 8 : 0, &b))
		return false;
	out->next_prev_pid = wide ? u32(&b, 0) : UINT32_MAX;
	out->next_prev_tid = wide ? u32(&b, 4) : UINT32_MAX;
	out->out = record->misc & PERF_RECORD_MISC_SWITCH_OUT;
	out->preempt = record->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT;
	return true;
}

bool record_namespaces(const struct perf_event_header *record, size_t trailer, struct record_namespaces *out)
{
	struct bytes b;

	if (!inside(record, trailer, 16, &b))
		return false;
	out->pid = u32(&b, 0);
	out->tid = u32(&b, 4);
	out->n = u64(&b, 8);
	out->links = (const struct perf_ns_link_info *)(b.at + 16);
	return out->n <= (b.len - 16) / sizeof(*out->links);
}

bool record_ksymbol(const struct perf_event_header *record, size_t trailer, struct record_ksymbol *out)
{
	struct bytes b;

	if (!inside(record, trailer, 17, &b) || !(out->name = string(&b, 16)))
		return false;
	out->addr = u64(&b, 0);
	out->len = u32(&b, 8);
	out->type = (uint16_t)u32(&b, 12);
	out->flags = (uint16_t)(u32(&b, 12) >> 16);
	return true;
}

bool record_bpf_event(const struct perf_event_header *record, size_t trailer, struct record_bpf_event *out)
{
	struct bytes b;

	if (!inside(record, trailer, 16, &b))
		return false;
	out->type = (uint16_t)u32(&b, 0);
	out->flags = (uint16_t)(u32(&b, 0) >> 16);
	out->id = u32(&b, 4);
	out->tag = (const uint8_t *)b.at + 8;
	return true;
}

bool record_cgroup(const struct perf_event_header *record, size_t trailer, struct record_cgroup *out)
{
	struct bytes b;

	if (!inside(record, trailer, 9, &b) || !(out->path = string(&b, 8)))
		return false;
	out->id = u64(&b, 0);
	return true;
}

const char *record_type_name(uint32_t type)
{
	static const char *const names[RECORD_TYPES] = {
		[PERF_RECORD_MMAP] = "PERF_RECORD_MMAP",
		[PERF_RECORD_LOST] = "PERF_RECORD_LOST",
		[PERF_RECORD_COMM] = "PERF_RECORD_COMM",
		[PERF_RECORD_EXIT] = "PERF_RECORD_EXIT",
		[PERF_RECORD_THROTTLE] = "PERF_RECORD_THROTTLE",
		[PERF_RECORD_UNTHROTTLE] = "PERF_RECORD_UNTHROTTLE",
		[PERF_RECORD_FORK] = "PERF_RECORD_FORK",
		[PERF_RECORD_READ] = "PERF_RECORD_READ",
		[PERF_RECORD_SAMPLE] = "PERF_RECORD_SAMPLE",
		[PERF_RECORD_MMAP2] = "PERF_RECORD_MMAP2",
		[PERF_RECORD_AUX] = "PERF_RECORD_AUX",
		[PERF_RECORD_ITRACE_START] = "PERF_RECORD_ITRACE_START",
		[PERF_RECORD_LOST_SAMPLES] = "PERF_RECORD_LOST_SAMPLES",
		[PERF_RECORD_SWITCH] = "PERF_RECORD_SWITCH",
		[PERF_RECORD_SWITCH_CPU_WIDE] = "PERF_RECORD_SWITCH_CPU_WIDE",
		[PERF_RECORD_NAMESPACES] = "PERF_RECORD_NAMESPACES",
		[PERF_RECORD_KSYMBOL] = "PERF_RECORD_KSYMBOL",
		[PERF_RECORD_BPF_EVENT] = "PERF_RECORD_BPF_EVENT",
		[PERF_RECORD_CGROUP] = "PERF_RECORD_CGROUP",
		[PERF_RECORD_TEXT_POKE] = "PERF_RECORD_TEXT_POKE",
		[PERF_RECORD_AUX_OUTPUT_HW_ID] = "PERF_RECORD_AUX_OUTPUT_HW_ID",
		[RECORD_HEADER_ATTR] = "PERF_RECORD_ATTR",
		[RECORD_HEADER_EVENT_TYPE] = "PERF_RECORD_EVENT_TYPE",
		[RECORD_HEADER_TRACING_DATA] = "PERF_RECORD_TRACING_DATA",
		[RECORD_HEADER_BUILD_ID] = "PERF_RECORD_BUILD_ID",
		[RECORD_FINISHED_ROUND] = "PERF_RECORD_FINISHED_ROUND",
		[RECORD_ID_INDEX] = "PERF_RECORD_ID_INDEX",
		[RECORD_AUXTRACE_INFO] = "PERF_RECORD_AUXTRACE_INFO",
		[RECORD_AUXTRACE] = "PERF_RECORD_AUXTRACE",
		[RECORD_AUXTRACE_ERROR] = "PERF_RECORD_AUXTRACE_ERROR",
		[RECORD_THREAD_MAP] = "PERF_RECORD_THREAD_MAP",
		[RECORD_CPU_MAP] = "PERF_RECORD_CPU_MAP",
		[RECORD_STAT_CONFIG] = "PERF_RECORD_STAT_CONFIG",
		[RECORD_STAT] = "PERF_RECORD_STAT",
		[RECORD_STAT_ROUND] = "PERF_RECORD_STAT_ROUND",
		[RECORD_EVENT_UPDATE] = "PERF_RECORD_EVENT_UPDATE",
		[RECORD_TIME_CONV] = "PERF_RECORD_TIME_CONV",
		[RECORD_HEADER_FEATURE] = "PERF_RECORD_HEADER_FEATURE",
		[RECORD_COMPRESSED] = "PERF_RECORD_COMPRESSED",
		[RECORD_FINISHED_INIT] = "PERF_RECORD_FINISHED_INIT",
		[RECORD_COMPRESSED2] = "PERF_RECORD_COMPRESSED2",
	};

	return type < RECORD_TYPES ? names[type] : NULL;
}
