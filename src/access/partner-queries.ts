import { type Actor, type Db, type Page, pageRequestById, problem, sql } from '../platform/index.ts';
import { authoriseRead } from './authorise.ts';
import { pageOfKeys } from './key-store.ts';
import type { ApiKey } from './key-types.ts';
import { findPartner, pageOfPartners } from './partner-store.ts';
import { scopeCondition } from './scope-condition.ts';
import type { Partner } from './types.ts';

interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Partner organisations, oldest first. They belong to no programme, so whoever may read any reads all. */
export async function listPartners(db: Db, actor: Actor, query: PageQuery): Promise<Page<Partner>> {
  authoriseRead(actor, 'access.read_partners');
  const { limit, after } = pageRequestById(query);
  return pageOfPartners(db, limit, after);
}

/** A partner's keys for the programmes within the reader's scope, oldest first. @throws not_found without such a partner */
export async function listKeys(db: Db, actor: Actor, partnerId: string, query: PageQuery): Promise<Page<ApiKey>> {
  const within = scopeCondition(actor, 'access.read_keys', { programme: sql`k.programme_id` });
  const { limit, after } = pageRequestById(query);
  if (!(await findPartner(db, partnerId))) throw problem.not_found('There is no such record.');
  return pageOfKeys(db, { partnerId }, within, limit, after);
}
