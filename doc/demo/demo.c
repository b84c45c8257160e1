/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * demo: a small program with something to find. It makes up a text, counts
 * its words in a hash table whose hash is poor, and sorts them. Most of the
 * time goes where one would not look first: into walking the chains.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 400000, VOCABULARY = 6000, BUCKETS = 4096 };

struct word {
	struct word *next;
	unsigned count;
	char text[12];
};

static struct word *buckets[BUCKETS];
static struct word *sorted[VOCABULARY];
static size_t n_words;

static unsigned random_number(unsigned *state)
{
	*state = *state * 1103515245 + 12345;
	return *state >> 8;
}

/* The flaw: words with the same letters in another order fall into one bucket. */
__attribute__((noinline)) static unsigned hash(const char *text)
{
	unsigned sum = 0;

	for (; *text; text++)
		sum += (unsigned char)*text;
	return sum % BUCKETS;
}

__attribute__((noinline)) static struct word *find(const char *text)
{
	for (struct word *w = buckets[hash(text)]; w; w = w->next)
		if (!strcmp(w->text, text))
			return w;
	return NULL;
}

__attribute__((noinline)) static void add(const char *text)
{
	struct word *w = find(text);

	if (!w) {
		w = calloc(1, sizeof(*w));
		if (!w)
			exit(1);
		strcpy(w->text, text);
		unsigned bucket = hash(text);
		w->next = buckets[bucket];
		buckets[bucket] = w;
		sorted[n_words++] = w;
	}
	w->count++;
}

__attribute__((noinline)) static void count_words(void)
{
	unsigned state = 42;
	char text[12];

	for (int i = 0; i < WORDS; i++) {
		unsigned word = random_number(&state) % VOCABULARY;
		for (int j = 0; j < 6; j++, word /= 7)
			text[j] = (char)('a' + word % 7);
		text[6] = '\0';
		add(text);
	}
}

static int by_count(const void *a, const void *b)
{
	const struct word *x = *(struct word *const *)a, *y = *(struct word *const *)b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : strcmp(x->text, y->text);
}

__attribute__((noinline)) static void sort_words(void)
{
	for (int i = 0; i < 40; i++) {
		qsort(sorted, n_words, sizeof(sorted[0]), by_count);
		for (size_t j = n_words - 1; j > 0; j--) {
			size_t k = (j * 7919 + (size_t)i) % (j + 1);
			struct word *w = sorted[j];
			sorted[j] = sorted[k];
			sorted[k] = w;
		}
	}
}

int main(void)
{
	count_words();
	sort_words();
	printf("%zu words, the first of them %s\n", n_words, sorted[0]->text);
	return 0;
}
