/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What chance does to samples; compare.h has the reasons. */
#include <math.h>

#include "base/cleanup.h"
#include "profile/compare.h"

/* Two-sided 95 % for so many rows together: the z with Q(z) = 0.025 / rows, of the normal distribution. */
static const struct quantile {
	double rows, z;
} quantiles[] = {
	{ 1, 1.960 }, { 2, 2.241 }, { 5, 2.576 }, { 10, 2.807 }, { 20, 3.023 }, { 50, 3.291 }, { 100, 3.481 },
	{ 200, 3.662 }, { 500, 3.891 }, { 1e3, 4.056 }, { 2e3, 4.215 }, { 5e3, 4.417 }, { 1e4, 4.565 },
	{ 2e4, 4.708 }, { 5e4, 4.892 }, { 1e5, 5.026 }, { 1e6, 5.451 }, { 1e7, 5.847 },
};

static const double level = 0.05;
static const double expected_min = 10;	/* samples on either side, for the normal curve to be good */

static double quantile(size_t rows)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(quantiles) && quantiles[i].rows < (double)rows)
		i++;
	return quantiles[i].z;
}

/*
 * P(X < k) of n tosses that fall right with p. Called with n * p below
 * 2 * expected_min and p of one half at most, so that (1 - p)^n is no tiny number.
 */
static long double below(uint64_t k, uint64_t n, long double p)
{
	long double term = 1, sum = 0;

	for (uint64_t i = 0; i < n; i++)
		term *= 1 - p;
	for (uint64_t i = 0; i < k; i++) {
		sum += term;
		term *= p / (1 - p) * (long double)(n - i) / (long double)(i + 1);
	}
	return sum;
}

/* Of both tails, that k of n tosses or fewer, or so many or more, fall right. */
static double coin_chance(uint64_t k, uint64_t n, double p)
{
	long double lower = below(k + 1, n, p), upper = 1 - below(k, n, p);
	long double both = 2 * (lower < upper ? lower : upper);

	return both < 1 ? (double)both : 1;
}

bool compare_beyond_noise(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2, size_t rows, double *noise)
{
	double all = (double)n1 + (double)n2, k = (double)k1 + (double)k2, p = all > 0 ? k / all : 0;
	double width = n1 && n2 ? quantile(rows) * sqrt(p * (1 - p) * (1 / (double)n1 + 1 / (double)n2)) : 0;
	double apart = n1 && n2 ? fabs((double)k1 / (double)n1 - (double)k2 / (double)n2) : 0;

	if (noise)
		*noise = width;
	if (!n1 || !n2)
		return false;
	bool first = n1 <= n2;	/* the shorter run is the first */
	if (p * (double)(first ? n1 : n2) >= expected_min)
		return apart > width;
	return coin_chance(first ? k1 : k2, k1 + k2, (double)(first ? n1 : n2) / all) < level / (double)(rows ? rows : 1);
}
