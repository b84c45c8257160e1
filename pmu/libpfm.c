/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that only libpfm4 knows (the CPU vendors' own: INST_RETIRED:ANY_P,
 * with libpfm4's masks and modifiers behind colons). It is loaded when a name
 * is nobody else's; it looks at this machine's CPU, so never for a made-up
 * tree.
 */
#include "config.h"

#include "base/cleanup.h"
#include "base/dynlib.h"
#include "pmu/grammar.h"

#ifdef HAVE_LIBPFM
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>

#define LIBPFM_FUNCTIONS(F) F(pfm_initialize) F(pfm_get_os_event_encoding) F(pfm_strerror)
DYNLIB_DECLARE(libpfm, LIBPFM_FUNCTIONS);
DYNLIB_DEFINE(libpfm, LIBPFM_SONAME, LIBPFM_FUNCTIONS);

struct error *libpfm_add(struct grammar *g, struct word word, bool *known)
{
	struct perf_event_attr attr = { 0 };
	pfm_perf_encode_arg_t arg = { .attr = &attr, .size = sizeof(arg) };
	autofree char *text = xstrndup(word.at, word.len);
	const struct libpfm *pfm = *g->pmus->os->root || !word.len ? NULL : libpfm();

	*known = false;
	if (!pfm || pfm->pfm_initialize() != PFM_SUCCESS)
		return NULL;
	int ret = pfm->pfm_get_os_event_encoding(text, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &arg);
	if (ret == PFM_ERR_ATTR || ret == PFM_ERR_ATTR_VAL || ret == PFM_ERR_UMASK || ret == PFM_ERR_FEATCOMB || ret == PFM_ERR_ATTR_SET)
		return error_hint(grammar_error(g, word, "libpfm4 knows the event, but not so: %s", pfm->pfm_strerror(ret)),
				  "its masks and modifiers stand behind colons, as in INST_RETIRED:ANY_P:u");
	if (ret != PFM_SUCCESS)
		return NULL;
	struct event *event = grammar_add(g, attr.type == PERF_TYPE_SOFTWARE ? EVENT_SOFTWARE : EVENT_RAW, word, attr.type, attr.config);
	attr.size = event->attr.size;
	attr.exclude_guest = 1;
	/* With user and kernel both in, it leaves the hypervisor out: nobody asked for that. */
	event->exclude_typed = attr.exclude_user || attr.exclude_kernel;
	attr.exclude_hv = event->exclude_typed;
	event->attr = attr;
	*known = true;
	return NULL;
}
#else
struct error *libpfm_add(struct grammar *g, struct word word, bool *known)
{
	*known = false;
	return NULL;
}
#endif
