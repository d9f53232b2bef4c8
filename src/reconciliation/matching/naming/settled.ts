import { type Db, sql } from '../../../platform/index.ts';
import type { Finding } from '../../types.ts';
import type { Rows } from './named.ts';

interface Standing {
  readonly id: string;
  readonly kind: string;
  readonly lineId: string;
  readonly payoutId: string | null;
  readonly recordId: string | null;
}

/** Exceptions of these rows that are open, and that a later run did not find again. */
export async function noLongerFound(db: Db, statementId: string, { after, upTo }: Rows, findings: readonly Finding[]): Promise<string[]> {
  const open = await db.all<Standing>(sql`
    select e.id, e.kind, e.statement_line_id as "lineId", e.payout_id as "payoutId", e.record_id as "recordId"
    from exceptions e join statement_lines l on l.id = e.statement_line_id
    where e.statement_id = ${statementId} and e.state = 'open' and l.row_number > ${after} and l.row_number <= ${upTo}`);
  const key = ({ kind, lineId, payoutId, recordId }: Omit<Standing, 'id' | 'lineId'> & { readonly lineId: string | null }) =>
    `${kind}/${lineId}/${payoutId}/${recordId}`;
  const found = new Set(findings.map(({ record, ...one }) => key({ ...one, recordId: record?.id ?? null })));
  return open.filter((one) => !found.has(key(one))).map(({ id }) => id);
}
