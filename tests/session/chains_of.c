/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chains_of FILE [as-is]: the call chain of each sample of a perf.data file, a
 * line for a sample: its time, its tid, and the user addresses; callers less
 * one, as `perf script` shows those that it unwound itself.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "data/reader.h"
#include "session/session.h"

static void print_sample(void *ctx, const struct session_sample *sample)
{
	const struct sample *s = sample->s;
	const uint64_t *less = ctx;
	bool user = s->cpumode == PERF_RECORD_MISC_USER, first = true;

	printf("%llu %u", (unsigned long long)s->time, s->tid);
	for (uint64_t i = 0; i < s->chain_len; i++) {
		uint64_t address = s->chain[i];

		if (address >= PERF_CONTEXT_MAX) {
			user = address == PERF_CONTEXT_USER;
			continue;
		}
		if (!user)
			continue;
		printf(" %llx", (unsigned long long)(first ? address : address - *less));
		first = false;
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	static const struct os here = { .root = "" };
	struct session_options options = { .images = { .os = &here, .debug_root = "/usr/lib/debug", .same_machine = true } };
	uint64_t less = argc < 3;
	struct session_sink sink = { .ctx = &less, .sample = print_sample };
	struct notes notes = { 0 };
	struct data_reader *reader;
	struct error *err = argc == 2 || argc == 3 ? data_open(argv[1], &notes, &reader) : error_usage("usage: chains_of FILE [as-is]");

	if (!err) {
		struct session *session = session_create(&options, &sink, &notes);
		err = session_read(session, reader, NULL, NULL);
		const struct session_counts *c = session_counts(session);
		printf("# %llu whole (%llu completed), %llu cut, %llu broken\n", (unsigned long long)c->stacks_whole,
		       (unsigned long long)c->stacks_completed, (unsigned long long)c->stacks_cut, (unsigned long long)c->stacks_broken);
		session_destroy(session);
		data_close(reader);
	}
	notes_deinit(&notes);
	if (err) {
		autofree char *text = error_text(err);
		fputs(text, stderr);
		error_destroy(err);
		return 1;
	}
	return 0;
}
