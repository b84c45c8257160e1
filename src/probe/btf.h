/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF, the type information that a kernel carries of itself
 * (Documentation/bpf/btf.rst, linux/btf.h): /sys/kernel/btf/vmlinux, and one
 * file a module that goes on where vmlinux ends. Read by hand: one pass
 * finds where each type is, and looking a function up walks the rest.
 * Nothing in it is trusted.
 */
#ifndef PTK_PROBE_BTF_H
#define PTK_PROBE_BTF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "probe/types.h"

struct btf {
	struct type_source source;	/* its ids are BTF's */
	const struct btf *base;		/* of a module: vmlinux; else NULL */
	const char *bytes;		/* the whole of it, the owner's */
	const char *strings;		/* NUL-terminated as a whole */
	uint32_t strings_size, first_string, first_type;	/* a module's ids go on behind the base's */
	VEC(uint32_t) types;		/* where each begins in bytes, from first_type on */
};

/* The bytes have to outlive it, and be aligned to 4. `name` is the file, for messages; base may be NULL. */
struct error *btf_parse(const char *name, const void *bytes, size_t size, const struct btf *base, struct btf *btf) MUST_CHECK;
void btf_deinit(struct btf *btf);

/* The type id of the function's prototype (kind FUNC_PROTO); false when there is no such function. */
bool btf_find_function(const struct btf *btf, const char *name, uint32_t *prototype);
/* Calls for each function of this file (of a module: its own ones). */
void btf_each_function(const struct btf *btf, void (*call)(void *ctx, const char *name, uint32_t prototype), void *ctx);

struct btf_parameter {
	const char *name;	/* "" when it has none */
	uint32_t type;		/* 0 with no name: "..." */
};

/* The number of parameters, and the return type; false when it is no prototype. */
bool btf_prototype(const struct btf *btf, uint32_t prototype, uint32_t *n, uint32_t *returns);
bool btf_parameter(const struct btf *btf, uint32_t prototype, uint32_t index, struct btf_parameter *parameter);

#endif
