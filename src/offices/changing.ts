import { type ProblemPlace, placesWrong, problem, type Tx } from '../platform/index.ts';
import { nextVersion } from './store.ts';
import { say } from './words.ts';

/** An office, as it was read. */
export interface Aimed {
  readonly id: string;
  readonly version: number;
}

/** What an office has now, and the version that it came to. */
export interface Dated<Value> {
  readonly value: Value;
  readonly version: number;
}

/** @throws conflict when the office has changed since it was read */
export async function counted(tx: Tx, { id, version }: Aimed): Promise<number> {
  const now = await nextVersion(tx, id, version);
  if (!now) throw problem.conflict(say('office_changed'));
  return now;
}

/** @throws unprocessable when there are faults */
export function refuse(faults: readonly ProblemPlace[]): void {
  if (faults.length > 0) throw placesWrong(faults);
}
