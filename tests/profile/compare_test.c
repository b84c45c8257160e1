/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two recordings compared: rows, orders, and what is chance. Expectations of chance are by R's prop.test and binom.test. */
#include "base/cleanup.h"
#include "profile/compare.h"
#include "tests/lib/tap.h"

static void add(struct comparison *c, const char *key, uint64_t old, uint64_t new)
{
	if (old)
		comparison_add(c, COMPARE_OLD, key, 1, &(struct compare_amount){ old, old * 1000 });
	if (new)
		comparison_add(c, COMPARE_NEW, key, 2, &(struct compare_amount){ new, new * 1000 });
	c->whole[COMPARE_OLD].count += old;
	c->whole[COMPARE_OLD].period += old * 1000;
	c->whole[COMPARE_NEW].count += new;
	c->whole[COMPARE_NEW].period += new * 1000;
}

static const char *key(const struct comparison *c, size_t row)
{
	return strtab_text(&c->keys, c->rows.data[row].key);
}

static void test_rows(void)
{
	struct comparison c = { 0 };
	struct compare_order order = { .value = COMPARE_DELTA_ABS };

	add(&c, "same", 1000, 1000);
	add(&c, "slower", 500, 1000);
	add(&c, "faster", 400, 300);
	add(&c, "gone", 100, 0);
	add(&c, "fresh", 0, 200);
	comparison_finish(&c, &order);
	CHECK_EQ(c.rows.len, 5, "a row for each key");
	CHECK_STR(key(&c, 0), "slower", "the largest difference first");
	CHECK(c.rows.data[0].ratio > 1.999 && c.rows.data[0].ratio < 2.001, "its ratio is of periods, not normalised");
	CHECK(c.rows.data[0].share[COMPARE_OLD] == 25 && c.rows.data[0].share[COMPARE_NEW] == 40, "shares are of each side's whole");
	CHECK_EQ((int)c.rows.data[0].delta, 15, "delta in points");
	CHECK_STR(key(&c, 1), "same", "what shrank by as many points as it grew elsewhere is no less a difference");
	CHECK(c.rows.data[1].delta < 0, "and has a sign");
	CHECK_EQ(c.n_changed, 5, "all of them changed");
	order.value = COMPARE_DELTA;
	comparison_finish(&c, &order);
	CHECK_STR(key(&c, 1), "fresh", "delta: what grew first");
	CHECK_STR(key(&c, 4), "same", "what shrank most last");
	order.value = COMPARE_RATIO;
	comparison_finish(&c, &order);
	CHECK_STR(key(&c, 1), "same", "ratio");
	CHECK(c.rows.data[3].ratio == 0 || c.rows.data[4].ratio == 0, "what has no old period has no ratio");
	order = (struct compare_order){ .value = COMPARE_WDIFF, .weight_old = 2, .weight_new = 1 };
	comparison_finish(&c, &order);
	CHECK_STR(key(&c, 0), "fresh", "weighted: 200000 - 0 is the most");
	CHECK_EQ((int)compare_wdiff(&c.rows.data[1], &order), 0, "1000000 - 2 * 500000 is next");
	order = (struct compare_order){ .by_baseline = true, .mixed = true };
	comparison_finish(&c, &order);
	CHECK_STR(key(&c, 0), "same", "by the baseline");
	comparison_add(&c, COMPARE_OLD, "same", 5, &(struct compare_amount){ 7, 7 });
	CHECK_EQ(c.rows.len, 5, "equal keys are one row");
	comparison_deinit(&c);
}

/* Samples of runs that are the same: nothing changed, in about nineteen of twenty comparisons of a hundred rows each. */
static void test_equal_runs(void)
{
	unsigned claims = 0;
	uint64_t random = 88172645463325252;

	for (int run = 0; run < 400; run++) {
		struct comparison c = { 0 };
		uint64_t counts[2][100] = { 0 };
		for (int i = 0; i < 2 * 4000; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			/* uneven: the first rows are hot; the second run is half as long */
			uint64_t row = (random >> 20) % 100 * ((random >> 40) % 100) / 100;
			if (i < 4000 || i % 2)
				counts[i >= 4000][row]++;
		}
		for (int row = 0; row < 100; row++) {
			char name[16];
			snprintf(name, sizeof(name), "f%d", row);
			add(&c, name, counts[0][row], counts[1][row]);
		}
		comparison_finish(&c, &(struct compare_order){ 0 });
		claims += c.n_changed > 0;
		comparison_deinit(&c);
	}
	CHECK(claims <= 36, "of 400 comparisons of equal runs 20 claim a change, 36 at most");
	CHECK(claims >= 4, "and it is not just deaf");
	printf("# %u of 400\n", claims);
}

static void test_noise(void)
{
	double noise;

	CHECK(!compare_beyond_noise(200, 1000, 230, 1000, 1, &noise), "200 and 230 of 1000: p = 0.10");
	CHECK(noise > 0.0359 && noise < 0.0361, "1.96 * sqrt(0.215 * 0.785 * 2 / 1000) = 3.6 points");
	CHECK(compare_beyond_noise(200, 1000, 240, 1000, 1, NULL), "200 and 240 of 1000: p = 0.03");
	CHECK(!compare_beyond_noise(200, 1000, 240, 1000, 100, NULL), "but one of a hundred rows does that by chance");
	CHECK(compare_beyond_noise(200, 1000, 300, 1000, 100, NULL), "200 and 300 are beyond any of that: p = 2e-7");
	CHECK(!compare_beyond_noise(0, 1000, 5, 1000, 1, NULL), "0 and 5: two-sided p = 0.0625");
	CHECK(compare_beyond_noise(0, 1000, 6, 1000, 1, NULL), "0 and 6: p = 0.031");
	CHECK(compare_beyond_noise(6, 1000, 0, 1000, 1, NULL), "either way round");
	CHECK(!compare_beyond_noise(1, 10, 3, 1000, 1, NULL), "1 of 10 and 3 of 1000: p = 0.08");
	CHECK(compare_beyond_noise(3, 10, 3, 1000, 1, NULL), "3 of 10 and 3 of 1000: p = 4e-5");
	CHECK(!compare_beyond_noise(90000, 1000000, 1, 10, 1, NULL), "many of a long run and one of a short one");
	CHECK(!compare_beyond_noise(999990, 1000000, 10, 10, 1, NULL), "nearly all of a long run, all of a short one");
	CHECK(!compare_beyond_noise(5, 10, 0, 0, 1, NULL), "a run without samples tells nothing");
}

int main(void)
{
	test_rows();
	test_noise();
	test_equal_runs();
	return tap_done();
}
