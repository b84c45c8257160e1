/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf.data as it stands on disk and in a pipe
 * (tools/perf/Documentation/perf.data-file-format.txt; the user records:
 * tools/lib/perf/include/perf/event.h). Everything is in the byte order of
 * the machine that wrote it.
 */
#ifndef PTK_DATA_LAYOUT_H
#define PTK_DATA_LAYOUT_H

#include <stdint.h>

#include "abi/perf_abi.h"

#define PERF_MAGIC		0x32454c4946524550ull	/* "PERFILE2" */
#define PERF_MAGIC_SWAPPED	0x50455246494c4532ull	/* the same, written by the other byte order */
#define PERF_MAGIC_OLD		0x454c494646524550ull	/* "PERFFILE": before Linux 3.2 */

/* A string is a 32-bit length, the text and zeros up to a multiple of this; the length counts the zeros. */
enum { FILE_STRING_ALIGN = 64 };

struct file_section {
	uint64_t offset, size;		/* bytes of the file */
};

struct file_header {
	uint64_t magic, size;		/* size: of this header; a pipe's ends behind it and has 16 */
	uint64_t attr_size;		/* of a file_attr, as the writer knew it */
	struct file_section attrs, data, event_types;
	uint64_t features[FEATURE_BITS / 64];	/* a file_section for each set bit stands behind the data */
};

enum {
	FILE_HEADER_PIPE = 16,
	FILE_HEADER_BARE = 72,		/* without feature bits: Linux 2.6.31 */
};

struct file_attr {
	struct perf_event_attr attr;	/* attr_size - 16 bytes of it */
	struct file_section ids;	/* uint64_t each */
};

struct record_event_update {
	struct perf_event_header header;
	uint64_t type, id;		/* EVENT_UPDATE_* */
	char data[];			/* a double, or a string */
};

/* `size` bytes stand behind the record; they do not count in header.size. */
struct record_tracing_data {
	struct perf_event_header header;
	uint32_t size, pad;
};

struct record_auxtrace {
	struct perf_event_header header;
	uint64_t size, offset, reference;	/* size: bytes behind the record, as above */
	uint32_t idx, tid, cpu, reserved;
};

/* header.misc: `size` is set; without it the id is BUILD_ID_SIZE long. */
enum { MISC_BUILD_ID_HAS_SIZE = 1 << 15 };

struct record_build_id {
	struct perf_event_header header;
	int32_t pid;
	uint8_t id[BUILD_ID_SIZE];
	uint8_t size, reserved[3];
	char filename[];
};

struct record_feature {
	struct perf_event_header header;
	uint64_t feature;		/* bit number; one beyond the last says that there are no more */
	uint8_t data[];
};

/* Linux 6.16 and later; COMPRESSED has the stream behind its header. */
struct record_compressed2 {
	struct perf_event_header header;
	uint64_t size;			/* bytes of data without the padding */
	uint8_t data[];
};

#endif
