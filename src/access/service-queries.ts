import { type Actor, type Db, type Page, pageRequestById, problem, sql } from '../platform/index.ts';
import { authoriseRead } from './authorise.ts';
import { pageOfKeys } from './key-store.ts';
import type { ApiKey } from './key-types.ts';
import { scopeCondition } from './scope-condition.ts';
import { findServiceAccount, pageOfServiceAccounts, type ServiceAccount, scopeOf } from './service-store.ts';

interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

const place = { programme: sql`a.programme_id`, office: sql`a.office_id`, fund: sql`a.fund_id` };

/** The agency's machines within the reader's scope, oldest first. */
export async function listServiceAccounts(db: Db, actor: Actor, query: PageQuery): Promise<Page<ServiceAccount>> {
  const within = scopeCondition(actor, 'access.read_service_accounts', place);
  const { limit, after } = pageRequestById(query);
  return pageOfServiceAccounts(db, within, limit, after);
}

/** A machine's keys, oldest first. @throws not_found without such an account in the reader's scope */
export async function listServiceKeys(db: Db, actor: Actor, serviceAccountId: string, query: PageQuery): Promise<Page<ApiKey>> {
  authoriseRead(actor, 'access.read_service_accounts');
  const { limit, after } = pageRequestById(query);
  const account = await findServiceAccount(db, serviceAccountId);
  if (!account) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'access.read_service_accounts', scopeOf(account));
  return pageOfKeys(db, { serviceAccountId }, sql`true`, limit, after);
}
