/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/stat_kernel.h"

#include <string.h>

#include "base/cleanup.h"
#include "probe/btf.h"

/* The bits of struct thread_info that say that a call is a 32-bit one (arch/…/include/asm/thread_info.h). */
#if defined(__x86_64__)
static const struct { const char *member; uint32_t mask; } compat = { "status", 0x2 /* TS_COMPAT */ };
#else
static const struct { const char *member; uint32_t mask; } compat = { NULL, 0 };
#endif

static const char *const tracepoints[SPLIT_TRACEPOINTS] = {
	[SPLIT_ENTER] = "btf_trace_sys_enter", [SPLIT_FORK] = "btf_trace_sched_process_fork",
	[SPLIT_EXIT] = "btf_trace_sched_process_exit", [SPLIT_EXEC] = "btf_trace_sched_process_exec",
};

/* The tracepoints' types, and *task; false when one is missing. */
static bool find_types(const struct btf *btf, struct split_kernel *kernel, uint64_t *task)
{
	struct type_info info;
	size_t missing = 1 + SPLIT_TRACEPOINTS;

	*task = 0;
	for (uint64_t id = 1; missing && id <= btf->types.len; id++) {
		if (!btf->source.info(&btf->source, id, &info) || !info.name)
			continue;
		if (!*task && info.kind == TYPE_STRUCT && !strcmp(info.name, "task_struct")) {
			*task = id;
			missing--;
		}
		for (size_t i = 0; info.kind == TYPE_TYPEDEF && i < SPLIT_TRACEPOINTS; i++) {
			if (kernel->tracepoints[i] || strcmp(info.name, tracepoints[i]))
				continue;
			kernel->tracepoints[i] = (uint32_t)id;
			missing--;
		}
	}
	return !missing;
}

static bool offset_of(const struct btf *btf, uint64_t type, const char *name, size_t *offset, uint64_t *of)
{
	struct type_member member;

	if (!type_find_member(&btf->source, type, name, &member) || member.bit_size || member.bit_offset % 8)
		return false;
	*offset = member.bit_offset / 8;
	*of = member.type;
	return *offset < INT32_MAX / 2;
}

static bool find_members(const struct btf *btf, struct split_kernel *kernel)
{
	uint64_t task, info, ignored;
	size_t in_task, in_info;

	if (!find_types(btf, kernel, &task) || !offset_of(btf, task, "pid", &kernel->pid, &ignored) ||
	    !offset_of(btf, task, "thread_info", &in_task, &info) || !offset_of(btf, info, compat.member, &in_info, &ignored))
		return false;
	kernel->compat = in_task + in_info;
	kernel->compat_mask = compat.mask;
	return true;
}

bool stat_kernel_layout(const struct os *os, struct split_kernel *kernel)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";
	struct os_view bytes;
	struct btf btf = { 0 };

	if (!compat.member || !os_view_open(os, path, &bytes))
		return false;
	struct error *err = btf_parse(path, bytes.data, bytes.size, NULL, &btf);
	*kernel = (struct split_kernel){ 0 };
	bool found = !err && find_members(&btf, kernel);
	error_destroy(err);
	btf_deinit(&btf);
	os_view_close(&bytes);
	return found;
}
