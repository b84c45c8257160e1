/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that a recording's mappings name, and which build of each it
 * was: told by the kernel in MMAP2 records, by ELF notes of the running
 * kernel and its modules, or, where neither does, by the file itself.
 */
#ifndef PTK_CMD_BUILD_IDS_H
#define PTK_CMD_BUILD_IDS_H

#include "abi/record.h"
#include "base/strtab.h"
#include "base/vec.h"
#include "data/features.h"
#include "os/root.h"

struct build_id_row {
	uint16_t misc;
	uint8_t size, id[BUILD_ID_SIZE];
	bool listed;		/* or looked for in vain */
};

/* All-zero is empty. */
struct build_ids {
	struct strtab names;
	VEC(struct build_id_row) rows;	/* by name */
};

/* Takes note of an MMAP or MMAP2 record; others are ignored. trailer: bytes of the sample_id. */
void build_ids_see(struct build_ids *b, const struct perf_event_header *record, size_t trailer);
/* Of a stretch of whole records. */
void build_ids_see_all(struct build_ids *b, const void *records, size_t len, size_t trailer);
/* A file whose build-id is listed already. */
void build_ids_know(struct build_ids *b, const struct data_build_id *known);
/*
 * Looks up what is not known yet, unless os is NULL, and adds those that were
 * not listed before to the features. Names stay the table's.
 */
void build_ids_list(struct build_ids *b, const struct os *os, struct data_features *features);
void build_ids_deinit(struct build_ids *b);

#endif
