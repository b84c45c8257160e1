/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grid on a terminal, by ncurses. Its handler does the news of another size. */
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include "config.h"

#include <curses.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/dynlib.h"
#include "ui/screen.h"

#define CURSES_FUNCTIONS(F) \
	F(newterm) F(delscreen) F(endwin) F(def_shell_mode) F(resizeterm) F(newwin) F(delwin) F(cbreak) F(noecho) F(nonl) F(keypad) F(nodelay) F(wgetch) \
	F(wmove) F(waddnstr) F(wattr_set) F(wrefresh) F(wresize) F(curs_set) F(has_colors) F(start_color) \
	F(use_default_colors) F(init_pair) F(set_escdelay) F(werase) F(clearok) F(mousemask) F(mouseinterval) F(getmouse)
DYNLIB_DECLARE(ncursesw, CURSES_FUNCTIONS);
DYNLIB_DEFINE(ncursesw, NCURSESW_SONAME, CURSES_FUNCTIONS);

struct screen {
	const struct ncursesw *lib;
	FILE *keys;
	SCREEN *terminal;
	WINDOW *window;
	unsigned rows, cols;
	bool colors;
};

/* For the handler below, which is given nothing: how the terminal was. */
static struct termios before;

/* The program crashed: the terminal is to be sane, and ncurses may not be. */
static void on_crash(int signal)
{
	static const char leave[] = "\033[?1000l\033[?1006l\033[?1l\033>\033[?1049l\033[?25h\033[0m\r\n";

	if (write(STDOUT_FILENO, leave, sizeof(leave) - 1) >= 0)
		tcsetattr(STDOUT_FILENO, TCSANOW, &before);
	raise(signal);
}

static void handle_crashes(void (*handler)(int signal))
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	struct sigaction action = { .sa_handler = handler, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
}

void screen_disown(void)
{
	handle_crashes(SIG_DFL);
	signal(SIGHUP, SIG_IGN);
}

static void choose_colors(struct screen *s)
{
	static const short colors[STYLES] = { [STYLE_HOT] = COLOR_RED, [STYLE_WARM] = COLOR_GREEN, [STYLE_TITLE] = COLOR_CYAN,
					       [STYLE_BAR] = COLOR_BLUE };
	const char *no = getenv("NO_COLOR");

	if ((no && *no) || !s->lib->has_colors() || s->lib->start_color() == ERR)
		return;
	short background = s->lib->use_default_colors() == OK ? -1 : COLOR_BLACK;
	for (short i = 1; i < STYLES; i++)
		if (colors[i])
			s->lib->init_pair(i, colors[i], background);
	s->colors = true;
}

/* Standard input, unless it is something else: data that comes through a pipe. */
static FILE *open_keys(void)
{
	return isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");
}

static void close_keys(FILE *keys)
{
	if (keys && keys != stdin)
		fclose(keys);
}

int screen_keys(const struct screen *s)
{
	return fileno(s->keys);
}

struct error *screen_open(struct screen **screen)
{
	const struct ncursesw *lib = ncursesw();
	const char *term = getenv("TERM");
	struct winsize size = { 0 };

	*screen = NULL;
	if (!lib)
		return error_hint(error_create("cannot load %s", NCURSESW_SONAME), "--stdio prints text");
	FILE *keys = isatty(STDOUT_FILENO) && !tcgetattr(STDOUT_FILENO, &before) ? open_keys() : NULL;
	if (!keys)
		return error_hint(error_create("standard input and output are no terminal"), "--stdio prints text");
	setlocale(LC_CTYPE, "");
	SCREEN *terminal = term && *term ? lib->newterm(NULL, stdout, keys) : NULL;
	if (!terminal) {
		close_keys(keys);
		return error_hint(error_create("the terminal %s is not known", term && *term ? term : "(TERM is not set)"),
				  "--stdio prints text; TERM=xterm is what most terminals understand");
	}
	struct screen *s = xcalloc(1, sizeof(*s));
	s->lib = lib;
	s->terminal = terminal;
	s->keys = keys;
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	s->rows = size.ws_row ? size.ws_row : 24;
	s->cols = size.ws_col ? size.ws_col : 80;
	s->window = lib->newwin(0, 0, 0, 0);
	if (!s->window) {
		screen_close(s);
		return error_create("the terminal is too small");
	}
	lib->cbreak();
	lib->noecho();
	lib->nonl();
	lib->set_escdelay(25);
	lib->keypad(s->window, TRUE);
	lib->nodelay(s->window, TRUE);
	lib->curs_set(0);
	/* a click is a press: nothing waits for the second one */
	lib->mouseinterval(0);
	lib->mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	choose_colors(s);
	handle_crashes(on_crash);
	*screen = s;
	return NULL;
}

void screen_size(const struct screen *s, unsigned *rows, unsigned *cols)
{
	*rows = s->rows;
	*cols = s->cols;
}

static void set_style(struct screen *s, enum grid_style style)
{
	static const attr_t attrs[STYLES] = {
		[STYLE_TITLE] = A_BOLD, [STYLE_SELECTED] = A_REVERSE, [STYLE_HOT] = A_BOLD, [STYLE_DIM] = A_DIM,
	};
	bool paired = s->colors && (style == STYLE_HOT || style == STYLE_WARM || style == STYLE_TITLE || style == STYLE_BAR);

	s->lib->wattr_set(s->window, attrs[style], paired ? (short)style : 0, NULL);
}

void screen_draw(struct screen *s, const struct grid *g)
{
	for (unsigned r = 0; r < g->rows && r < s->rows; r++) {
		s->lib->wmove(s->window, (int)r, 0);
		for (unsigned c = 0; c < g->cols && c < s->cols; c++) {
			const struct grid_cell *cell = &g->cells[(size_t)r * g->cols + c];
			if (!c || cell->style != cell[-1].style)
				set_style(s, cell->style);
			if (cell->text[0])
				s->lib->waddnstr(s->window, cell->text, -1);
		}
	}
	s->lib->wrefresh(s->window);
}

static void take_new_size(struct screen *s)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return;
	s->rows = size.ws_row;
	s->cols = size.ws_col;
	/* ncurses has resized what it has itself: it says KEY_RESIZE for that */
	s->lib->wresize(s->window, size.ws_row, size.ws_col);
	s->lib->werase(s->window);
	s->lib->clearok(s->window, TRUE);
}

void screen_suspend(struct screen *s, void (*stop)(void))
{
	struct winsize size;

	s->lib->endwin();
	stop();
	/* what the shell's user has set by then is to be there in the end; the next drawing takes the terminal again */
	s->lib->def_shell_mode();
	/* the news of another size went to the shell */
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		s->lib->resizeterm(size.ws_row, size.ws_col);
	take_new_size(s);
}

static int mouse_key(struct screen *s)
{
	MEVENT event;

	if (s->lib->getmouse(&event) != OK)
		return KEY_NEW_SIZE;	/* nothing happened */
	if (event.bstate & BUTTON4_PRESSED)
		return KEY_WHEEL_UP;
	if (event.bstate & BUTTON5_PRESSED)
		return KEY_WHEEL_DOWN;
	return event.bstate & BUTTON1_PRESSED && event.y >= 0 ? KEY_CLICK + event.y : KEY_NEW_SIZE;
}

int screen_key(struct screen *s)
{
	static const struct { int curses, key; } keys[] = {
		{ ERR, KEY_NOTHING }, { KEY_UP, KEY_GO_UP }, { KEY_DOWN, KEY_GO_DOWN }, { KEY_LEFT, KEY_GO_LEFT },
		{ KEY_RIGHT, KEY_GO_RIGHT }, { KEY_PPAGE, KEY_PAGE_UP }, { KEY_NPAGE, KEY_PAGE_DOWN }, { KEY_HOME, KEY_FIRST },
		{ KEY_END, KEY_LAST }, { KEY_BTAB, KEY_BACK_TAB }, { KEY_ENTER, KEY_RETURN }, { '\r', KEY_RETURN },
		{ KEY_BACKSPACE, KEY_ERASE }, { 127, KEY_ERASE },
	};
	int c = s->lib->wgetch(s->window);

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].curses == c)
			return keys[i].key;
	if (c == KEY_MOUSE)
		return mouse_key(s);
	if (c == KEY_RESIZE)
		take_new_size(s);
	/* keys that nobody knows are as good as nothing */
	return c < 256 ? c : KEY_NEW_SIZE;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	if (s->window)
		s->lib->delwin(s->window);
	s->lib->endwin();
	s->lib->delscreen(s->terminal);
	close_keys(s->keys);
	free(s);
}
