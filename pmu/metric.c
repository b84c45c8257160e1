/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of metrics: rows of files and those that ptk comes with. */
#include "pmu/metric.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { TABLE_MAX = 1 << 20, FIELDS = 5 };

void metric_deinit(struct metric *m)
{
	free(m->name);
	free(m->group);
	free(m->unit);
	free(m->text);
	free(m->help);
	metric_expr_deinit(&m->expr);
}

static char *trimmed(const char *s, size_t len)
{
	while (len && isspace((unsigned char)*s))
		s++, len--;
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	return xstrndup(s, len);
}

static struct error *row_error(const char *line, const char *name, unsigned number, const char *what)
{
	return error_hint(error_context(error_at(error_usage("%s", what), line, 0, strlen(line)), "%s, line %u", name, number),
			  "a row is: NAME | GROUP | UNIT | EXPRESSION | WHAT IT IS");
}

static struct error *add_row(struct metric_table *table, const char *line, const char *name, unsigned number)
{
	char *fields[FIELDS] = { 0 };
	size_t n = 0;
	struct error *err = NULL;

	for (const char *p = line; n < FIELDS; n++, p++) {
		size_t len = n < FIELDS - 1 ? strcspn(p, "|") : strlen(p);
		fields[n] = trimmed(p, len);
		p += len;
		if (!*p) {
			n++;
			break;
		}
	}
	struct metric m = { fields[0], fields[1], fields[2], fields[3], fields[4], .expr = { .root = 0 } };
	if (n < FIELDS || !*m.name || !*m.text)
		err = row_error(line, name, number, n < FIELDS ? "fewer than five fields" : "a metric needs a name and an expression");
	else if (strpbrk(m.name, ", \t*?[\""))
		err = row_error(line, name, number, "a metric's name is one word, without , * ? [ or quotes");
	else if ((err = metric_expr_parse(m.text, &m.expr)))
		err = error_context(err, "%s, line %u: metric %s", name, number, m.name);
	if (err)
		metric_deinit(&m);
	else
		vec_push(&table->metrics, m);
	return err;
}

struct error *metric_table_add(struct metric_table *table, const char *text, const char *name)
{
	unsigned number = 0;

	for (const char *p = text; *p; p += *p == '\n') {
		size_t len = strcspn(p, "\n");
		autofree char *line = trimmed(p, len);
		number++;
		p += len;
		if (*line && *line != '#')
			TRY(add_row(table, line, name, number));
	}
	return NULL;
}

static struct error *add_file(struct metric_table *table, const char *path, bool must)
{
	autostrbuf struct strbuf text = { 0 };

	if (!must && access(path, F_OK))
		return NULL;
	TRY(file_read(path, TABLE_MAX, &text));
	return metric_table_add(table, strbuf_str(&text), path);
}

static char *own_file(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config == '/')
		return xasprintf("%s/ptk/metrics", config);
	return home && *home == '/' ? xasprintf("%s/.config/ptk/metrics", home) : NULL;
}

struct error *metric_table_read(const struct os *os, const char *file, struct metric_table *table)
{
	autofree char *own = own_file(), *common = os_path(os, "/etc/ptk/metrics");

	*table = (struct metric_table){ 0 };
	struct error *err = file ? add_file(table, file, true) : NULL;
	if (!err && own)
		err = add_file(table, own, false);
	if (!err)
		err = add_file(table, common, false);
	if (!err)
		err = metric_table_add(table, metric_builtin, "metrics of ptk");
	if (err)
		metric_table_deinit(table);
	return err;
}

void metric_table_deinit(struct metric_table *table)
{
	for (size_t i = 0; i < table->metrics.len; i++)
		metric_deinit(&table->metrics.data[i]);
	vec_deinit(&table->metrics);
}
