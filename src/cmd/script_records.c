/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records that are no samples, as text: for --show-…-events and -D. */
#include "cmd/script.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

/* What ends the line. */
static void add_name(struct strbuf *out, const char *name)
{
	strbuf_add_tame(out, name);
	strbuf_addc(out, '\n');
}

static void print_mmap(struct strbuf *out, const struct record_mmap *m, bool second, uint16_t misc)
{
	strbuf_printf(out, " %d/%d: [%#" PRIx64 "(%#" PRIx64 ") @ %#" PRIx64, (int)m->pid, (int)m->tid,
		      m->start, m->len, m->pgoff);
	if (!second) {
		strbuf_printf(out, "]: %c ", misc & PERF_RECORD_MISC_MMAP_DATA ? 'r' : 'x');
		add_name(out, m->filename);
		return;
	}
	if (m->build_id_size) {
		strbuf_adds(out, " <");
		for (unsigned i = 0; i < m->build_id_size; i++)
			strbuf_printf(out, "%02x", m->build_id[i]);
		strbuf_addc(out, '>');
	} else {
		strbuf_printf(out, " %02x:%02x %" PRIu64 " %" PRIu64, m->maj, m->min, m->ino, m->ino_generation);
	}
	strbuf_printf(out, "]: %c%c%c%c ", m->prot & PROT_READ ? 'r' : '-', m->prot & PROT_WRITE ? 'w' : '-',
		      m->prot & PROT_EXEC ? 'x' : '-', m->flags & MAP_SHARED ? 's' : 'p');
	add_name(out, m->filename);
}

static void print_namespaces(struct strbuf *out, const struct record_namespaces *ns)
{
	/* by their index in the record: NET_NS_INDEX … of linux/perf_event.h */
	static const char *const names[] = { "net", "uts", "ipc", "pid", "user", "mnt", "cgroup" };

	strbuf_printf(out, " %d/%d - nr_namespaces: %u\n\t\t[", (int)ns->pid, (int)ns->tid, (unsigned)ns->n);
	for (uint64_t i = 0; i < ns->n; i++)
		strbuf_printf(out, "%s%u/%s: %" PRIu64 "/%#" PRIx64 "%s", i && i % 4 == 0 ? "\n\t\t " : "", (unsigned)i,
			      i < 7 ? names[i] : "unknown", (uint64_t)ns->links[i].dev, (uint64_t)ns->links[i].ino,
			      i + 1 < ns->n ? ", " : "]\n");
	if (!ns->n)
		strbuf_adds(out, "]\n");
}

static void print_switch(struct strbuf *out, const struct record_switch *s, bool wide)
{
	const char *way = !s->out ? "IN         " : s->preempt ? "OUT preempt" : "OUT        ";

	if (wide)
		strbuf_printf(out, " %s  %s pid/tid: %5d/%-5d\n", way, s->out ? "next" : "prev",
			      (int)s->next_prev_pid, (int)s->next_prev_tid);
	else
		strbuf_printf(out, " %s\n", way);
}

static bool print_task(struct strbuf *out, const struct perf_event_header *record, size_t trailer)
{
	struct record_comm comm;
	struct record_fork fork;

	if (record->type == PERF_RECORD_COMM) {
		if (!record_comm(record, trailer, &comm))
			return false;
		strbuf_adds(out, comm.exec ? " exec: " : ": ");
		strbuf_add_tame(out, comm.comm);
		strbuf_printf(out, ":%d/%d\n", (int)comm.pid, (int)comm.tid);
		return true;
	}
	if (!record_fork(record, trailer, &fork))
		return false;
	strbuf_printf(out, "(%d:%d):(%d:%d)\n", (int)fork.pid, (int)fork.tid, (int)fork.ppid, (int)fork.ptid);
	return true;
}

static bool print_kernel(struct strbuf *out, const struct perf_event_header *record, size_t trailer)
{
	struct record_ksymbol k;
	struct record_bpf_event b;
	struct record_cgroup c;

	switch (record->type) {
	case PERF_RECORD_KSYMBOL:
		if (!record_ksymbol(record, trailer, &k))
			return false;
		strbuf_printf(out, " addr %" PRIx64 " len %u type %u flags 0x%x name ", k.addr, k.len, k.type, k.flags);
		add_name(out, k.name);
		return true;
	case PERF_RECORD_BPF_EVENT:
		if (!record_bpf_event(record, trailer, &b))
			return false;
		strbuf_printf(out, " type %u, flags %u, id %u\n", b.type, b.flags, b.id);
		return true;
	default:
		if (!record_cgroup(record, trailer, &c))
			return false;
		strbuf_printf(out, " cgroup: %" PRIu64 " ", c.id);
		add_name(out, c.path);
		return true;
	}
}

/* False: nothing was appended, the record's contents do not fit its size or nobody knows the type. */
static bool print_record(struct strbuf *out, const struct perf_event_header *record, size_t trailer)
{
	struct record_mmap m;
	struct record_lost lost;
	struct record_namespaces ns;
	struct record_switch sw;
	bool good = false;

	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		if ((good = record_mmap(record, trailer, &m)))
			print_mmap(out, &m, record->type == PERF_RECORD_MMAP2, record->misc);
		return good;
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		return print_task(out, record, trailer);
	case PERF_RECORD_NAMESPACES:
		if ((good = record_namespaces(record, trailer, &ns)))
			print_namespaces(out, &ns);
		return good;
	case PERF_RECORD_SWITCH:
	case PERF_RECORD_SWITCH_CPU_WIDE:
		if ((good = record_switch(record, trailer, &sw)))
			print_switch(out, &sw, record->type == PERF_RECORD_SWITCH_CPU_WIDE);
		return good;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		if ((good = record_lost(record, trailer, &lost)))
			strbuf_printf(out, " lost %" PRIu64 "\n", lost.lost);
		return good;
	case PERF_RECORD_KSYMBOL:
	case PERF_RECORD_BPF_EVENT:
	case PERF_RECORD_CGROUP:
		return print_kernel(out, record, trailer);
	default:
		return false;
	}
}

void script_print_record(struct strbuf *out, const struct perf_event_header *record, size_t trailer)
{
	if (!print_record(out, record, trailer))
		strbuf_addc(out, '\n');
}

static bool asked_for(const struct script_options *o, uint32_t type)
{
	switch (type) {
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		return o->show_task;
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		return o->show_mmap;
	case PERF_RECORD_SWITCH:
	case PERF_RECORD_SWITCH_CPU_WIDE:
		return o->show_switch;
	case PERF_RECORD_NAMESPACES:
		return o->show_namespaces;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		return o->show_lost;
	case RECORD_FINISHED_ROUND:
		return o->show_round;
	case PERF_RECORD_KSYMBOL:
	case PERF_RECORD_BPF_EVENT:
		return o->show_bpf;
	case PERF_RECORD_CGROUP:
		return o->show_cgroup;
	case PERF_RECORD_TEXT_POKE:
		return o->show_text_poke;
	default:
		return false;
	}
}

/* Whom the record is about: most begin with the pid and tid; for the others it is who was running. */
static void about(const struct perf_event_header *record, const struct sample_id *id, uint32_t *pid, uint32_t *tid)
{
	const uint32_t *body = (const uint32_t *)(record + 1);
	bool fork = record->type == PERF_RECORD_FORK || record->type == PERF_RECORD_EXIT;

	*pid = id->pid;
	*tid = id->tid;
	switch (record->type) {
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
	case PERF_RECORD_NAMESPACES:
		if (record->size >= sizeof(*record) + 16) {
			*pid = body[0];
			*tid = body[fork ? 2 : 1];
		}
	}
}

void script_show_record(struct script *s, const struct perf_event_header *record, uint32_t event,
			const struct sample_id *id)
{
	uint32_t pid, tid;

	if (!asked_for(s->o, record->type))
		return;
	if (record->type == RECORD_FINISHED_ROUND && s->json) {
		return;
	} else if (record->type == RECORD_FINISHED_ROUND) {
		strbuf_printf(&s->out, "%s\n", record_type_name(record->type));
		return;
	}
	if (id->cpu != UINT32_MAX && !script_filter_cpu(s, id->cpu))
		return;
	event = event == NO_ID ? 0 : event;
	about(record, id, &pid, &tid);
	const struct task *task = session_task_now(s->session, pid, tid);
	const char *comm = strtab_text(session_strings(s->session), task->comm);
	size_t trailer = (size_t)data_event(s->reader, event)->layout.id_words * 8;
	if (s->json) {
		autostrbuf struct strbuf text = { 0 };
		script_print_record(&text, record, trailer);
		script_json_record(s, record->type, comm, id, strbuf_str(&text));
		return;
	}
	script_print_start(s, event, &(struct script_start){
		.comm = comm,
		.pid = id->pid, .tid = id->tid, .cpu = id->cpu, .time = id->time,
		.misc = record->misc, .type = record->type,
	});
	strbuf_adds(&s->out, record_type_name(record->type));
	script_print_record(&s->out, record, trailer);
}
