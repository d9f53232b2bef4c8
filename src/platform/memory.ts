import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow to twice what is in use before what is not is collected. V8 would wait until it is up to four times as much, which is
 * hardly less work: while a country is imported or exported a process held 420 MiB and now holds 290.
 */
export const keepHeapSmall = (): void => setFlagsFromString('--heap-growing-percent=100');

/** How often is looked whether the process rests. */
const LOOK_MS = 1_000;
/** The share of the time that it computes in a second of work, and at most in one of rest. */
const [WORKING, RESTING] = [0.5, 0.1];

/**
 * Gives memory back whenever the process has worked and rests: what it holds then is garbage for the most part, and it would keep that for as long
 * as nobody asks for anything.
 * @param give what gives it back
 * @returns ends it
 */
export function giveMemoryBackAtRest(give: () => Promise<void> = giveMemoryBack): () => void {
  let before = performance.eventLoopUtilization();
  let hasWorked = false;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization >= WORKING) hasWorked = true;
    else if (hasWorked && utilization <= RESTING) {
      hasWorked = false;
      give().catch(() => {}); // it is tried again after the next work
    }
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Collects what is no longer used and gives its memory back to the system, which a process that rests does not do by itself. Everything waits
 * meanwhile, some tenths of a second.
 */
export async function giveMemoryBack(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await new Promise<void>((resolve, reject) => {
      session.post('HeapProfiler.collectGarbage', (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    session.disconnect();
  }
}
