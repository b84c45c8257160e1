/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/jits.h"

#include <string.h>

#include "base/cleanup.h"
#include "elf/demangle.h"

void jits_deinit(struct jits *jits)
{
	for (size_t i = 0; i < jits->all.len; i++) {
		free(jits->all.data[i].path);
		jitdump_deinit(&jits->all.data[i].dump);
	}
	vec_deinit(&jits->all);
}

bool jits_add(struct jits *jits, const struct os *os, const char *path, uint32_t pid)
{
	struct jit *jit;

	for (size_t i = 0; i < jits->all.len; i++)
		if (jits->all.data[i].pid == pid && !strcmp(jits->all.data[i].path, path))
			return false;
	jit = vec_add(&jits->all);
	jit->pid = pid;
	jit->path = xstrdup(path);
	return jitdump_read(&jit->dump, os, path, pid) && jit->dump.reused.len;
}

bool jits_advance(struct jits *jits, uint32_t pid, uint64_t time)
{
	bool changed = false;

	for (size_t i = 0; i < jits->all.len; i++) {
		struct jit *jit = &jits->all.data[i];
		if (jit->pid != pid || !time)
			continue;
		jit->now = time;
		for (; jit->passed < jit->dump.reused.len && jit->dump.reused.data[jit->passed] <= time; jit->passed++)
			changed = true;
	}
	return changed;
}

const struct jit_code *jits_find(struct jits *jits, const struct os *os, uint32_t pid, uint64_t address, uint64_t *id)
{
	for (size_t i = jits->all.len; i-- > 0;) {
		struct jit *jit = &jits->all.data[i];
		if (jit->pid != pid)
			continue;
		uint32_t code = jitdump_find(&jit->dump, address, jit->now);
		/* Live, the dump goes on growing. */
		if (code == NO_ID && jitdump_read(&jit->dump, os, jit->path, pid)) {
			jit->passed = 0;
			code = jitdump_find(&jit->dump, address, jit->now);
		}
		if (code == NO_ID)
			continue;
		*id = (uint64_t)i << 32 | code;
		return &jit->dump.codes.data[code];
	}
	return NULL;
}

bool jits_read_code(const struct jits *jits, const struct os *os, uint32_t pid, const char *name,
		    uint64_t start, uint64_t end, void *into)
{
	for (size_t i = jits->all.len; i-- > 0;) {
		const struct jit *jit = &jits->all.data[i];
		for (size_t k = jit->pid == pid ? jit->dump.codes.len : 0; k-- > 0;) {
			const struct jit_code *code = &jit->dump.codes.data[k];
			if (code->start != start || code->end != end)
				continue;
			autofree char *plain = demangle(code->name);
			if (!strcmp(code->name, name) || (plain && !strcmp(plain, name)))
				return jitdump_read_code(code, os, jit->path, pid, into);
		}
	}
	return false;
}
