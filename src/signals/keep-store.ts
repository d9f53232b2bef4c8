import { newId, sql, type Tx } from '../platform/index.ts';
import type { Found, Items, Signal, SignalKind } from './types.ts';

/** The newest signal of a finding. */
export interface Newest {
  readonly id: string;
  readonly key: string;
  readonly round: number;
  readonly state: Signal['state'];
  readonly count: number;
  readonly ownerId: string | null;
  readonly concerns: readonly string[];
}

/** The newest signals of findings, by key. Whoever judges one of them waits. */
export async function newestOf(tx: Tx, programmeId: string, kind: SignalKind, keys: readonly string[]): Promise<Map<string, Newest>> {
  const rows = await tx.all<Newest>(sql`select s.id, s.key, s.round, s.state, s.count, s.owner_id as "ownerId", s.concerns from signals s
    where s.programme_id = ${programmeId} and s.kind = ${kind} and s.key = any(${keys}::text[])
      and not exists (select from signals n where n.follows = s.id) order by s.id for update`);
  return new Map(rows.map((row) => [row.key, row]));
}

/** What has counted in a signal of these findings that was judged, by key. */
export async function judgedItems(
  tx: Tx,
  programmeId: string,
  kind: SignalKind,
  keys: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await tx.all<{ key: string; items: string[] }>(sql`select i.key, array_agg(i.item) as items
    from signals s join signal_items i on i.signal_id = s.id
    where s.programme_id = ${programmeId} and s.kind = ${kind} and s.key = any(${keys}::text[]) and s.state in ('dismissed', 'confirmed') group by i.key`);
  return new Map(rows.map(({ key, items }) => [key, new Set(items)]));
}

/** Writes a signal that nobody has judged yet. @param before the one that it follows */
export async function insertSignal(
  tx: Tx,
  now: Date,
  { programmeId, kind, before }: { readonly programmeId: string; readonly kind: SignalKind; readonly before: Newest | undefined },
  found: Found,
): Promise<string> {
  const id = newId();
  await tx.insert('signals', [
    {
      id,
      programme_id: programmeId,
      kind,
      key: found.key,
      round: (before?.round ?? 0) + 1,
      follows: before?.id ?? null,
      office_id: found.officeId,
      agent_id: found.agentId,
      concerns: [...new Set([...(before?.concerns ?? []), ...found.concerns])],
      severity: found.severity,
      count: found.count,
      began_at: found.from,
      ended_at: found.to,
      evidence: found.evidence,
      found_at: now,
    },
  ]);
  return id;
}

/** Writes that a signal has grown. */
export const growSignal = (tx: Tx, id: string, found: Found): Promise<number> =>
  tx.run(sql`update signals s set severity = ${found.severity}, count = ${found.count}, began_at = ${found.from}, ended_at = ${found.to},
      evidence = ${JSON.stringify(found.evidence)}::jsonb,
      concerns = array(select unnest(s.concerns) union select unnest(${found.concerns}::uuid[]))
    where s.id = ${id}`);

/** Notes what a signal rests on; what it rested on already stays. */
export const insertItems = (tx: Tx, signalId: string, items: readonly string[]): Promise<number> =>
  tx.run(sql`insert into signal_items (programme_id, kind, key, item, signal_id)
    select s.programme_id, s.kind, s.key, i, s.id from signals s cross join unnest(${items}::uuid[]) i where s.id = ${signalId}
    on conflict do nothing`);

/** A finding as it is when these items alone count, and not what it had before. */
export async function narrowedTo(tx: Tx, of: Items, found: Found, items: readonly string[]): Promise<Found> {
  const part = await tx.first<Partial<Pick<Found, 'from' | 'to'>> & { readonly evidence: Found['evidence'] | null }>(
    narrowing[of](items, found.evidence),
  );
  if (!part?.evidence) return { ...found, count: items.length };
  const { from = found.from, to = found.to, evidence } = part;
  return { ...found, from, to, count: items.length, evidence: { ...found.evidence, ...evidence } };
}

const narrowing = {
  payouts: (items: readonly string[]) => sql`select min(p.paid_at) as "from", max(p.paid_at) as "to",
      jsonb_build_object('payoutIds', (array_agg(p.id order by p.paid_at, p.id))[1:50]) as evidence
    from payouts p where p.id = any(${items}::uuid[])`,
  tries: (
    items: readonly string[],
  ) => sql`select min(f.at) as "from", max(f.at) as "to", jsonb_build_object('agents', count(distinct f.agent_id),
      'voucherIds', coalesce((array_agg(distinct f.voucher_id) filter (where f.voucher_id is not null))[1:50], '{}')) as evidence
    from failed_codes f where f.id = any(${items}::uuid[])`,
  // Of who shares something, those who are new may be paid or not.
  households: (items: readonly string[], { payoutIds = [], officeIds }: Found['evidence']) => sql`select
      jsonb_build_object('payoutIds', array_agg(p.id order by p.paid_at, p.id)) || case when ${officeIds !== undefined} then jsonb_build_object('officeIds',
        coalesce(array_agg(distinct p.office_id) filter (where p.office_id is not null), '{}')) else '{}' end as evidence
    from payouts p join vouchers v on v.id = p.voucher_id join payment_list_lines l on l.id = v.line_id
    where p.id = any(${payoutIds}::uuid[]) and l.household_id = any(${items}::uuid[]) having count(*) > 0`,
} as const;
