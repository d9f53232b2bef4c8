/** How long one operation took. */
export interface Sample {
  readonly milliseconds: number;
}

/** What a run came to. */
export interface Result {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly count: number;
}

/**
 * Runs an operation from so many clients at once until the time is up or there is no more work.
 * @param next one operation for the client of this number; null when its work is done
 */
export async function measure(clients: number, seconds: number, next: (client: number) => Promise<Sample | null>): Promise<Result> {
  const times: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() < end) {
        const sample = await next(client);
        if (!sample) return;
        times.push(sample.milliseconds);
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / elapsed, p50: at(0.5), p95: at(0.95), p99: at(0.99), count: times.length };
}
