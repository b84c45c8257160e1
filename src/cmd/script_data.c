/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PERF_SAMPLE_DATA_SRC in words: what a memory access was, and what it met (perf_event.h, union perf_mem_data_src). */
#include "cmd/script.h"

#include "base/cleanup.h"

/* Words of a set of bits, from bit 0 on. */
struct words {
	const char *const *all;
	size_t n;
};

#define WORDS(...) { (const char *const[]){ __VA_ARGS__ }, ARRAY_SIZE(((const char *const[]){ __VA_ARGS__ })) }

static const struct words levels = WORDS("N/A", "HIT", "MISS", "L1", "LFB/MAB", "L2", "L3", "Local RAM", "Remote RAM (1 hop)",
					 "Remote RAM (2 hops)", "Remote Cache (1 hop)", "Remote Cache (2 hops)", "I/O", "Uncached");
static const struct words snoops = WORDS("N/A", "None", "Hit", "Miss", "HitM");
static const struct words more_snoops = WORDS("Fwd", "Peer");
static const struct words tlbs = WORDS("N/A", "HIT", "MISS", "L1", "L2", "Walker", "Fault");

/* PERF_MEM_LVLNUM_*; NULL: L1, L2 … */
static const char *const level_numbers[16] = {
	[9] = "CXL", [10] = "I/O", [11] = "Any cache", [12] = "LFB/MAB", [13] = "RAM", [14] = "PMEM", [15] = "N/A",
};

/* PERF_MEM_HOPS_* */
static const char *const hops[8] = { NULL, "core, same node", "node, same socket", "socket, same board", "board" };

static void add_or(struct strbuf *out, size_t from, const char *word)
{
	if (out->len > from)
		strbuf_adds(out, " or ");
	strbuf_adds(out, word);
}

/* Those of `bits` that are not in `apart`. */
static void add_bits(struct strbuf *out, size_t from, const struct words *words, uint64_t bits, uint64_t apart)
{
	for (size_t i = 0; i < words->n; i++)
		if ((bits & ~apart) >> i & 1)
			add_or(out, from, words->all[i]);
}

/* " hit" and " miss", which have the same bits among levels and TLBs. */
static void add_outcome(struct strbuf *out, size_t from, uint64_t bits)
{
	if (out->len == from)
		strbuf_adds(out, "N/A");
	strbuf_adds(out, bits & PERF_MEM_LVL_HIT ? " hit" : "");
	strbuf_adds(out, bits & PERF_MEM_LVL_MISS ? " miss" : "");
}

static void add_operation(struct strbuf *out, uint64_t op)
{
	static const char *const names[] = { "N/A", "LOAD", "STORE", "PFETCH", "EXEC" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (op >> i & 1) {
			strbuf_adds(out, names[i]);
			return;
		}
	strbuf_adds(out, "No");
}

static void add_level(struct strbuf *out, const union perf_mem_data_src *d)
{
	size_t from = out->len, at = from;

	if (d->mem_remote) {
		strbuf_adds(out, "Remote ");
		at = out->len;
	}
	if (hops[d->mem_hops])
		strbuf_printf(out, "%s ", hops[d->mem_hops]);
	else
		add_bits(out, at, &levels, d->mem_lvl, PERF_MEM_LVL_HIT | PERF_MEM_LVL_MISS);
	at = hops[d->mem_hops] ? out->len : at;
	if (d->mem_lvl_num && level_numbers[d->mem_lvl_num])
		add_or(out, at, level_numbers[d->mem_lvl_num]);
	else if (d->mem_lvl_num) {
		add_or(out, at, "L");
		strbuf_printf(out, "%u", (unsigned)d->mem_lvl_num);
	}
	add_outcome(out, from, d->mem_lvl);
}

static void add_snoop(struct strbuf *out, const union perf_mem_data_src *d)
{
	size_t from = out->len;

	add_bits(out, from, &snoops, d->mem_snoop, 0);
	add_bits(out, from, &more_snoops, d->mem_snoopx, 0);
	if (out->len == from)
		strbuf_adds(out, "N/A");
}

static void add_block(struct strbuf *out, uint64_t block)
{
	bool known = block && !(block & PERF_MEM_BLK_NA);

	strbuf_adds(out, known ? "" : " N/A");
	strbuf_adds(out, known && block & PERF_MEM_BLK_DATA ? " Data" : "");
	strbuf_adds(out, known && block & PERF_MEM_BLK_ADDR ? " Addr" : "");
}

void script_data_src(struct strbuf *out, uint64_t value)
{
	const union perf_mem_data_src d = { .val = value };

	strbuf_adds(out, "|OP ");
	add_operation(out, d.mem_op);
	strbuf_adds(out, "|LVL ");
	add_level(out, &d);
	strbuf_adds(out, "|SNP ");
	add_snoop(out, &d);
	strbuf_adds(out, "|TLB ");
	size_t from = out->len;
	add_bits(out, from, &tlbs, d.mem_dtlb, PERF_MEM_TLB_HIT | PERF_MEM_TLB_MISS);
	add_outcome(out, from, d.mem_dtlb);
	strbuf_printf(out, "|LCK %s|BLK ", d.mem_lock & PERF_MEM_LOCK_NA ? "N/A" : d.mem_lock & PERF_MEM_LOCK_LOCKED ? "Yes" : "No");
	add_block(out, d.mem_blk);
}
