import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem, type Sql, sql } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { countsOf, findSignal, pageOfSignals, type SignalFilter } from './store.ts';
import { thresholdsOf } from './threshold-store.ts';
import type { Signal, Threshold } from './types.ts';

/** The signals `s` that an actor may see: those in their scope, and none that concerns themselves. */
const seenBy = (
  actor: Actor,
): Sql => sql`(${scopeCondition(actor, 'signals.read', { programme: sql`s.programme_id`, office: sql`s.office_id` })})
  and ${actor.id}::uuid <> all (s.concerns)`;

/** Signals within the reader's scope, the newest first. */
export async function listSignals(db: Db, actor: Actor, query: SignalFilter & { limit?: number; cursor?: string }): Promise<Page<Signal>> {
  const within = seenBy(actor);
  const { limit, after } = pageRequestById(query);
  return pageOfSignals(db, query, within, limit, after);
}

/** How many signals the reader may see, by kind and state. */
export const countSignals = async (db: Db, actor: Actor, query: SignalFilter) => ({ counts: await countsOf(db, query, seenBy(actor)) });

/** @throws not_found when there is none that the reader may see */
export async function readSignal(db: Db, actor: Actor, id: string): Promise<Signal> {
  authoriseRead(actor, 'signals.read');
  const found = await findSignal(db, id);
  if (!found || found.concerns.includes(actor.id)) throw problem.not_found('There is no such record.');
  const { programmeId, officeId } = found.signal;
  authoriseRead(actor, 'signals.read', { programme: programmeId, ...(officeId ? { office: officeId } : {}) });
  return found.signal;
}

/** What a programme goes by. @throws not_found */
export async function readThresholds(db: Db, actor: Actor, programmeId: string): Promise<{ thresholds: Threshold[] }> {
  authoriseRead(actor, 'signals.read_thresholds', { programme: programmeId });
  await programmeById(db, programmeId);
  return { thresholds: await thresholdsOf(db, programmeId) };
}
