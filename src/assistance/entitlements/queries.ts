import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, Money, type Page, pageRequest, pageRequestById, problem } from '../../platform/index.ts';
import { planById } from '../queries.ts';
import { scheduledPlan } from '../schedule/scheduled.ts';
import { upcomingFor } from '../schedule/upcoming.ts';
import { changesOf, decidedOf } from './change-store.ts';
import { pageOfInstalments, pageOfNotOwed } from './instalment-store.ts';
import { type EntitlementFilter, findEntitlement, pageOfEntitlements, type StoredEntitlement } from './store.ts';
import type { Entitlement, ShownChange, ShownInstalment, ShownNotOwed, Upcoming } from './types.ts';

/** An entitlement with what was decided of it. */
export interface EntitlementSheet extends Entitlement {
  readonly changes: ShownChange[];
  /** The next of those still to come. */
  readonly upcoming: Upcoming[];
}

const MOST_UPCOMING = 12;

/** @throws not_found */
export async function entitlementById(db: Db, id: string): Promise<StoredEntitlement> {
  const found = await findEntitlement(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** An entitlement with what was decided of it and what is to come. */
export async function sheetOf(db: Db, { entitlement, currency }: StoredEntitlement, now: Date): Promise<EntitlementSheet> {
  const { id, planId, beneficiaryId, startsOn, endsOn, carried } = entitlement;
  const scheduled = await scheduledPlan(db, planId);
  const wanted =
    scheduled && startsOn && endsOn
      ? await upcomingFor(
          db,
          scheduled,
          { beneficiaryId, startsOn, endsOn, changes: await decidedOf(db, id) },
          Money.of(carried.amount, currency),
          now,
        )
      : [];
  const upcoming = wanted.slice(0, MOST_UPCOMING).map(({ from, to, dueOn, ...sum }) => ({
    coversFrom: from,
    coversTo: to,
    dueOn,
    amount: sum.amount.toJSON(),
    carried: sum.carried.toJSON(),
  }));
  return { ...entitlement, changes: await changesOf(db, id), upcoming };
}

/** @throws not_found when there is none, or none within the actor's scope */
async function readable(db: Db, actor: Actor, id: string): Promise<StoredEntitlement> {
  authoriseRead(actor, 'assistance.read');
  const found = await entitlementById(db, id);
  authoriseRead(actor, 'assistance.read', { programme: found.programmeId });
  return found;
}

/** @throws not_found when there is none, or none within the actor's scope */
export const readEntitlement = async (db: Db, actor: Actor, id: string, now: Date): Promise<EntitlementSheet> =>
  sheetOf(db, await readable(db, actor, id), now);

const isNumber = (key: string): boolean => /^\d{1,9}$/.test(key);

interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Whom a plan entitles. @throws not_found */
export async function listEntitlements(
  db: Db,
  actor: Actor,
  planId: string,
  query: ListQuery & EntitlementFilter,
): Promise<Page<Entitlement>> {
  authoriseRead(actor, 'assistance.read');
  const plan = await planById(db, planId);
  authoriseRead(actor, 'assistance.read', { programme: plan.programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfEntitlements(db, planId, query, limit, after);
}

/** An entitlement's instalments, the latest first, each with the sum that it is. @throws not_found */
export async function listInstalments(db: Db, actor: Actor, entitlementId: string, query: ListQuery): Promise<Page<ShownInstalment>> {
  const { currency } = await readable(db, actor, entitlementId);
  const { limit, after } = pageRequest(query, isNumber);
  return pageOfInstalments(db, entitlementId, currency, limit, after === undefined ? undefined : Number(after));
}

/** The periods for which somebody entitled was owed nothing, and why, the latest first. @throws not_found */
export async function listNotOwed(db: Db, actor: Actor, entitlementId: string, query: ListQuery): Promise<Page<ShownNotOwed>> {
  await readable(db, actor, entitlementId);
  const { limit, after } = pageRequestById(query);
  return pageOfNotOwed(db, entitlementId, limit, after);
}
