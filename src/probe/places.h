/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back: from a probe that is there to the function that it is in. */
#ifndef PTK_PROBE_PLACES_H
#define PTK_PROBE_PLACES_H

#include "base/strbuf.h"
#include "os/root.h"
#include "probe/tracefs_probes.h"

struct probe_places;

struct probe_places *probe_places_create(const struct os *os);
void probe_places_destroy(struct probe_places *places);

/*
 * Appends "tcp_sendmsg+4", "main%return in /bin/true". Where nothing is known (the
 * file has gone, the kernel hides its addresses) the place stands as the kernel has it.
 */
void probe_places_describe(struct probe_places *places, const struct tracefs_probe *probe, struct strbuf *out);

#endif
