/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in front of a sample and of other records alike: "comm pid/tid [cpu] time: ". */
#include "cmd/script.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "cmd/put_text.h"

static uint64_t shown_time(struct script *s, uint64_t time)
{
	uint64_t shown = time;

	if (s->o->relative_time) {
		if (!s->first_time)
			s->first_time = time;
		shown = time - s->first_time;
	} else if (s->o->delta_time) {
		shown = s->previous_time ? time - s->previous_time : 0;
		s->previous_time = time;
	}
	return shown;
}

/* K, U … for the mode that the processor was in, and what the record's type has. Six columns. */
static char *put_misc(char *p, const struct script_start *start)
{
	static const char letters[8] = { 0, 'K', 'U', 'H', 'G', 'g' };
	uint16_t misc = start->misc;
	char *begin = p;

	/* The letters are numbers, but perf tests them as bits: user (2) and guest kernel (4) differ, 3 is also 1 and 2. */
	for (unsigned mode = 1; mode < 6; mode++)
		if (((misc & PERF_RECORD_MISC_CPUMODE_MASK) & mode) == mode)
			*p++ = letters[mode];
	bool mmap = start->type == PERF_RECORD_MMAP || start->type == PERF_RECORD_MMAP2;
	bool task_switch = start->type == PERF_RECORD_SWITCH || start->type == PERF_RECORD_SWITCH_CPU_WIDE;
	if (mmap && (misc & PERF_RECORD_MISC_MMAP_DATA))
		*p++ = 'M';
	if (start->type == PERF_RECORD_COMM && (misc & PERF_RECORD_MISC_COMM_EXEC))
		*p++ = 'E';
	if (task_switch && (misc & PERF_RECORD_MISC_SWITCH_OUT)) {
		*p++ = 'S';
		if (misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT)
			*p++ = 'p';
	}
	return put_spaces(p, p - begin < 6 ? (size_t)(6 - (p - begin)) : 1);
}

/* The time of day, as this machine's zone has it. */
static void add_tod(struct script *s, uint64_t time)
{
	const struct data_features *f = data_features(s->reader);
	uint64_t wall = f->clock_wall_ns + (time - f->clock_perf_ns);
	time_t seconds = (time_t)(wall / 1000000000);
	unsigned ns = (unsigned)(wall % 1000000000);
	struct tm tm;
	char date[64];

	if (!f->clock_perf_ns || !localtime_r(&seconds, &tm) || !strftime(date, sizeof(date), "%F %H:%M:%S", &tm))
		strbuf_adds(&s->out, "unknown ");
	else if (s->o->nanoseconds)
		strbuf_printf(&s->out, "%s.%09u ", date, ns);
	else
		strbuf_printf(&s->out, "%s.%06u ", date, ns / 1000);
}

static bool has_chains(const struct script *s, uint32_t event)
{
	return s->chains && (data_event(s->reader, event)->attr.sample_type & SCRIPT_STACKS);
}

/* The part that is the same for all samples of a task: "comm pid/tid ". */
static char *put_who(char *p, const struct script_who *who)
{
	uint32_t shown = who->shown;

	if (shown & FIELD_COMM) {
		size_t len = strlen(who->comm);
		if (len < 16 && who->aligned)
			p = put_spaces(p, 16 - len);
		p = put_string(p, who->comm, len);
		*p++ = ' ';
	}
	if ((shown & FIELD_PID) && (shown & FIELD_TID)) {
		p = put_id(p, who->pid, 5);
		*p++ = '/';
		char *id = p;
		p = put_id(p, who->tid, 0);
		p = put_spaces(p, p - id < 5 ? (size_t)(5 - (p - id)) : 0);
		*p++ = ' ';
	} else if (shown & (FIELD_PID | FIELD_TID)) {
		p = put_id(p, shown & FIELD_PID ? who->pid : who->tid, 5);
		*p++ = ' ';
	}
	return p;
}

/* Who is a task's, the name by its id: the text then is what it was the last time. */
static bool is_kept(const struct script_who_text *kept, const struct script_who *who, uint32_t name)
{
	return kept->len && kept->name == name && kept->pid == who->pid && kept->tid == who->tid && kept->shown == who->shown &&
	       kept->aligned == who->aligned;
}

static void keep(struct script_who_text *kept, const struct script_who *who, uint32_t name, const char *text, size_t len)
{
	if (len > sizeof(kept->text))
		return;
	*kept = (struct script_who_text){ .name = name, .pid = who->pid, .tid = who->tid, .shown = who->shown,
					  .aligned = who->aligned, .len = (uint8_t)len };
	memcpy(kept->text, text, len);
}

enum { START_MAX = 256 };		/* bytes of all but the name */

/* Appends the part that is put_who's, and makes room for the rest. */
static void add_who(struct script *s, const struct task *task, const struct script_who *who)
{
	while (task && s->whos.len <= task->id)
		(void)vec_add(&s->whos);
	struct script_who_text *kept = task ? &s->whos.data[task->id] : NULL;
	if (kept && is_kept(kept, who, task->comm)) {
		memcpy(strbuf_reserve(&s->out, START_MAX), kept->text, sizeof(kept->text));
		s->out.len += kept->len;
		return;
	}
	char *begin = strbuf_reserve(&s->out, strlen(who->comm) + START_MAX);
	size_t len = (size_t)(put_who(begin, who) - begin);
	utf8_tame(begin, len);
	s->out.len += len;
	if (kept)
		keep(kept, who, task->comm, begin, len);
	strbuf_reserve(&s->out, START_MAX);
}

void script_print_start(struct script *s, uint32_t event, const struct script_start *start)
{
	uint32_t shown = s->shown.data[event];
	struct script_who who = {
		.comm = start->task ? strtab_text(session_strings(s->session), start->task->comm) : start->comm,
		.pid = start->pid, .tid = start->tid, .shown = shown & (FIELD_COMM | FIELD_PID | FIELD_TID),
		.aligned = !((shown & FIELD_IP) && has_chains(s, event)),
	};

	add_who(s, start->task, &who);
	char *begin = s->out.data + s->out.len, *p = begin;
	if (shown & FIELD_CPU) {
		*p++ = '[';
		p = start->cpu == UINT32_MAX ? put_string(p, "-01", 3) : put_u64(p, start->cpu, 3, '0');
		*p++ = ']';
		*p++ = ' ';
	}
	if (shown & FIELD_MISC)
		p = put_misc(p, start);
	if ((shown & FIELD_TIME) && !(shown & FIELD_TOD))
		p = put_time(p, shown_time(s, start->time), s->o->nanoseconds);
	s->out.len += (size_t)(p - begin);
	if (!(shown & FIELD_TOD))
		return;
	add_tod(s, start->time);
	if (shown & FIELD_TIME) {
		begin = strbuf_reserve(&s->out, 48);
		s->out.len += (size_t)(put_time(begin, shown_time(s, start->time), s->o->nanoseconds) - begin);
	}
}
