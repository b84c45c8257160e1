/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile's own tables as an SQLite database (doc/ptk-export.1 has them),
 * made in memory and written at once, so that it goes where all other formats
 * go: a pipe, a file that appears when it is whole.
 */
#include "config.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/dynlib.h"
#include "out/exporters.h"

#ifdef HAVE_LIBSQLITE3
#include <sqlite3.h>

#define LIBSQLITE3_FUNCTIONS(F) \
	F(sqlite3_open) F(sqlite3_close) F(sqlite3_exec) F(sqlite3_prepare_v2) F(sqlite3_finalize) \
	F(sqlite3_bind_int64) F(sqlite3_bind_text) F(sqlite3_bind_null) F(sqlite3_step) F(sqlite3_reset) \
	F(sqlite3_serialize) F(sqlite3_free) F(sqlite3_errmsg)
DYNLIB_DECLARE(libsqlite3, LIBSQLITE3_FUNCTIONS);
DYNLIB_DEFINE(libsqlite3, LIBSQLITE3_SONAME, LIBSQLITE3_FUNCTIONS);

static const char schema[] =
	"CREATE TABLE recording (key TEXT PRIMARY KEY, value);\n"
	"CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, unit TEXT, samples INTEGER, period INTEGER);\n"
	"CREATE TABLE images (id INTEGER PRIMARY KEY, name TEXT, path TEXT, kernel INTEGER, jit INTEGER);\n"
	"CREATE TABLE frames (id INTEGER PRIMARY KEY, function TEXT, image INTEGER REFERENCES images, address INTEGER, inlined INTEGER);\n"
	"CREATE TABLE stacks (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES stacks, frame INTEGER REFERENCES frames);\n"
	"CREATE TABLE tasks (id INTEGER PRIMARY KEY, pid INTEGER, tid INTEGER, comm TEXT);\n"
	"CREATE TABLE samples (id INTEGER PRIMARY KEY, event INTEGER REFERENCES events, task INTEGER REFERENCES tasks, cpu INTEGER,"
	" time INTEGER, stack INTEGER REFERENCES stacks, samples INTEGER, period INTEGER);\n"
	/* what most people ask for */
	"CREATE VIEW functions AS SELECT e.name AS event, t.comm AS comm, i.name AS image,"
	" coalesce(f.function, printf('0x%x', f.address)) AS function, sum(s.samples) AS samples, sum(s.period) AS period"
	" FROM samples s JOIN events e ON e.id = s.event JOIN tasks t ON t.id = s.task JOIN stacks k ON k.id = s.stack"
	" JOIN frames f ON f.id = k.frame JOIN images i ON i.id = f.image GROUP BY 1, 2, 3, 4;\n";

struct database {
	const struct export *e;
	const struct libsqlite3 *lib;
	sqlite3 *db;
	sqlite3_stmt *insert;
	int column;
	struct error *failure;	/* the first: all calls behind it are in vain, and harmless */
};

/* A database in memory fails when memory ends. */
static void must(struct database *d, int status, int wanted)
{
	if (status != wanted && !d->failure)
		d->failure = error_create("sqlite: %s", d->lib->sqlite3_errmsg(d->db));
}

static void begin_rows(struct database *d, const char *insert)
{
	must(d, d->lib->sqlite3_prepare_v2(d->db, insert, -1, &d->insert, NULL), SQLITE_OK);
}

static void add_number(struct database *d, uint64_t value)
{
	must(d, d->lib->sqlite3_bind_int64(d->insert, ++d->column, (sqlite3_int64)value), SQLITE_OK);
}

/* NO_ID: not known. */
static void add_id(struct database *d, uint32_t value)
{
	if (value != NO_ID)
		add_number(d, value);
	else
		must(d, d->lib->sqlite3_bind_null(d->insert, ++d->column), SQLITE_OK);
}

static void add_text(struct database *d, const char *text)
{
	autostrbuf struct strbuf clean = { 0 };

	if (!text) {
		add_id(d, NO_ID);
		return;
	}
	export_clean(text, &clean);
	must(d, d->lib->sqlite3_bind_text(d->insert, ++d->column, strbuf_str(&clean), (int)clean.len, SQLITE_TRANSIENT), SQLITE_OK);
}

static void end_row(struct database *d)
{
	must(d, d->lib->sqlite3_step(d->insert), SQLITE_DONE);
	d->lib->sqlite3_reset(d->insert);
	d->column = 0;
}

static void end_rows(struct database *d)
{
	d->lib->sqlite3_finalize(d->insert);
}

static void add_about(struct database *d)
{
	const struct export_about *about = d->e->about;
	const struct { const char *key, *text; uint64_t number; } facts[] = {
		{ "file", about->file, 0 }, { "host", about->host, 0 }, { "kernel", about->kernel, 0 }, { "arch", about->arch, 0 },
		{ "cpu", about->cpu, 0 }, { "command", about->command, 0 }, { "recorded", about->recorded, 0 },
		{ "first_ns", NULL, about->first_ns }, { "last_ns", NULL, about->last_ns }, { "lost", NULL, about->lost },
	};

	begin_rows(d, "INSERT INTO recording VALUES (?, ?)");
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		add_text(d, facts[i].key);
		if (i < ARRAY_SIZE(facts) - 3)
			add_text(d, facts[i].text);
		else
			add_number(d, facts[i].number);
		end_row(d);
	}
	end_rows(d);
}

static void add_events(struct database *d)
{
	begin_rows(d, "INSERT INTO events VALUES (?, ?, ?, ?, ?)");
	for (size_t i = 0; i < d->e->events.len; i++) {
		const struct export_event *event = &d->e->events.data[i];
		add_number(d, event->event);
		add_text(d, export_event_name(d->e, event));
		add_text(d, export_event_unit(d->e, event));
		add_number(d, event->count);
		add_number(d, event->period);
		end_row(d);
	}
	end_rows(d);
}

static void add_places(struct database *d)
{
	const struct profile *p = d->e->profile;

	begin_rows(d, "INSERT INTO images VALUES (?, ?, ?, ?, ?)");
	for (uint32_t i = 0; i < p->images.len; i++) {
		add_number(d, i);
		add_text(d, strtab_text(&p->strings, p->images.data[i].name));
		add_text(d, strtab_text(&p->strings, p->images.data[i].path));
		add_number(d, p->images.data[i].kernel);
		add_number(d, p->images.data[i].jit);
		end_row(d);
	}
	end_rows(d);
	begin_rows(d, "INSERT INTO frames VALUES (?, ?, ?, ?, ?)");
	for (uint32_t i = 0; i < p->frames.len; i++) {
		const struct profile_symbol *symbol = profile_frame_symbol(p, i);
		add_number(d, i);
		add_text(d, symbol->name ? strtab_text(&p->strings, symbol->name) : NULL);
		add_number(d, symbol->image);
		add_number(d, symbol->start);
		add_number(d, symbol->inlined);
		end_row(d);
	}
	end_rows(d);
}

/* Stack 0 is the empty one: it has no row, and outermost frames no parent. */
static void add_stacks(struct database *d)
{
	const struct profile *p = d->e->profile;

	begin_rows(d, "INSERT INTO stacks VALUES (?, ?, ?)");
	for (uint32_t i = 1; i < p->stacks.len; i++) {
		add_number(d, i);
		add_id(d, p->stacks.data[i].parent == STACK_EMPTY ? NO_ID : p->stacks.data[i].parent);
		add_number(d, p->stacks.data[i].frame);
		end_row(d);
	}
	end_rows(d);
	begin_rows(d, "INSERT INTO tasks VALUES (?, ?, ?, ?)");
	for (uint32_t i = 0; i < p->tasks.len; i++) {
		add_number(d, i);
		add_id(d, p->tasks.data[i].pid);
		add_id(d, p->tasks.data[i].tid);
		add_text(d, strtab_text(&p->strings, p->tasks.data[i].comm));
		end_row(d);
	}
	end_rows(d);
}

static void add_samples(struct database *d)
{
	const struct profile *p = d->e->profile;

	begin_rows(d, "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	for (size_t i = 0; i < d->e->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[d->e->samples.data[i]];
		const struct profile_origin *origin = &p->origins.data[s->origin];
		add_number(d, i + 1);
		add_number(d, origin->event);
		add_number(d, origin->task);
		add_id(d, origin->cpu);
		add_number(d, origin->time);
		add_number(d, s->stack);
		add_number(d, s->count);
		add_number(d, s->period);
		end_row(d);
	}
	end_rows(d);
}

struct error *export_sqlite_ready(void)
{
	if (libsqlite3())
		return NULL;
	return error_hint(error_create("%s is not here, or too old", LIBSQLITE3_SONAME), "Debian: libsqlite3-0");
}

struct error *export_sqlite(const struct export *e, FILE *out)
{
	struct database d = { .e = e, .lib = libsqlite3() };
	sqlite3_int64 size = 0;

	must(&d, d.lib->sqlite3_open(":memory:", &d.db), SQLITE_OK);
	must(&d, d.lib->sqlite3_exec(d.db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	must(&d, d.lib->sqlite3_exec(d.db, schema, NULL, NULL, NULL), SQLITE_OK);
	add_about(&d);
	add_events(&d);
	add_places(&d);
	add_stacks(&d);
	add_samples(&d);
	must(&d, d.lib->sqlite3_exec(d.db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	unsigned char *bytes = d.lib->sqlite3_serialize(d.db, "main", &size, 0);
	must(&d, bytes ? SQLITE_OK : SQLITE_NOMEM, SQLITE_OK);
	if (!d.failure)
		fwrite(bytes, 1, (size_t)size, out);
	d.lib->sqlite3_free(bytes);
	d.lib->sqlite3_close(d.db);
	return d.failure;
}
#else
struct error *export_sqlite_ready(void)
{
	return error_hint(error_create("this ptk was built without libsqlite3"), "Debian: libsqlite3-dev, then configure again");
}

struct error *export_sqlite(const struct export *e, FILE *out)
{
	(void)e;
	(void)out;
	return export_sqlite_ready();
}
#endif
