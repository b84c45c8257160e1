/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/top_view.h"

#include "base/cleanup.h"

void top_group(const struct top *top, const struct browser_query *query, struct grouping *g)
{
	struct grouping_options options = {
		.columns = query->columns, .children = query->children, .zoom = query->zoom, .by_symbol = true,
		.symbol_part = top->o.symbol_part,
	};

	grouping_again(g, &top->live.profile, query->event, &options);
}

static void add_events(const struct top *top, uint32_t shown, struct strbuf *out)
{
	const struct event_list *list = &top->live.sampling.list;

	for (size_t e = 0; e < list->events.len; e++)
		strbuf_printf(out, shown == e && list->events.len > 1 ? "%s[%s]" : "%s%s", e ? ", " : "", list->events.data[e].name);
}

void top_header(const struct top *top, uint32_t shown, struct strbuf *out)
{
	strbuf_printf(out, "ptk top: %.0f samples/s, %llu lost, ", top->rate, (unsigned long long)live_lost(&top->live));
	add_events(top, shown, out);
	if (top->target)
		strbuf_printf(out, " on %s", top->target);
	else
		strbuf_printf(out, " on all %zu CPUs", top->live.sampling.counters->opened[0].n_cpus);
	if (top->live.hide_kernel)
		strbuf_adds(out, ", without the kernel");
	if (top->live.hide_user)
		strbuf_adds(out, ", the kernel only");
	if (top->o.symbol_part)
		strbuf_printf(out, ", symbols with %s", top->o.symbol_part);
	if (top->o.percent_limit > 0)
		strbuf_printf(out, ", rows of %g%% or more", top->o.percent_limit);
	strbuf_tame(out, 0);
}

struct error *top_columns(const struct top *top, const char *sort, bool children, struct columns *columns)
{
	struct columns_request request = {
		.sort = sort ? sort : top->o.sort ? top->o.sort : "dso,sym", .children = children, .samples = top->o.samples,
		.known = top->live.fields,
	};

	return columns_parse(&request, columns);
}

void top_dims(const struct top *top, const struct columns *columns, struct profile_dims *dims)
{
	bool chains = top->o.record.chains != CHAINS_NONE;

	*dims = (struct profile_dims){ .stacks = chains || columns->mask[COLUMN_PARENT] };
	columns_dims(columns, 0, dims);
	/* the views of the screen tell threads apart */
	dims->comm |= top->screen;
	dims->pid |= top->screen;
	dims->tid |= top->screen;
}
