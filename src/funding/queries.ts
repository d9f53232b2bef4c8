import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequest, pageRequestById, problem, type Scope, sql } from '../platform/index.ts';
import { findFund, pageOfFunds, pageOfVersions } from './store.ts';
import type { Fund, FundVersion, StoredFund } from './types.ts';

type Reading = 'funding.read' | 'funding.read_history' | 'funding.read_money';

interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

async function storedFund(db: Db, id: string): Promise<StoredFund> {
  const found = await findFund(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** A fund, for the rooms above. @throws not_found */
export const fundById = async (db: Db, id: string): Promise<Fund> => (await storedFund(db, id)).fund;

/** Where a fund lies. @throws not_found */
export async function scopeOfFund(db: Db, id: string): Promise<Scope> {
  const { programmeId } = await fundById(db, id);
  return { programme: programmeId, fund: id };
}

/** A fund that somebody may read in this way. @throws not_found when there is none, or none within the actor's scope */
export async function fundFor(db: Db, actor: Actor, permission: Reading, id: string): Promise<StoredFund> {
  authoriseRead(actor, permission);
  const found = await storedFund(db, id);
  authoriseRead(actor, permission, { programme: found.fund.programmeId, fund: id });
  return found;
}

/** @throws not_found when there is none, or none within the actor's scope */
export const readFund = (db: Db, actor: Actor, id: string): Promise<StoredFund> => fundFor(db, actor, 'funding.read', id);

/** A programme's funds within the actor's scope: a donor sees their own. */
export async function listFunds(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<Fund>> {
  const { limit, after } = pageRequestById(query);
  const within = scopeCondition(actor, 'funding.read', { programme: sql`f.programme_id`, fund: sql`f.id` });
  return pageOfFunds(db, programmeId, within, limit, after);
}

/** The terms of a fund after each change, the first first. @throws not_found */
export async function listFundVersions(db: Db, actor: Actor, fundId: string, query: PageQuery): Promise<Page<FundVersion>> {
  const { limit, after } = pageRequest(query, (key) => /^\d{1,9}$/.test(key));
  await fundFor(db, actor, 'funding.read_history', fundId);
  return pageOfVersions(db, fundId, limit, after);
}
