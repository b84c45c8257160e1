/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folded stacks, read: "command;outermost;…;innermost NUMBER" a line. The
 * first part is taken for the command, as all that perf's and ptk's stacks
 * are folded by write it. "[NAME]" is a place in that image which has no
 * symbol; _[k], _[j] and _[i] behind a name mark code of the kernel, of a
 * JIT, and inlined functions.
 */
#include "profile/folded.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

struct folded {
	const struct foreign_request *request;
	struct profile *profile;
	uint32_t event;
	VEC(uint32_t) frames;
	uint64_t lines, damaged;
};

enum { MARK_LEN = 4 };

static uint32_t marked_frame(struct folded *f, const char *name, size_t len)
{
	static const char *const marks[] = { "_[k]", "_[j]", "_[i]" };
	struct profile *p = f->profile;
	char mark = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (len > MARK_LEN && !memcmp(name + len - MARK_LEN, marks[i], MARK_LEN))
			mark = marks[i][2];
	len -= mark ? MARK_LEN : 0;
	struct profile_image image = { .kernel = mark == 'k', .jit = mark == 'j' };
	if (len > 2 && name[0] == '[' && name[len - 1] == ']') {
		/* the kernel's image is called so itself */
		bool kernel = memmem(name, len, "kernel", 6) || mark == 'k';
		image.name = image.path = kernel ? strtab_id_n(&p->strings, name, len) : strtab_id_n(&p->strings, name + 1, len - 2);
		image.kernel |= kernel;
		return foreign_frame(p, &image, 0, 0, false);
	}
	image.name = image.path = strtab_id(&p->strings, image.kernel ? "[kernel.kallsyms]" : "");
	return foreign_frame(p, &image, strtab_id_n(&p->strings, name, len), 0, mark == 'i');
}

/* The number behind the last blank, without what stands behind a point; the length of the stack. False: there is none. */
static bool take_number(const char *line, size_t len, uint64_t *value, size_t *stack_len)
{
	const char *blank = memrchr(line, ' ', len), *end = line + len, *at;

	if (!blank || blank == line)
		return false;
	*value = 0;
	for (at = blank + 1; at < end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, (uint64_t)(*at - '0'), value))
			return false;
	bool digits = at > blank + 1;
	if (at < end && *at == '.')
		for (at++; at < end && *at >= '0' && *at <= '9';)
			at++;
	*stack_len = (size_t)(blank - line);
	return digits && at == end;
}

static bool take_line(struct folded *f, const char *line, size_t len)
{
	uint64_t value;
	size_t end, command;

	if (!take_number(line, len, &value, &end) || memchr(line, '\0', end))
		return false;
	const char *semicolon = memchr(line, ';', end);
	command = semicolon ? (size_t)(semicolon - line) : end;
	vec_clear(&f->frames);
	for (size_t at = command + 1; at < end;) {
		const char *next = memchr(line + at, ';', end - at);
		size_t part = next ? (size_t)(next - line) - at : end - at;
		vec_push(&f->frames, marked_frame(f, line + at, part));
		at += part + 1;
	}
	if (!f->frames.len)
		vec_push(&f->frames, marked_frame(f, "[unknown]", strlen("[unknown]")));
	if (value)
		foreign_add(f->profile, f->request, &(struct foreign_sample){
			.event = f->event, .comm = strtab_id_n(&f->profile->strings, line, command), .pid = NO_ID, .tid = NO_ID,
			.frames = f->frames.data, .n = f->frames.len, .count = value, .period = value });
	return true;
}

bool folded_looks(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);
	size_t n = end ? (size_t)(end - text) : len, digits = 0;

	n -= n && text[n - 1] == '\r';
	while (digits < n && isdigit((unsigned char)text[n - 1 - digits]))
		digits++;
	return digits && digits + 1 < n && text[n - 1 - digits] == ' ' && !memchr(text, '\0', n);
}

struct error *folded_read(const char *text, size_t len, const struct foreign_request *request,
				  struct profile *profile, struct notes *notes)
{
	struct folded f = { .request = request, .profile = profile, .event = foreign_event(profile, "samples", NULL) };

	for (size_t at = 0; at < len;) {
		const char *newline = memchr(text + at, '\n', len - at);
		size_t line = newline ? (size_t)(newline - text) - at : len - at, shown = line;
		shown -= shown && text[at + shown - 1] == '\r';
		f.lines += shown > 0;
		f.damaged += shown > 0 && !take_line(&f, text + at, shown);
		at += line + 1;
	}
	vec_deinit(&f.frames);
	if (f.lines && f.damaged == f.lines)
		return error_create("%s has no line of folded stacks", request->name);
	if (f.damaged)
		notes_add(notes, "%" PRIu64 " of %" PRIu64 " lines are no folded stacks, and are left out", f.damaged, f.lines);
	return NULL;
}
