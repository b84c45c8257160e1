/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records made by ptk itself, in the kernel's layout: for tasks and mappings
 * that were there before the recording began, and for files. Each call
 * appends one whole record, its size a multiple of 8, to the buffer.
 */
#ifndef PTK_ABI_BUILD_H
#define PTK_ABI_BUILD_H

#include "abi/record.h"
#include "base/strbuf.h"

/* The trailer to write behind: fields of `id` as the layout's sample_type asks; layout NULL writes none. */
struct build {
	struct strbuf *out;
	const struct sample_layout *layout;
	struct sample_id id;
};

/* misc: PERF_RECORD_MISC_USER or _KERNEL, and the flags of the type. Long names are cut to fit the record. */
void build_mmap(struct build *b, uint16_t misc, const struct record_mmap *mmap);	/* PERF_RECORD_MMAP */
void build_mmap2(struct build *b, uint16_t misc, const struct record_mmap *mmap);	/* build_id_size decides the form */
void build_comm(struct build *b, const struct record_comm *comm);
void build_fork(struct build *b, const struct record_fork *fork);
void build_ksymbol(struct build *b, const struct record_ksymbol *ksymbol);
void build_namespaces(struct build *b, const struct record_namespaces *ns);
/* Any record type without a trailer: `size` bytes of body, padded with zeros to a multiple of 8. */
void build_plain(struct strbuf *out, uint32_t type, uint16_t misc, const void *bytes, size_t size);

#endif
