/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kprobe:FUNCTION[+OFFSET], kretprobe:FUNCTION, uprobe:FILE:FUNCTION[+OFFSET], uretprobe:FILE:FUNCTION: probes
 * that are there while the event is open, by the kernel's kprobe and uprobe PMUs (perf_event_open(2), kprobe_func).
 */
#include <errno.h>
#include <limits.h>

#include "base/cleanup.h"
#include "pmu/grammar.h"
#include "pmu/parse.h"

struct probe_word {
	struct word kind, file, function, modifiers;
	uint64_t offset;
	bool returns, user;
};

static const struct probe_kind { const char *name; bool returns, user; } kinds[] = {
	{ "kprobe", false, false }, { "kretprobe", true, false }, { "uprobe", false, true }, { "uretprobe", true, true },
};

bool probe_event_is(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i].name);
		if (!strncmp(text, kinds[i].name, len) && text[len] == ':')
			return true;
	}
	return false;
}

static struct word last_part(struct word *word)
{
	for (size_t i = word->len; i-- > 0; )
		if (word->at[i] == ':') {
			struct word last = { word->at + i + 1, word->len - i - 1 };
			word->len = i;
			return last;
		}
	return (struct word){ word->at + word->len, 0 };
}

static struct error *split(const struct grammar *g, struct word word, struct probe_word *p)
{
	struct word rest;

	p->kind = word_up_to(word, ':');
	rest = word_behind(word, p->kind);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (word_is(p->kind, kinds[i].name)) {
			p->returns = kinds[i].returns;
			p->user = kinds[i].user;
		}
	/* Modifiers are behind one colon more than there has to be. */
	struct word short_ = rest, last = last_part(&short_);
	bool more = last.at > rest.at + 1 && short_.len < rest.len && (!p->user || memchr(short_.at, ':', short_.len));
	if (more && modifiers_valid(last)) {
		p->modifiers = last;
		rest = short_;
	}
	p->function = p->user ? last_part(&rest) : rest;
	p->file = p->user ? rest : (struct word){ 0 };
	if (!p->function.len || (p->user && !p->file.len))
		return error_hint(grammar_error(g, word, p->user ? "a file and a function belong here" : "a function belongs here"),
				  p->user ? "as in uprobe:/bin/bash:readline or uprobe:./program:0x1234" : "as in kprobe:tcp_sendmsg or kprobe:tcp_sendmsg+4");
	struct word head = word_up_to(p->function, '+');
	if (head.len < p->function.len) {
		struct word digits = word_behind(p->function, head);
		if (!word_number(digits, &p->offset))
			return grammar_error(g, digits, "this is no offset in bytes");
		p->function = head;
	}
	return NULL;
}

/* The file's real path, and where in it the function begins. */
static struct error *user_place(struct grammar *g, struct probe_word *p, char **path)
{
	autofree char *file = xstrndup(p->file.at, p->file.len), *function = xstrndup(p->function.at, p->function.len);
	uint64_t offset;

	*path = realpath(file, NULL);
	if (!*path)
		return error_at(error_os(errno, "cannot open %s", file), g->text, (size_t)(p->file.at - g->text), p->file.len);
	if (word_number(p->function, &offset)) {
		p->offset += offset;
		return NULL;
	}
	struct error *err = g->pmus->find_function ? g->pmus->find_function(*path, function, &offset) :
						     error_create("functions of programs cannot be looked up here");
	if (err) {
		free(*path);
		return error_at(err, g->text, (size_t)(p->function.at - g->text), p->function.len);
	}
	p->offset += offset;
	return NULL;
}

static struct pmu *find_pmu(struct grammar *g, const char *name)
{
	pmus_list(g->pmus);
	for (size_t i = 0; i < g->pmus->pmus.len; i++)
		if (!strcmp(g->pmus->pmus.data[i].name, name) && pmu_read(g->pmus, &g->pmus->pmus.data[i]))
			return &g->pmus->pmus.data[i];
	return NULL;
}

/* The bit that asks for the return: "config:0" in every kernel so far. */
static uint64_t return_bit(struct grammar *g, struct pmu *pmu)
{
	pmu_read_formats(g->pmus, pmu);
	for (size_t i = 0; i < pmu->formats.len; i++)
		if (!strcmp(pmu->formats.data[i].name, "retprobe") && pmu->formats.data[i].n_ranges && pmu->formats.data[i].ranges[0].low < 64)
			return 1ull << pmu->formats.data[i].ranges[0].low;
	return 1;
}

struct error *probe_event_add(struct grammar *g, struct word word)
{
	struct probe_word p = { 0 };
	size_t first = g->list->events.len;
	char *path = NULL;

	TRY(split(g, word, &p));
	struct pmu *pmu = find_pmu(g, p.user ? "uprobe" : "kprobe");
	if (!pmu)
		return error_hint(grammar_error(g, p.kind, "this kernel has no %s events", p.user ? "uprobe" : "kprobe"),
				  "it needs %s and Linux 4.17", p.user ? "CONFIG_UPROBE_EVENTS" : "CONFIG_KPROBE_EVENTS");
	if (p.returns && p.offset)
		return grammar_error(g, p.function, "the return of a function has no offset");
	if (p.user)
		TRY(user_place(g, &p, &path));
	struct event *event = grammar_add(g, EVENT_PMU, word, pmu->type, p.returns ? return_bit(g, pmu) : 0);
	event->pmu = xstrdup(pmu->name);
	event->probe_path = path ? path : xstrndup(p.function.at, p.function.len);
	event->attr.config1 = (uintptr_t)event->probe_path;	/* kprobe_func, uprobe_path */
	event->attr.config2 = p.offset;				/* probe_offset */
	return p.modifiers.len ? modifiers_apply(g, p.modifiers, first, false) : NULL;
}

void pmus_set_functions(struct pmus *pmus, pmus_find_function *find)
{
	pmus->find_function = find;
}
