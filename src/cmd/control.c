/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"

static struct error *wrong(const char *text)
{
	return error_hint(error_at(error_usage("--control does not understand this"), text, 0, strlen(text)),
			  "fifo:CTL[,ACK] with the names of fifos (mkfifo), or fd:N[,M] with open descriptors");
}

/* Both ways, so that a fifo opens at once and its end does not come with the first writer's. */
static struct error *open_fifo(const char *path, int *fd)
{
	struct stat st;

	*fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return error_hint(error_os(errno, "--control: %s", path), "mkfifo %s", path);
	if (!fstat(*fd, &st) && S_ISFIFO(st.st_mode))
		return NULL;
	close(*fd);
	*fd = -1;
	return error_hint(error_usage("--control: %s is no fifo", path), "mkfifo makes one");
}

static struct error *open_number(const char *word, const char *text, int *fd)
{
	uint64_t number;

	if (!number_u64(word, &number) || number > INT32_MAX)
		return wrong(text);
	if (fcntl((int)number, F_GETFD) < 0)
		return error_at(error_usage("descriptor %s is not open", word), text, 0, strlen(text));
	*fd = (int)number;
	return NULL;
}

struct error *control_open(const char *text, struct control *control)
{
	bool fifo = !strncmp(text, "fifo:", 5), number = !strncmp(text, "fd:", 3);
	const char *value = strchr(text, ':');

	*control = (struct control){ .fd = -1, .ack = -1, .own = fifo };
	if (!fifo && !number)
		return wrong(text);
	value++;
	const char *comma = strchr(value, ',');
	autofree char *first = xstrndup(value, comma ? (size_t)(comma - value) : strlen(value));
	struct error *err = fifo ? open_fifo(first, &control->fd) : open_number(first, text, &control->fd);
	if (!err && comma)
		err = fifo ? open_fifo(comma + 1, &control->ack) : open_number(comma + 1, text, &control->ack);
	if (err)
		control_close(control);
	return err;
}

static enum control_word word_of(const char *line)
{
	static const struct { const char *name; enum control_word word; } words[] = {
		{ "enable", CONTROL_ENABLE }, { "disable", CONTROL_DISABLE }, { "ping", CONTROL_PING }, { "stop", CONTROL_STOP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(line, words[i].name))
			return words[i].word;
	return CONTROL_NONE;
}

enum control_word control_next(struct control *control)
{
	struct pollfd poll_fd = { .fd = control->fd, .events = POLLIN };
	char byte;

	while (control->fd >= 0 && poll(&poll_fd, 1, 0) > 0) {
		ssize_t n = read(control->fd, &byte, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			return CONTROL_NONE;
		if (n <= 0) {
			if (control->own)
				close(control->fd);
			control->fd = -1;
			return CONTROL_NONE;
		}
		if (byte != '\n' && byte != '\0') {
			/* a word that is too long is none */
			if (control->len < sizeof(control->line) - 1)
				control->line[control->len++] = byte;
			continue;
		}
		control->line[control->len] = 0;
		control->len = 0;
		enum control_word word = word_of(control->line);
		if (word != CONTROL_NONE)
			return word;
	}
	return CONTROL_NONE;
}

void control_ack(struct control *control)
{
	if (control->ack >= 0)
		file_write_full(control->ack, "ack\n", 4);
}

void control_close(struct control *control)
{
	if (control->own && control->fd >= 0)
		close(control->fd);
	if (control->own && control->ack >= 0)
		close(control->ack);
	control->fd = control->ack = -1;
}
