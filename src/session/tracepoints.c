/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libtraceevent trusts the formats and the samples it is given; a file may
 * say anything. So a sample's bytes are put at the beginning of a buffer of
 * zeros that is longer than anything a field can point to (a static field
 * ends below FIELD_MAX, else its event is shown raw; a dynamic one is at most
 * 64 KiB long and begins at most 64 KiB behind a field), and what is read
 * there is harmless. And a format that a file brings is tried by a child
 * first: libtraceevent dies of some that no kernel writes, in its parser,
 * whose rules are nowhere to be had but in itself.
 */
#include "config.h"

#include "session/tracepoints.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/dynlib.h"
#include "base/hash.h"
#include "session/tracepoint_formats.h"

enum { FIELD_MAX = 64 << 10, BUFFER_SIZE = FIELD_MAX + (192 << 10) };

#ifdef HAVE_LIBTRACEEVENT
#include <traceevent/event-parse.h>
#include <traceevent/trace-seq.h>

#define LIBTRACEEVENT_FUNCTIONS(F) \
	F(tep_alloc) F(tep_free) F(tep_parse_event) F(tep_find_event) F(tep_print_event) \
	F(tep_register_print_string) F(tep_set_function_resolver) F(tep_set_long_size) \
	F(tep_set_page_size) F(tep_set_file_bigendian) F(tep_set_local_bigendian) F(tep_set_loglevel) \
	F(tep_set_flag) F(trace_seq_init) F(trace_seq_reset) F(trace_seq_destroy)
DYNLIB_DECLARE(libtraceevent, LIBTRACEEVENT_FUNCTIONS);
DYNLIB_DEFINE(libtraceevent, LIBTRACEEVENT_SONAME, LIBTRACEEVENT_FUNCTIONS);

struct tracepoints {
	struct tracepoints_options options;
	struct tracepoint_formats formats;
	struct notes *notes;
	struct map64 events;		/* event id to struct tep_event *, 0: none that can be used */
	const struct libtraceevent *lib;
	struct tep_handle *tep;
	struct trace_seq text;
	char *buffer;
};

/* The kernel function at an address, for %pS and the like. */
static char *resolve(void *priv, unsigned long long *address, char **module)
{
	struct tracepoints *t = priv;
	const struct tracepoints_options *o = &t->options;
	uint32_t image = images_kernel_at(o->images, *address);
	const struct session_symbol *symbol;

	if (image == NO_ID)
		return NULL;
	symbol = images_symbol_get(o->images, images_symbol(o->images, image, *address, NULL));
	if (!symbol->name)
		return NULL;
	*address = symbol->start;
	const struct session_image *in = images_get(o->images, image);
	*module = in->kind == IMAGE_MODULE ? (char *)strtab_text(o->strings, in->name) : NULL;
	return (char *)strtab_text(o->strings, symbol->name);
}

/*
 * Lines of "0xADDRESS : "text"", which formats point into. libtraceevent
 * looks for "\n" at the end of a text without asking whether there are so
 * many characters: shorter ones are not shown to it.
 */
#define PRINTK_MIN 4

static void add_printk(struct tracepoints *t)
{
	autofree char *text = xstrndup(t->formats.data.printk.at ? t->formats.data.printk.at : "", t->formats.data.printk.len);
	char *next = NULL;

	for (char *line = strtok_r(text, "\n", &next); line; line = strtok_r(NULL, "\n", &next)) {
		char *colon = strchr(line, ':');
		if (colon && colon[1] && strlen(colon + 2) >= PRINTK_MIN)
			t->lib->tep_register_print_string(t->tep, colon + 2, strtoull(line, NULL, 16));
	}
}

static void start(struct tracepoints *t)
{
	uint16_t one = 1;
	bool big = !*(const char *)&one;
	const struct tracing_data *d = &t->formats.data;

	t->tep = t->lib->tep_alloc();
	if (!t->tep)
		return;
	t->lib->tep_set_loglevel(TEP_LOG_NONE);
	t->lib->tep_set_flag(t->tep, TEP_NSEC_OUTPUT);
	t->lib->tep_set_local_bigendian(t->tep, big ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
	t->lib->tep_set_file_bigendian(t->tep, (d->long_size ? d->big_endian : big) ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
	t->lib->tep_set_long_size(t->tep, d->long_size ? d->long_size : (int)sizeof(long));
	if (d->page_size)
		t->lib->tep_set_page_size(t->tep, (int)d->page_size);
	if (t->options.images)
		t->lib->tep_set_function_resolver(t->tep, resolve, t);
	add_printk(t);
	t->lib->trace_seq_init(&t->text);
	t->buffer = xcalloc(1, BUFFER_SIZE);
}

struct tracepoints *tracepoints_create(const struct tracepoints_options *options, struct notes *notes)
{
	struct tracepoints *t = xcalloc(1, sizeof(*t));

	t->options = *options;
	t->notes = notes;
	t->lib = libtraceevent();
	if (!tracepoint_formats_init(&t->formats, options->tracing_data, options->tracing_size, options->os))
		notes_add(notes, "the file's tracing data is damaged: fields of tracepoints may be missing");
	if (t->lib)
		start(t);
	else
		notes_add(notes, "%s is not here: tracepoints are shown as bytes (Debian: libtraceevent1)", LIBTRACEEVENT_SONAME);
	return t;
}

void tracepoints_destroy(struct tracepoints *t)
{
	if (!t)
		return;
	if (t->tep) {
		t->lib->trace_seq_destroy(&t->text);
		t->lib->tep_free(t->tep);
	}
	tracepoint_formats_deinit(&t->formats);
	map64_deinit(&t->events);
	free(t->buffer);
	free(t);
}

/* Every number behind "offset:" and "size:" of a format, common fields as well, is small enough. */
static bool numbers_fit(struct tracing_piece text, const char *word)
{
	const char *end = text.at + text.len, *at = text.at;
	size_t len = strlen(word);

	while ((at = memmem(at, (size_t)(end - at), word, len))) {
		uint32_t value = 0;
		for (at += len; at < end && isdigit((unsigned char)*at) && value < FIELD_MAX; at++)
			value = value * 10 + (uint32_t)(*at - '0');
		if (value >= FIELD_MAX / 2 || (at < end && *at == '-'))
			return false;
	}
	return true;
}

/*
 * The kernel prints signed bytes and shorts of dynamic probes with %d, which libtraceevent takes to be an int, so
 * that -1 came out as 255: gives the format with %hhd and %hd there. Empty for other events.
 */
static void narrow_numbers(struct tracing_piece text, struct strbuf *out)
{
	const char *end = text.at + text.len, *fmt = memmem(text.at, text.len, "print fmt:", strlen("print fmt:"));
	const char *name = NULL;

	if (!fmt || !memmem(text.at, text.len, " __probe_", strlen(" __probe_")))
		return;
	strbuf_add(out, text.at, (size_t)(fmt - text.at));
	for (const char *at = fmt; at < end; at++) {
		strbuf_addc(out, *at);
		if (*at == ' ')
			name = at + 1;
		/* NAME=%d */
		if (*at != '%' || at + 1 == end || at[1] != 'd' || !name || at - name < 2 || at[-1] != '=')
			continue;
		autofree char *byte = xasprintf("field:s8 %.*s;", (int)(at - 1 - name), name);
		autofree char *half = xasprintf("field:s16 %.*s;", (int)(at - 1 - name), name);
		if (memmem(text.at, (size_t)(fmt - text.at), byte, strlen(byte)))
			strbuf_adds(out, "hh");
		else if (memmem(text.at, (size_t)(fmt - text.at), half, strlen(half)))
			strbuf_addc(out, 'h');
	}
}

static struct tep_event *parse_now(struct tracepoints *t, struct tracing_piece text, const char *system, uint64_t id)
{
	if (t->lib->tep_parse_event(t->tep, text.at, text.len, system))
		return NULL;
	return t->lib->tep_find_event(t->tep, (int)id);
}

static void print_now(struct tracepoints *t, uint32_t cpu, uint32_t size)
{
	struct tep_record record = { .cpu = (int)cpu, .size = (int)size, .data = t->buffer };

	t->lib->trace_seq_reset(&t->text);
	t->lib->tep_print_event(t->tep, &t->text, &record, "%s", TEP_PRINT_INFO);
}

/* Dies in silence, and after a while in any case. */
static void be_mortal(void)
{
	static const int deaths[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM };
	enum { PATIENCE = 5 };	/* seconds */
	const struct rlimit none = { 0 };
	sigset_t all;

	for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++)
		signal(deaths[i], SIG_DFL);
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setrlimit(RLIMIT_CORE, &none);
	close(STDERR_FILENO);
	alarm(PATIENCE);
}

/* Does a child come to its end that parses the format and prints a sample of zeros? */
static bool is_survived(struct tracepoints *t, struct tracing_piece text, const char *system, uint64_t id)
{
	enum { SAMPLE_SIZE = 256 };
	int status = 0;
	pid_t child = fork();

	if (!child) {
		be_mortal();
		if (!parse_now(t, text, system, id))
			_exit(1);
		uint16_t type = (uint16_t)id;	/* the first field of every event, common_type */
		memcpy(t->buffer, &type, sizeof(type));
		print_now(t, 0, SAMPLE_SIZE);
		_exit(0);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

static struct tep_event *parse(struct tracepoints *t, struct tracing_piece text, const char *system, uint64_t id)
{
	bool of_file = text.at != strbuf_str(&t->formats.local);
	autostrbuf struct strbuf narrowed = { 0 };

	if (text.len > INT32_MAX || !numbers_fit(text, "offset:") || !numbers_fit(text, "size:"))
		return NULL;
	narrow_numbers(text, &narrowed);
	if (narrowed.len)
		text = (struct tracing_piece){ narrowed.data, narrowed.len };
	return of_file && !is_survived(t, text, system, id) ? NULL : parse_now(t, text, system, id);
}

static struct tep_event *event_of(struct tracepoints *t, uint64_t id, const char *name)
{
	bool added;
	uint64_t *place = map64_put(&t->events, id, &added);
	struct tep_event *event = NULL;
	struct tracing_piece text;

	if (!added)
		return (struct tep_event *)(uintptr_t)*place;
	if (tracepoint_formats_find(&t->formats, id, name, &text)) {
		autofree char *system = xstrndup(name, strcspn(name, ":"));
		event = parse(t, text, system, id);
		if (!event)
			notes_add(t->notes, "the format of %s is damaged: its samples are shown as bytes", name);
	} else {
		notes_add(t->notes, "the recording lacks formats of its tracepoints: their samples are shown as bytes");
	}
	*place = (uintptr_t)event;
	return event;
}

/* The event, with the sample's bytes in the buffer, which the caller clears again; NULL when it is not known. */
static struct tep_event *with_sample(struct tracepoints *t, uint64_t id, const char *name, const void *raw, uint32_t size)
{
	struct tep_event *event = NULL;

	if (t->tep && size <= FIELD_MAX && id <= INT32_MAX)
		event = event_of(t, id, name);
	if (event)
		memcpy(t->buffer, raw, size);
	return event;
}

static bool print_known(struct tracepoints *t, uint64_t id, const char *name, uint32_t cpu,
			const void *raw, uint32_t size, struct strbuf *out)
{
	if (!with_sample(t, id, name, raw, size))
		return false;
	print_now(t, cpu, size);
	memset(t->buffer, 0, size);
	strbuf_add(out, t->text.buffer, t->text.len);
	return true;
}
static uint64_t number_at(const char *at, int size, bool is_signed)
{
	union { uint8_t u8; uint16_t u16; uint32_t u32; uint64_t u64; } v = { 0 };

	memcpy(&v, at, (size_t)size);
	switch (size) {
	case 1:
		return is_signed ? (uint64_t)(int8_t)v.u8 : v.u8;
	case 2:
		return is_signed ? (uint64_t)(int16_t)v.u16 : v.u16;
	case 4:
		return is_signed ? (uint64_t)(int32_t)v.u32 : v.u32;
	default:
		return v.u64;
	}
}

static struct tracepoint_value value_of(const struct tracepoints *t, const struct tep_format_field *f)
{
	struct tracepoint_value value = { .kind = TRACEPOINT_BYTES, .bytes = t->buffer + f->offset, .len = (size_t)f->size };
	bool is_signed = f->flags & TEP_FIELD_IS_SIGNED;

	if (f->flags & TEP_FIELD_IS_DYNAMIC) {
		/* 16 bits where, from the record's start or the field's end, and above them 16 bits how long */
		uint32_t place = (uint32_t)number_at(value.bytes, sizeof(place), false);
		value.bytes = t->buffer + (place & UINT16_MAX) + (f->flags & TEP_FIELD_IS_RELATIVE ? f->offset + f->size : 0);
		value.len = place >> 16;
	} else if (!(f->flags & (TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_STRING)) &&
		   (f->size == 1 || f->size == 2 || f->size == 4 || f->size == 8)) {
		value.kind = is_signed ? TRACEPOINT_SIGNED : TRACEPOINT_UNSIGNED;
		value.number = number_at(value.bytes, f->size, is_signed);
	}
	if (f->flags & TEP_FIELD_IS_STRING) {
		value.kind = TRACEPOINT_TEXT;
		value.len = strnlen(value.bytes, value.len);
	}
	return value;
}

bool tracepoints_fields(struct tracepoints *t, uint64_t id, const char *name, const void *raw, uint32_t size,
			void (*take)(void *ctx, const char *field, const struct tracepoint_value *value), void *ctx)
{
	struct tep_event *event;

	if (!(event = with_sample(t, id, name, raw, size)))
		return false;
	for (const struct tep_format_field *f = event->format.fields; f; f = f->next) {
		struct tracepoint_value value = value_of(t, f);
		take(ctx, f->name, &value);
	}
	memset(t->buffer, 0, size);
	return true;
}
#else
struct tracepoints {
	int unused;
};

bool tracepoints_fields(struct tracepoints *t, uint64_t id, const char *name, const void *raw, uint32_t size,
			void (*take)(void *ctx, const char *field, const struct tracepoint_value *value), void *ctx)
{
	return false;
}

struct tracepoints *tracepoints_create(const struct tracepoints_options *options, struct notes *notes)
{
	notes_add(notes, "this ptk was built without libtraceevent: tracepoints are shown as bytes");
	return xcalloc(1, sizeof(struct tracepoints));
}

void tracepoints_destroy(struct tracepoints *t)
{
	free(t);
}

static bool print_known(struct tracepoints *t, uint64_t id, const char *name, uint32_t cpu,
			const void *raw, uint32_t size, struct strbuf *out)
{
	return false;
}
#endif

void tracepoints_print(struct tracepoints *t, uint64_t id, const char *name, uint32_t cpu,
		       const void *raw, uint32_t size, struct strbuf *out)
{
	const uint8_t *bytes = raw;

	if (print_known(t, id, name, cpu, raw, size, out))
		return;
	strbuf_printf(out, "raw[%u]", size);
	for (uint32_t i = 0; i < size; i++)
		strbuf_printf(out, " %02x", bytes[i]);
}
