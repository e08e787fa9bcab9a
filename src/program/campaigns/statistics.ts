/** A group of people with what each of them spent: how many, the mean, and the variance of the sample (n − 1). */
export type Sample = { count: number; mean: number; variance: number };

/** A difference with the interval that holds the true one in 95 of 100 such comparisons. */
export type Difference = { value: number; low: number; high: number };

const z = 1.959963984540054;

/**
 * The 97.5 % quantile of Student's t, by the expansion of Cornish and Fisher (Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.5): right to three digits from three
 * degrees of freedom on.
 */
export function tQuantile(freedom: number): number {
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92_160 * freedom ** 4)
  );
}

/**
 * How much more one group spent a head than another, groups of different size and spread (Welch, "The generalization of Student's problem when several different
 * population variances are involved", Biometrika 1947). Null: fewer than two people in one of them.
 */
export function welch(one: Sample, other: Sample): Difference | null {
  if (one.count < 2 || other.count < 2) return null;
  const value = one.mean - other.mean;
  const [a, b] = [one.variance / one.count, other.variance / other.count];
  if (a + b === 0) return { value, low: value, high: value };
  const freedom = (a + b) ** 2 / (a ** 2 / (one.count - 1) + b ** 2 / (other.count - 1));
  const margin = tQuantile(freedom) * Math.sqrt(a + b);
  return { value, low: value - margin, high: value + margin };
}

/**
 * How much larger one share is than another (the interval of Agresti and Caffo, "Simple and effective confidence intervals for proportions", The American Statistician
 * 2000: one success and one failure added to each group). Null: nobody in one of them.
 */
export function shares(one: { count: number; of: number }, other: { count: number; of: number }): Difference | null {
  if (one.of === 0 || other.of === 0) return null;
  const [p, q] = [(one.count + 1) / (one.of + 2), (other.count + 1) / (other.of + 2)];
  const margin = z * Math.sqrt((p * (1 - p)) / (one.of + 2) + (q * (1 - q)) / (other.of + 2));
  return { value: one.count / one.of - other.count / other.of, low: p - q - margin, high: p - q + margin };
}
