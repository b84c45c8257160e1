/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a file while it is read. They come from the attr section or
 * from HEADER_ATTR records, get their names from whatever knows best
 * (EVENT_DESC, EVENT_UPDATE, the tracing blob, at last the attr itself), and
 * stay where they are.
 */
#ifndef PTK_DATA_EVENTS_H
#define PTK_DATA_EVENTS_H

#include "base/arena.h"
#include "base/hash.h"
#include "data/reader.h"

/* How well a name is known; a better one replaces it. */
enum event_name_from { NAME_FROM_ATTR, NAME_FROM_TRACING, NAME_FROM_DESC, NAME_FROM_UPDATE };

struct event_entry {
	struct data_event event;	/* name and unit are the arena's */
	enum event_name_from name_from;
};

struct event_entries {
	VEC(struct event_entry *) entries;
	struct map64 by_id;		/* an id to index + 1 */
	struct arena arena;
};

/* attr: `attr_size` bytes of one, of whatever version; shorter is filled with zeros. NULL: no attr, too short. */
struct event_entry *event_entries_add(struct event_entries *list, const void *attr, size_t attr_size);
/* ids: n of 64 bits, at any alignment. */
void event_entries_add_ids(struct event_entries *list, struct event_entry *entry, const void *ids, size_t n);

/* A HEADER_ATTR and an EVENT_UPDATE record; false when damaged. Their size is checked to be all there. */
bool event_entries_attr_record(struct event_entries *list, const struct perf_event_header *record);
bool event_entries_update_record(struct event_entries *list, const struct perf_event_header *record);
/* The EVENT_DESC feature. */
bool event_entries_desc(struct event_entries *list, const void *bytes, size_t size);
/* The tracing blob: names for tracepoints that have none yet. */
void event_entries_tracing(struct event_entries *list, const void *blob, size_t size);

void event_entries_deinit(struct event_entries *list);

/* A name for an attr that nobody named: "cpu-clock:u", "L1-dcache-load-misses", "tracepoint:314". */
char *event_name_from_attr(struct arena *a, const struct perf_event_attr *attr);

/* EVENT_DESC as a file holds it. */
void event_desc_encode(const struct data_event *events, size_t n, struct strbuf *out);

#endif
