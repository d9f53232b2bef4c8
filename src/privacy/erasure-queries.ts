import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem } from '../platform/index.ts';
import type { AskedErasure } from './erasure-commands.ts';
import { findErasure, obstaclesOf, pageOfErasures } from './erasure-store.ts';
import type { Erasure } from './types.ts';

/** An erasure, and while it is only asked for what stands in its way. @throws not_found */
export async function readErasure(db: Db, actor: Actor, erasureId: string): Promise<AskedErasure> {
  authoriseRead(actor, 'privacy.read_erasures');
  const erasure = await findErasure(db, erasureId);
  if (!erasure) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'privacy.read_erasures', { programme: erasure.programmeId });
  const obstacles = erasure.state === 'asked' ? await obstaclesOf(db, [erasure.beneficiaryId]) : [];
  return { ...erasure, pending: obstacles.map(({ obstacle, about }) => ({ obstacle, about })) };
}

interface ListQuery {
  readonly state?: Erasure['state'];
  readonly limit?: number;
  readonly cursor?: string;
}

/** The erasures of a programme, the latest first. */
export async function listErasures(db: Db, actor: Actor, programmeId: string, query: ListQuery): Promise<Page<Erasure>> {
  authoriseRead(actor, 'privacy.read_erasures', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfErasures(db, programmeId, query.state, limit, after);
}
