/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/bpf.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

int bpf_map(enum bpf_map_type type, uint32_t value_size, uint32_t entries, const char *name)
{
	union bpf_attr attr = { .map_type = type, .key_size = sizeof(uint32_t), .value_size = value_size, .max_entries = entries };

	snprintf(attr.map_name, sizeof(attr.map_name), "%s", name);
	return (int)bpf(BPF_MAP_CREATE, &attr);
}

int bpf_program(const struct bpf_insn *insns, size_t n, uint32_t btf_id, const char *name)
{
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_TRACING, .expected_attach_type = BPF_TRACE_RAW_TP, .attach_btf_id = btf_id,
				.insn_cnt = (uint32_t)n, .insns = (uint64_t)(uintptr_t)insns, .license = (uint64_t)(uintptr_t)"GPL" };

	snprintf(attr.prog_name, sizeof(attr.prog_name), "%s", name);
	return (int)bpf(BPF_PROG_LOAD, &attr);
}

int bpf_attach(int program)
{
	union bpf_attr attr = { .raw_tracepoint = { .prog_fd = (uint32_t)program } };

	return (int)bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

bool bpf_lookup(int map, uint32_t key, void *values)
{
	union bpf_attr attr = { .map_fd = (uint32_t)map, .key = (uint64_t)(uintptr_t)&key, .value = (uint64_t)(uintptr_t)values };

	return !bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

bool bpf_update(int map, uint32_t key, const void *value)
{
	union bpf_attr attr = { .map_fd = (uint32_t)map, .key = (uint64_t)(uintptr_t)&key, .value = (uint64_t)(uintptr_t)value };

	return !bpf(BPF_MAP_UPDATE_ELEM, &attr);
}
