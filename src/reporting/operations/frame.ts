import { authoriseRead, type PermissionName } from '../../access/index.ts';
import { type Actor, type Clock, type Db, dateIn, problem, type Sql, sql } from '../../platform/index.ts';

/** The programme that a view is of, and the moment. */
export interface ViewFrame {
  readonly db: Db;
  readonly programmeId: string;
  readonly currency: string;
  readonly now: Date;
  /** ISO 8601, in the programme's time zone. */
  readonly today: string;
}

/** Who asks for which programme. */
export interface Asked {
  readonly actor: Actor;
  readonly params: { readonly programmeId: string };
}

/**
 * Lets somebody in who may see a view of a programme. A role that is held for a fund reaches what is narrowed to that fund.
 * @throws forbidden; not_found when there is no such programme or no such fund in it, or it is not the actor's to see
 */
export async function viewFrame(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { actor, params: { programmeId } }: Asked,
  permission: PermissionName,
  fundId?: string,
): Promise<ViewFrame> {
  authoriseRead(actor, permission, { programme: programmeId, ...(fundId === undefined ? {} : { fund: fundId }) });
  const found = await db.first<{ currency: string; timeZone: string }>(
    sql`select p.currency, p.time_zone as "timeZone" from programmes p where p.id = ${programmeId}
      and (${fundId ?? null}::uuid is null or exists (select from funds f where f.id = ${fundId ?? null} and f.programme_id = p.id))`,
  );
  if (!found) throw problem.not_found('There is no such record.');
  const now = clock.now();
  return { db, programmeId, currency: found.currency, now, today: dateIn(found.timeZone, now) };
}

/** What every view begins with. */
export const headOf = ({ programmeId, currency, now }: ViewFrame) => ({ programmeId, currency, asOf: now.toISOString() });

/** An amount as the API shows it, with the digits of its currency. */
export const amountIn = (currency: string | Sql, amount: Sql): Sql => sql`round(${amount}, minor_units(${currency}))::text`;

/** A further condition, where something is asked for. */
export const only = (column: Sql, value: string | undefined): Sql => (value === undefined ? sql`` : sql` and ${column} = ${value}`);

/** A further condition on a day; both ends count. */
export const within = (column: Sql, { from, to }: { readonly from?: string; readonly to?: string }): Sql =>
  sql`${from === undefined ? sql`` : sql` and ${column} >= ${from}::date`}${to === undefined ? sql`` : sql` and ${column} <= ${to}::date`}`;
