import { type Actor, type Db, problem } from '../../../platform/index.ts';
import { openProgramme } from '../../queries.ts';
import { findTerms } from './store.ts';
import type { PostTerms } from './types.ts';

/** From where to where the post is paid, and its tariff. @throws not_found, also when nothing was set yet */
export async function readTerms(db: Db, actor: Actor, programmeId: string, version: number | undefined): Promise<PostTerms> {
  await openProgramme(db, actor, programmeId);
  const terms = await findTerms(db, programmeId, version);
  if (!terms) throw problem.not_found('Nothing has been set yet.');
  return terms;
}
