import { type Sql, sql } from '../../platform/index.ts';
import type { Dataset } from '../types.ts';
import { beginningOf, endOf, type Placed, walk } from './walk.ts';

interface Row extends Placed {
  readonly kind: string;
  readonly state: string;
  readonly resolution: string | null;
  readonly payoutId: string | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly reopenedAt: Date | null;
}

/** What did not agree, by each day on which it was opened, proposed upon, decided or opened again, as it is by then. */
export const exceptions: Dataset = {
  name: 'exceptions',
  permission: 'reconciliation.read',
  isPersonal: false,
  async *rows({ db }, { programmeId, from, to }) {
    yield ['exception', 'kind', 'state', 'resolution', 'payout', 'opened_at', 'resolved_at', 'reopened_at'];
    const within = (moment: Sql): Sql => sql`(${moment} >= ${beginningOf(from, programmeId)} and ${moment} < ${endOf(to, programmeId)})`;
    const pages = walk<Row>(
      db,
      (
        after,
        limit,
      ) => sql`select x.id, x.opened_at::text as place, x.kind, x.state, x.resolution, x.payout_id as "payoutId", x.opened_at as "openedAt",
          x.resolved_at as "resolvedAt", x.reopened_at as "reopenedAt" from exceptions x
        where x.programme_id = ${programmeId} and (${within(sql`x.opened_at`)} or ${within(sql`x.resolved_at`)} or ${within(sql`x.reopened_at`)}
            or exists (select from exception_decisions d where d.exception_id = x.id and (${within(sql`d.proposed_at`)} or ${within(sql`d.decided_at`)})))
          and ${after ? sql`(x.opened_at, x.id) > (${after.place}::timestamptz, ${after.id}::uuid)` : sql`true`}
        order by x.opened_at, x.id limit ${limit}`,
    );
    for await (const rows of pages)
      for (const { id, kind, state, resolution, payoutId, openedAt, resolvedAt, reopenedAt } of rows)
        yield [
          ...[id, kind, state, resolution ?? '', payoutId ?? '', openedAt.toISOString()],
          ...[resolvedAt, reopenedAt].map((moment) => moment?.toISOString() ?? ''),
        ];
  },
};
