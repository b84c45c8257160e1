/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Feature sections, both ways. A feature is a row of the table at the end:
 * how its bytes become values, and back. To add one, add its bit to
 * abi/perf_abi.h, a field to struct data_features, and a row.
 *
 * Counts and lengths come from the file. A count is held against the bytes
 * that are left before anything is made of it, so that what is allocated
 * never exceeds a few times the size of the section.
 */
#include "data/features.h"

#include <string.h>

#include "base/cleanup.h"
#include "data/cursor.h"
#include "data/layout.h"

void data_features_deinit(struct data_features *f)
{
	vec_deinit(&f->cmdline);
	vec_deinit(&f->core_siblings);
	vec_deinit(&f->die_siblings);
	vec_deinit(&f->thread_siblings);
	vec_deinit(&f->cpus);
	vec_deinit(&f->nodes);
	vec_deinit(&f->pmus);
	vec_deinit(&f->groups);
	vec_deinit(&f->caches);
	vec_deinit(&f->build_ids);
	arena_deinit(&f->arena);
	*f = (struct data_features){ 0 };
}

/* ---- parts of sections */

static void put32(struct strbuf *out, uint32_t v) { strbuf_add(out, &v, sizeof(v)); }
static void put64(struct strbuf *out, uint64_t v) { strbuf_add(out, &v, sizeof(v)); }

void data_string_encode(struct strbuf *out, const char *s)
{
	size_t len = strlen(s), padded = (len / FILE_STRING_ALIGN + 1) * FILE_STRING_ALIGN;

	put32(out, (uint32_t)padded);
	memset(strbuf_reserve(out, padded), 0, padded);
	memcpy(out->data + out->len, s, len);
	out->len += padded;
}

static bool take_strings(struct cursor *c, struct arena *a, data_strings *list)
{
	uint32_t n;
	const char *s;

	vec_clear(list);
	if (!cursor_u32(c, &n) || n > c->left / sizeof(uint32_t))
		return false;
	while (n--) {
		if (!cursor_string(c, a, &s))
			return false;
		vec_push(list, s);
	}
	return true;
}

static void put_strings(struct strbuf *out, const data_strings *list)
{
	put32(out, (uint32_t)list->len);
	for (size_t i = 0; i < list->len; i++)
		data_string_encode(out, list->data[i]);
}

/* ---- strings: one row each in the table, by the place of the field */

static bool decode_string(struct cursor *c, struct data_features *f, const char **field)
{
	return cursor_string(c, &f->arena, field);
}

static bool encode_string(const char *value, struct strbuf *out)
{
	if (!value)
		return false;
	data_string_encode(out, value);
	return true;
}

#define STRING_FEATURE(name) \
	static bool decode_##name(struct data_features *f, struct cursor *c) { return decode_string(c, f, &f->name); } \
	static bool encode_##name(const struct data_features *f, struct strbuf *out) { return encode_string(f->name, out); }

STRING_FEATURE(hostname)
STRING_FEATURE(osrelease)
STRING_FEATURE(version)
STRING_FEATURE(arch)
STRING_FEATURE(cpudesc)
STRING_FEATURE(cpuid)

/* ---- numbers and lists */

/* Others make arrays of that many; no kernel is built for more. */
enum { CPUS_MAX = 1 << 16 };

static bool decode_nrcpus(struct data_features *f, struct cursor *c)
{
	if (!cursor_u32(c, &f->cpus_available) || !cursor_u32(c, &f->cpus_online))
		return false;
	if (f->cpus_available <= CPUS_MAX && f->cpus_online <= CPUS_MAX)
		return true;
	f->cpus_available = f->cpus_online = 0;
	return false;
}

static bool encode_nrcpus(const struct data_features *f, struct strbuf *out)
{
	put32(out, f->cpus_available);
	put32(out, f->cpus_online);
	return f->cpus_available;
}

static bool decode_total_mem(struct data_features *f, struct cursor *c)
{
	return cursor_u64(c, &f->total_mem_kib);
}

static bool encode_total_mem(const struct data_features *f, struct strbuf *out)
{
	put64(out, f->total_mem_kib);
	return f->total_mem_kib;
}

static bool decode_cmdline(struct data_features *f, struct cursor *c)
{
	return take_strings(c, &f->arena, &f->cmdline);
}

static bool encode_cmdline(const struct data_features *f, struct strbuf *out)
{
	put_strings(out, &f->cmdline);
	return f->cmdline.len;
}

/*
 * Two lists of CPU lists; then, since Linux 3.19, core and socket of each of
 * the NRCPUS available CPUs; then, since 5.3, the dies in the same two ways.
 */
static bool decode_cpu_topology(struct data_features *f, struct cursor *c)
{
	uint32_t core, socket, die;
	struct data_cpu cpu = { .die = -1 };

	if (!take_strings(c, &f->arena, &f->core_siblings) ||
	    !take_strings(c, &f->arena, &f->thread_siblings))
		return false;
	vec_clear(&f->cpus);
	vec_clear(&f->die_siblings);
	if (f->cpus_available > c->left / 8)
		return c->left < 8;
	for (uint32_t i = 0; i < f->cpus_available; i++) {
		if (!cursor_u32(c, &core) || !cursor_u32(c, &socket))
			return false;
		cpu.core = (int32_t)core;
		cpu.socket = (int32_t)socket;
		vec_push(&f->cpus, cpu);
	}
	if (c->left < 8)
		return true;
	if (!take_strings(c, &f->arena, &f->die_siblings))
		return false;
	for (size_t i = 0; f->die_siblings.len && i < f->cpus.len; i++) {
		if (!cursor_u32(c, &die))
			return false;
		f->cpus.data[i].die = (int32_t)die;
	}
	return true;
}

static bool encode_cpu_topology(const struct data_features *f, struct strbuf *out)
{
	if (!f->core_siblings.len && !f->thread_siblings.len)
		return false;
	put_strings(out, &f->core_siblings);
	put_strings(out, &f->thread_siblings);
	for (size_t i = 0; i < f->cpus_available; i++) {
		struct data_cpu none = { -1, -1, -1 };
		const struct data_cpu *cpu = i < f->cpus.len ? &f->cpus.data[i] : &none;
		put32(out, (uint32_t)cpu->core);
		put32(out, (uint32_t)cpu->socket);
	}
	if (!f->die_siblings.len)
		return true;
	put_strings(out, &f->die_siblings);
	for (size_t i = 0; i < f->cpus_available; i++)
		put32(out, (uint32_t)(i < f->cpus.len ? f->cpus.data[i].die : -1));
	return true;
}

static bool decode_numa(struct data_features *f, struct cursor *c)
{
	uint32_t n;
	struct data_node node;

	vec_clear(&f->nodes);
	if (!cursor_u32(c, &n) || n > c->left / 24)
		return false;
	while (n--) {
		if (!cursor_u32(c, &node.node) || !cursor_u64(c, &node.mem_total_kib) ||
		    !cursor_u64(c, &node.mem_free_kib) || !cursor_string(c, &f->arena, &node.cpus))
			return false;
		vec_push(&f->nodes, node);
	}
	return true;
}

static bool encode_numa(const struct data_features *f, struct strbuf *out)
{
	put32(out, (uint32_t)f->nodes.len);
	for (size_t i = 0; i < f->nodes.len; i++) {
		const struct data_node *node = &f->nodes.data[i];
		put32(out, node->node);
		put64(out, node->mem_total_kib);
		put64(out, node->mem_free_kib);
		data_string_encode(out, node->cpus);
	}
	return f->nodes.len;
}

static bool decode_branch_stack(struct data_features *f, struct cursor *c)
{
	(void)c;
	f->branch_stack = true;
	return true;
}

static bool encode_branch_stack(const struct data_features *f, struct strbuf *out)
{
	(void)out;
	return f->branch_stack;
}

static bool decode_pmus(struct data_features *f, struct cursor *c)
{
	uint32_t n;
	struct data_pmu pmu;

	vec_clear(&f->pmus);
	if (!cursor_u32(c, &n) || n > c->left / 8)
		return false;
	while (n--) {
		if (!cursor_u32(c, &pmu.type) || !cursor_string(c, &f->arena, &pmu.name))
			return false;
		vec_push(&f->pmus, pmu);
	}
	return true;
}

static bool encode_pmus(const struct data_features *f, struct strbuf *out)
{
	put32(out, (uint32_t)f->pmus.len);
	for (size_t i = 0; i < f->pmus.len; i++) {
		put32(out, f->pmus.data[i].type);
		data_string_encode(out, f->pmus.data[i].name);
	}
	return f->pmus.len;
}

static bool decode_groups(struct data_features *f, struct cursor *c)
{
	uint32_t n;
	struct data_group group;

	vec_clear(&f->groups);
	if (!cursor_u32(c, &n) || n > c->left / 12)
		return false;
	while (n--) {
		if (!cursor_string(c, &f->arena, &group.name) || !cursor_u32(c, &group.leader) ||
		    !cursor_u32(c, &group.members))
			return false;
		vec_push(&f->groups, group);
	}
	return true;
}

static bool encode_groups(const struct data_features *f, struct strbuf *out)
{
	put32(out, (uint32_t)f->groups.len);
	for (size_t i = 0; i < f->groups.len; i++) {
		const struct data_group *group = &f->groups.data[i];
		data_string_encode(out, group->name ? group->name : "{anon_group}");
		put32(out, group->leader);
		put32(out, group->members);
	}
	return f->groups.len;
}

static bool decode_caches(struct data_features *f, struct cursor *c)
{
	uint32_t version, n;
	struct data_cache cache;

	vec_clear(&f->caches);
	if (!cursor_u32(c, &version) || version != 1 || !cursor_u32(c, &n) || n > c->left / 28)
		return false;
	while (n--) {
		if (!cursor_u32(c, &cache.level) || !cursor_u32(c, &cache.line) || !cursor_u32(c, &cache.sets) ||
		    !cursor_u32(c, &cache.ways) || !cursor_string(c, &f->arena, &cache.type) ||
		    !cursor_string(c, &f->arena, &cache.size) || !cursor_string(c, &f->arena, &cache.cpus))
			return false;
		vec_push(&f->caches, cache);
	}
	return true;
}

static bool encode_caches(const struct data_features *f, struct strbuf *out)
{
	put32(out, 1);
	put32(out, (uint32_t)f->caches.len);
	for (size_t i = 0; i < f->caches.len; i++) {
		const struct data_cache *cache = &f->caches.data[i];
		put32(out, cache->level);
		put32(out, cache->line);
		put32(out, cache->sets);
		put32(out, cache->ways);
		data_string_encode(out, cache->type);
		data_string_encode(out, cache->size);
		data_string_encode(out, cache->cpus);
	}
	return f->caches.len;
}

/* ---- clocks */

static bool decode_sample_time(struct data_features *f, struct cursor *c)
{
	return cursor_u64(c, &f->first_sample) && cursor_u64(c, &f->last_sample);
}

static bool encode_sample_time(const struct data_features *f, struct strbuf *out)
{
	put64(out, f->first_sample);
	put64(out, f->last_sample);
	return f->last_sample;
}

static bool decode_clockid(struct data_features *f, struct cursor *c)
{
	f->clock_known = true;
	return cursor_u64(c, &f->clock_resolution_ns);
}

static bool encode_clockid(const struct data_features *f, struct strbuf *out)
{
	put64(out, f->clock_resolution_ns);
	return f->clock_known && f->clock_resolution_ns;
}

static bool decode_clock_data(struct data_features *f, struct cursor *c)
{
	uint32_t version;

	if (!cursor_u32(c, &version) || version != 1 || !cursor_u32(c, &f->clockid))
		return false;
	f->clock_known = true;
	return cursor_u64(c, &f->clock_wall_ns) && cursor_u64(c, &f->clock_perf_ns);
}

static bool encode_clock_data(const struct data_features *f, struct strbuf *out)
{
	put32(out, 1);
	put32(out, f->clockid);
	put64(out, f->clock_wall_ns);
	put64(out, f->clock_perf_ns);
	return f->clock_known && f->clock_wall_ns;
}

static bool decode_compressed(struct data_features *f, struct cursor *c)
{
	return cursor_u32(c, &f->compressed_version) && cursor_u32(c, &f->compressed_type) &&
	       cursor_u32(c, &f->compressed_level) && cursor_u32(c, &f->compressed_ratio) &&
	       cursor_u32(c, &f->compressed_mmap);
}

static bool encode_compressed(const struct data_features *f, struct strbuf *out)
{
	put32(out, f->compressed_version);
	put32(out, f->compressed_type);
	put32(out, f->compressed_level);
	put32(out, f->compressed_ratio);
	put32(out, f->compressed_mmap);
	return f->compressed_type;
}

/* ---- blobs and build-ids */

static bool decode_tracing(struct data_features *f, struct cursor *c)
{
	f->tracing_size = c->left;
	f->tracing_data = c->left ? arena_memdup(&f->arena, c->at, c->left) : NULL;
	return c->left;
}

static bool encode_tracing(const struct data_features *f, struct strbuf *out)
{
	strbuf_add(out, f->tracing_data, f->tracing_data ? f->tracing_size : 0);
	return f->tracing_data;
}

bool data_build_id_decode(struct data_features *f, const struct perf_event_header *record)
{
	struct record_build_id fixed;
	struct data_build_id b = { .size = BUILD_ID_SIZE };
	const char *name = (const char *)record + sizeof(fixed);

	if (record->size <= sizeof(fixed))
		return false;
	memcpy(&fixed, record, sizeof(fixed));
	b.pid = fixed.pid;
	b.misc = record->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	if (record->misc & MISC_BUILD_ID_HAS_SIZE)
		b.size = fixed.size;
	if (!b.size || b.size > BUILD_ID_SIZE)
		return false;
	memcpy(b.id, fixed.id, BUILD_ID_SIZE);
	b.filename = arena_strndup(&f->arena, name, strnlen(name, record->size - sizeof(fixed)));
	vec_push(&f->build_ids, b);
	return true;
}

void data_build_id_encode(const struct data_build_id *b, struct strbuf *out)
{
	enum { NAME_MAX_BYTES = 0xf000 };
	size_t len = strnlen(b->filename, NAME_MAX_BYTES);
	size_t padded = (len / FILE_STRING_ALIGN + 1) * FILE_STRING_ALIGN;
	struct record_build_id fixed = {
		.header = { .type = RECORD_HEADER_BUILD_ID, .misc = b->misc | MISC_BUILD_ID_HAS_SIZE,
			    .size = (uint16_t)(sizeof(fixed) + padded) },
		.pid = b->pid,
		.size = b->size,
	};

	memcpy(fixed.id, b->id, b->size);
	strbuf_add(out, &fixed, sizeof(fixed));
	memset(strbuf_reserve(out, padded), 0, padded);
	memcpy(out->data + out->len, b->filename, len);
	out->len += padded;
}

static bool decode_build_ids(struct data_features *f, struct cursor *c)
{
	struct perf_event_header header;

	vec_clear(&f->build_ids);
	while (c->left >= sizeof(header)) {
		memcpy(&header, c->at, sizeof(header));
		if (header.size < sizeof(header) || header.size > c->left)
			return false;
		/* Copied: nothing says that entries are aligned. */
		autofree void *record = xmemdup(c->at, header.size);
		if (!data_build_id_decode(f, record))
			return false;
		cursor_skip(c, header.size);
	}
	return !c->left;
}

static bool encode_build_ids(const struct data_features *f, struct strbuf *out)
{
	for (size_t i = 0; i < f->build_ids.len; i++)
		data_build_id_encode(&f->build_ids.data[i], out);
	return f->build_ids.len;
}

/* ---- the table */

static const struct feature {
	const char *name;
	bool (*decode)(struct data_features *f, struct cursor *c);	/* NULL: not looked at */
	bool (*encode)(const struct data_features *f, struct strbuf *out);	/* NULL: not from here */
} features[FEATURE_MAX] = {
	[FEATURE_TRACING_DATA] = { "TRACING_DATA", decode_tracing, encode_tracing },
	[FEATURE_BUILD_ID] = { "BUILD_ID", decode_build_ids, encode_build_ids },
	[FEATURE_HOSTNAME] = { "HOSTNAME", decode_hostname, encode_hostname },
	[FEATURE_OSRELEASE] = { "OSRELEASE", decode_osrelease, encode_osrelease },
	[FEATURE_VERSION] = { "VERSION", decode_version, encode_version },
	[FEATURE_ARCH] = { "ARCH", decode_arch, encode_arch },
	[FEATURE_NRCPUS] = { "NRCPUS", decode_nrcpus, encode_nrcpus },
	[FEATURE_CPUDESC] = { "CPUDESC", decode_cpudesc, encode_cpudesc },
	[FEATURE_CPUID] = { "CPUID", decode_cpuid, encode_cpuid },
	[FEATURE_TOTAL_MEM] = { "TOTAL_MEM", decode_total_mem, encode_total_mem },
	[FEATURE_CMDLINE] = { "CMDLINE", decode_cmdline, encode_cmdline },
	[FEATURE_EVENT_DESC] = { "EVENT_DESC", NULL, NULL },	/* data/events.c */
	[FEATURE_CPU_TOPOLOGY] = { "CPU_TOPOLOGY", decode_cpu_topology, encode_cpu_topology },
	[FEATURE_NUMA_TOPOLOGY] = { "NUMA_TOPOLOGY", decode_numa, encode_numa },
	[FEATURE_BRANCH_STACK] = { "BRANCH_STACK", decode_branch_stack, encode_branch_stack },
	[FEATURE_PMU_MAPPINGS] = { "PMU_MAPPINGS", decode_pmus, encode_pmus },
	[FEATURE_GROUP_DESC] = { "GROUP_DESC", decode_groups, encode_groups },
	[FEATURE_AUXTRACE] = { "AUXTRACE", NULL, NULL },
	[FEATURE_STAT] = { "STAT", NULL, NULL },
	[FEATURE_CACHE] = { "CACHE", decode_caches, encode_caches },
	[FEATURE_SAMPLE_TIME] = { "SAMPLE_TIME", decode_sample_time, encode_sample_time },
	[FEATURE_MEM_TOPOLOGY] = { "MEM_TOPOLOGY", NULL, NULL },
	[FEATURE_CLOCKID] = { "CLOCKID", decode_clockid, encode_clockid },
	[FEATURE_DIR_FORMAT] = { "DIR_FORMAT", NULL, NULL },
	[FEATURE_BPF_PROG_INFO] = { "BPF_PROG_INFO", NULL, NULL },
	[FEATURE_BPF_BTF] = { "BPF_BTF", NULL, NULL },
	[FEATURE_COMPRESSED] = { "COMPRESSED", decode_compressed, encode_compressed },
	[FEATURE_CPU_PMU_CAPS] = { "CPU_PMU_CAPS", NULL, NULL },
	[FEATURE_CLOCK_DATA] = { "CLOCK_DATA", decode_clock_data, encode_clock_data },
	[FEATURE_HYBRID_TOPOLOGY] = { "HYBRID_TOPOLOGY", NULL, NULL },
	[FEATURE_PMU_CAPS] = { "PMU_CAPS", NULL, NULL },
};

const char *data_feature_name(unsigned bit)
{
	return bit < FEATURE_MAX ? features[bit].name : NULL;
}

bool data_feature_decode(struct data_features *f, unsigned bit, const void *bytes, size_t size)
{
	struct cursor c = { bytes, size };

	return bit >= FEATURE_MAX || !features[bit].decode || features[bit].decode(f, &c);
}

bool data_feature_encode(const struct data_features *f, unsigned bit, struct strbuf *out)
{
	size_t start = out->len;

	if (bit >= FEATURE_MAX || !features[bit].encode)
		return false;
	if (features[bit].encode(f, out))
		return true;
	strbuf_truncate(out, start);
	return false;
}
