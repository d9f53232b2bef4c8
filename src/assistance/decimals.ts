/**
 * Decimal text as whole units of its last digit: `('12.5', 4)` is 125000.
 * @param decimals how many digits after the point count; text with more is refused
 * @throws RangeError
 */
export function wholeUnits(text: string, decimals: number): number {
  const parts = /^(\d{1,6})(?:\.(\d+))?$/.exec(text);
  const fraction = parts?.[2] ?? '';
  if (!parts || fraction.length > decimals) throw new RangeError(`at most ${decimals} decimals`);
  return Number(`${parts[1]}${fraction.padEnd(decimals, '0')}`);
}

/** A share is counted in millionths, so that shares add up exactly. */
export const MILLION = 1_000_000;
