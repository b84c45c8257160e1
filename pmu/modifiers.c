/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modifiers: the letters behind an event's last colon or slash.
 *
 * Naming one of user, kernel and hypervisor (u k h) leaves the others out;
 * so does host or guest (H G). The rest are switches.
 */
#include "base/cleanup.h"
#include "pmu/grammar.h"

static const char letters[] = "ukhpPGHSDIWeb";

bool modifiers_valid(struct word word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!strchr(letters, word.at[i]))
			return false;
	return word.len > 0;
}

static struct error *check(const struct grammar *g, struct word word)
{
	unsigned precise = 0;

	if (!word.len)
		return error_hint(grammar_error(g, word, "a modifier is missing"),
				  "write letters behind the colon, as in cycles:u, or leave the colon out");
	for (size_t i = 0; i < word.len; i++) {
		struct word letter = { word.at + i, 1 };
		if (!strchr(letters, word.at[i]))
			return error_hint(grammar_error(g, letter, "there is no modifier '%c'", word.at[i]),
					  "u user, k kernel, h hypervisor, H host, G guest, I not idle, p pp ppp P precise,\n"
					  "S read the group, D pinned, e exclusive, W weak group, b by BPF");
		precise += word.at[i] == 'p';
		if (word.at[i] == 'p' && precise > 3)
			return error_hint(grammar_error(g, letter, "p stands more than three times"),
					  "p is a constant skid, pp asks for none, ppp insists on none, P is the best there is");
		if (word.at[i] != 'p' && memchr(word.at, word.at[i], i))
			return grammar_error(g, letter, "modifier '%c' stands twice", word.at[i]);
	}
	return NULL;
}

static bool has(struct word word, char letter)
{
	return memchr(word.at, letter, word.len);
}

static void whom(struct event *event, struct word word)
{
	struct perf_event_attr *attr = &event->attr;
	bool user = has(word, 'u'), kernel = has(word, 'k'), hypervisor = has(word, 'h');

	if (user || kernel || hypervisor) {
		if (!(attr->exclude_user || attr->exclude_kernel || attr->exclude_hv))
			attr->exclude_user = attr->exclude_kernel = attr->exclude_hv = 1;
		if (user)
			attr->exclude_user = 0;
		if (kernel)
			attr->exclude_kernel = 0;
		if (hypervisor)
			attr->exclude_hv = 0;
		event->exclude_typed = true;
	}
	if (has(word, 'G') || has(word, 'H')) {
		if (!event->guest_typed)
			attr->exclude_guest = attr->exclude_host = 1;
		if (has(word, 'G'))
			attr->exclude_guest = 0;
		if (has(word, 'H'))
			attr->exclude_host = 0;
		event->guest_typed = event->exclude_typed = true;
	} else if ((user || has(word, 'p')) && !event->guest_typed && !event->per_package) {
		/* Precise samples of a guest do not exist, and a guest's users are not ours. */
		attr->exclude_guest = 1;
	}
	if (has(word, 'I'))
		attr->exclude_idle = 1;
}

static void switches(struct event *event, struct word word, bool leader)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.at[i] == 'p' && event->attr.precise_ip < 3)
			event->attr.precise_ip++;
	if (has(word, 'P'))
		event->precise_max = 1;
	if (has(word, 'S'))
		event->sample_read = true;
	if (has(word, 'W'))
		event->weak_group = true;
	if (leader && has(word, 'D'))
		event->attr.pinned = 1;
	if (leader && has(word, 'e'))
		event->attr.exclusive = 1;
}

struct error *modifiers_apply(struct grammar *g, struct word word, size_t first, bool group)
{
	TRY(check(g, word));
	if (has(word, 'b'))
		notes_add(g->notes, "modifier b has no effect: ptk counts without BPF");
	for (size_t i = first; i < g->list->events.len; i++) {
		struct event *event = &g->list->events.data[i];

		/* As in perf: any modifier takes the place of the default, which leaves guests out. */
		if (!group)
			event->attr.exclude_guest = 0;
		whom(event, word);
		switches(event, word, event->leader == i);
	}
	return NULL;
}
