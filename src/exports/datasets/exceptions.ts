import { sql } from '../../platform/index.ts';
import type { Dataset } from '../types.ts';
import { beginningOf, endOf, type Placed, walk } from './walk.ts';

interface Row extends Placed {
  readonly kind: string;
  readonly state: string;
  readonly resolution: string | null;
  readonly payoutId: string | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
}

/** What did not agree, by when it was opened, and what became of it. */
export const exceptions: Dataset = {
  name: 'exceptions',
  permission: 'reconciliation.read',
  isPersonal: false,
  async *rows({ db }, { programmeId, from, to }) {
    yield ['exception', 'kind', 'state', 'resolution', 'payout', 'opened_at', 'resolved_at'];
    const pages = walk<Row>(
      db,
      (
        after,
        limit,
      ) => sql`select x.id, x.opened_at::text as place, x.kind, x.state, x.resolution, x.payout_id as "payoutId", x.opened_at as "openedAt",
          x.resolved_at as "resolvedAt" from exceptions x
        where x.programme_id = ${programmeId} and x.opened_at >= ${beginningOf(from, programmeId)} and x.opened_at < ${endOf(to, programmeId)}
          and ${after ? sql`(x.opened_at, x.id) > (${after.place}::timestamptz, ${after.id}::uuid)` : sql`true`}
        order by x.opened_at, x.id limit ${limit}`,
    );
    for await (const rows of pages)
      for (const { id, kind, state, resolution, payoutId, openedAt, resolvedAt } of rows)
        yield [id, kind, state, resolution ?? '', payoutId ?? '', openedAt.toISOString(), resolvedAt?.toISOString() ?? ''];
  },
};
