/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event grammar: one parser for every mode.
 *
 *	list   := item { ',' item }
 *	item   := event | '{' event { ',' event } '}' [ ':' modifiers ]
 *	event  := name | rHEX | PMU '/' [ term { ',' term } ] '/' | TRACE:POINT |
 *		  mem:ADDR[/LEN][:rwx] | kprobe:FUNC[+OFF] | kretprobe:FUNC |
 *		  uprobe:FILE:FUNC[+OFF] | uretprobe:FILE:FUNC | libpfm4 name        … each [ ':' modifiers ]
 *
 * A wrong word gives a usage error with the caret under it, what is wrong
 * and the nearest names.
 */
#ifndef PTK_PMU_PARSE_H
#define PTK_PMU_PARSE_H

#include "base/error.h"
#include "base/notes.h"
#include "os/root.h"
#include "pmu/event.h"

/* What event sources this machine has. Nothing is read before a name asks for it. */
struct pmus;

struct pmus *pmus_create(const struct os *os);	/* os is borrowed */
void pmus_destroy(struct pmus *pmus);

/*
 * Where a function of a program begins, as an offset into its file, for uprobe:FILE:FUNCTION. The mode says who
 * knows that, as pmu/ knows no ELF; else only offsets are taken.
 */
typedef struct error *pmus_find_function(const char *file, const char *function, uint64_t *offset);
void pmus_set_functions(struct pmus *pmus, pmus_find_function *find);

/* Parses `text` and appends to the list; on an error the list is as before. */
struct error *events_parse(struct pmus *pmus, const char *text, struct notes *notes, struct event_list *list) MUST_CHECK;

/*
 * Sets the filter of the tracepoints that the last events_parse call of the
 * list added (from index `first` on), its field names checked against the
 * event's format first. Several filters of one event must all be true.
 */
struct error *events_filter(struct pmus *pmus, struct event_list *list, size_t first, const char *filter) MUST_CHECK;

#endif
