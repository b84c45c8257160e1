/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel answers EINVAL to an attr bit that it does not know, and E2BIG
 * to a field beyond its attr, and says no more than that. So what is not in
 * the oldest kernels is dropped one by one, newest first, until it opens.
 * A kernel that lacks one lacks all that are newer, hence the order.
 *
 * To add one: a drop function, and a row above all that are older.
 */
#include "pmu/features.h"

#include "base/cleanup.h"

#define DROP_BIT(bit) \
	static bool drop_##bit(struct perf_event_attr *attr) \
	{ \
		bool used = attr->bit; \
		attr->bit = 0; \
		return used; \
	}
#define DROP_FLAGS(name, field, flags) \
	static bool drop_##name(struct perf_event_attr *attr) \
	{ \
		bool used = attr->field & (flags); \
		attr->field &= ~(__typeof__(attr->field))(flags); \
		return used; \
	}

DROP_FLAGS(lost, read_format, PERF_FORMAT_LOST)
DROP_FLAGS(branch_priv, branch_sample_type, PERF_SAMPLE_BRANCH_PRIV_SAVE)
DROP_BIT(inherit_thread)
DROP_BIT(remove_on_exec)
DROP_BIT(build_id)
DROP_FLAGS(page_size, sample_type, PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE)
DROP_BIT(text_poke)
DROP_FLAGS(branch_index, branch_sample_type, PERF_SAMPLE_BRANCH_HW_INDEX)
DROP_BIT(aux_output)
DROP_BIT(bpf_event)
DROP_BIT(ksymbol)
DROP_FLAGS(phys_addr, sample_type, PERF_SAMPLE_PHYS_ADDR)
DROP_BIT(namespaces)
DROP_BIT(write_backward)
DROP_BIT(context_switch)
DROP_FLAGS(branch_type, branch_sample_type, PERF_SAMPLE_BRANCH_TYPE_SAVE)
DROP_FLAGS(branch_trim, branch_sample_type, PERF_SAMPLE_BRANCH_NO_FLAGS | PERF_SAMPLE_BRANCH_NO_CYCLES)
DROP_BIT(comm_exec)
DROP_BIT(mmap2)
DROP_BIT(sample_id_all)

/* Two ways to say the same: the newer one has more in it. */
static bool drop_weight_struct(struct perf_event_attr *attr)
{
	if (!(attr->sample_type & PERF_SAMPLE_WEIGHT_STRUCT))
		return false;
	attr->sample_type &= ~(uint64_t)PERF_SAMPLE_WEIGHT_STRUCT;
	attr->sample_type |= PERF_SAMPLE_WEIGHT;
	return true;
}

static bool drop_cgroup(struct perf_event_attr *attr)
{
	bool used = attr->cgroup || attr->sample_type & PERF_SAMPLE_CGROUP;

	attr->cgroup = 0;
	attr->sample_type &= ~(uint64_t)PERF_SAMPLE_CGROUP;
	return used;
}

static bool drop_clockid(struct perf_event_attr *attr)
{
	bool used = attr->use_clockid;

	attr->use_clockid = 0;
	attr->clockid = 0;
	return used;
}

static bool drop_identifier(struct perf_event_attr *attr)
{
	if (!(attr->sample_type & PERF_SAMPLE_IDENTIFIER))
		return false;
	attr->sample_type &= ~(uint64_t)PERF_SAMPLE_IDENTIFIER;
	attr->sample_type |= PERF_SAMPLE_ID;
	return true;
}

static bool drop_guest_host(struct perf_event_attr *attr)
{
	bool used = attr->exclude_guest || attr->exclude_host;

	attr->exclude_guest = attr->exclude_host = 0;
	return used;
}

const struct attr_feature attr_features[] = {
	{ "counts of lost samples", "6.0", .drop = drop_lost },
	{ "the privilege level of branches", "6.1", .asked = true, .of_pmu = true, .drop = drop_branch_priv },
	{ "inheritance by threads alone", "5.13", .asked = true, .drop = drop_inherit_thread },
	{ "ending at exec", "5.13", .drop = drop_remove_on_exec },
	{ "weights in three parts", "5.12", .drop = drop_weight_struct },
	{ "build-ids in mmap records", "5.12", .drop = drop_build_id },
	{ "page sizes in samples", "5.11", .asked = true, .drop = drop_page_size },
	{ "records of changed kernel text", "5.9", .drop = drop_text_poke },
	{ "cgroups in samples", "5.7", .asked = true, .drop = drop_cgroup },
	{ "the position of branch entries", "5.7", .of_pmu = true, .drop = drop_branch_index },
	{ "output to an AUX area", "5.4", .asked = true, .drop = drop_aux_output },
	{ "records of BPF programs", "5.1", .drop = drop_bpf_event },
	{ "records of kernel symbols", "5.1", .drop = drop_ksymbol },
	{ "physical addresses", "4.14", .asked = true, .drop = drop_phys_addr },
	{ "the type of branches", "4.14", .of_pmu = true, .drop = drop_branch_type },
	{ "records of namespaces", "4.12", .asked = true, .drop = drop_namespaces },
	{ "rings written backwards", "4.7", .drop = drop_write_backward },
	{ "branches without flags and cycles", "4.5", .of_pmu = true, .drop = drop_branch_trim },
	{ "records of context switches", "4.3", .asked = true, .drop = drop_context_switch },
	{ "a clock of one's own", "4.1", .asked = true, .drop = drop_clockid },
	{ "comm records that tell an exec", "3.16", .drop = drop_comm_exec },
	{ "mmap2 records", "3.16", .drop = drop_mmap2 },
	{ "the id in front of samples", "3.12", .drop = drop_identifier },
	{ "the host without its guests", "3.2", .guest = true, .of_pmu = true, .drop = drop_guest_host },
	{ "ids in all records", "2.6.38", .drop = drop_sample_id_all },
};
const size_t n_attr_features = ARRAY_SIZE(attr_features);

_Static_assert(ARRAY_SIZE(attr_features) <= 64, "sets of features are bit masks");

void attr_drop(struct perf_event_attr *attr, uint64_t features)
{
	for (size_t i = 0; features; i++, features >>= 1)
		if (features & 1)
			attr_features[i].drop(attr);
}

bool attr_drop_next(struct perf_event_attr *attr, size_t *row)
{
	while (*row < n_attr_features)
		if (attr_features[(*row)++].drop(attr))
			return true;
	return false;
}
