/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file, opened and read into a profile, for all modes that work on one. */
#ifndef PTK_CMD_REPORT_FILE_H
#define PTK_CMD_REPORT_FILE_H

#include "base/notes.h"
#include "cmd/report_options.h"
#include "data/reader.h"
#include "profile/foreign.h"
#include "session/session.h"
#include "session/tracepoint_formats.h"

/* Who looks at samples and records besides the profile, in the order of time. */
struct report_watch {
	void *ctx;
	/* True: the sample is not for the profile. */
	bool (*sample)(void *ctx, const struct session_sample *sample);
	/* As session_sink has it; trailer: bytes of the record's sample_id. May be NULL. */
	void (*record)(void *ctx, const struct perf_event_header *record, const struct sample_id *id, size_t trailer);
};

/* A file, read into a profile: perf.data, or what another tool wrote (profile/foreign.h). */
struct report_file {
	const char *path;
	struct notes notes;
	struct data_reader *reader;	/* NULL: another tool's */
	enum foreign_format foreign;
	struct strbuf bytes;		/* all of it, unpacked */
	struct foreign_facts facts;
	struct names names;
	struct session *session;
	struct profile_builder *builder;
	struct profile_filter filter;	/* as it was given, borrowed but for its times */
	struct profile profile;
	struct profile_fields *fields;	/* of its events, once report_file_fields() was called */
	struct report_watch watch;	/* set before it is read; sample NULL: nobody */
	/* While it is read, now and then: bytes done; size 0: not known. False stops. NULL: a long load says how far it is. */
	bool (*progress)(void *ctx, uint64_t done, uint64_t size);
	/* When it is a pipe that has no bytes just now (data_wait()). NULL: nobody has anything else to do. */
	bool (*wait)(void *ctx, int fd);
	void *progress_ctx;		/* for both */
};

struct error *report_file_open(struct report_file *file, const struct report_options *o) MUST_CHECK;
/* The fields that its events have, for columns_parse(); the file's. */
struct profile_fields *report_file_fields(struct report_file *file);
/* Reads it all. Without dims nothing is built: records are only counted. With the times of o->time. */
struct error *report_file_read(struct report_file *file, const struct report_options *o,
			       const struct profile_dims *dims, const struct profile_filter *filter) MUST_CHECK;
/* What the file says of the machine: nothing, where another tool wrote it. */
const struct data_features *report_file_features(const struct report_file *file);
/* The formats of its tracepoints, for the caller to deinit; what is damaged is noted. Of an opened file. */
void report_file_formats(struct report_file *file, struct tracepoint_formats *formats);
/* An error where another tool wrote the file, which lacks what `mode` shows. */
struct error *report_file_needs_records(const struct report_file *file, const char *mode) MUST_CHECK;
/* Notes of what was lost or damaged. */
void report_file_losses(struct report_file *file);
void report_file_deinit(struct report_file *file);

#endif
