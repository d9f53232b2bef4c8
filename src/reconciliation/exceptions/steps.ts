import { newId, sql, type Tx } from '../../platform/index.ts';

/** Writes one step into the life of each of these exceptions. */
export async function keepSteps(
  tx: Tx,
  { at, by, what, reason }: { readonly at: Date; readonly by: string; readonly what: string; readonly reason: string | null },
  steps: readonly { readonly id: string; readonly facts?: Readonly<Record<string, string | null>> }[],
): Promise<void> {
  await tx.insert(
    'exception_events',
    steps.map(({ id, facts = {} }) => ({ id: newId(), exception_id: id, at, by, what, reason, facts })),
  );
}

/** One step into the life of each, written where they are rather than sent. */
export async function keepStepOfAll(
  tx: Tx,
  ids: readonly string[],
  { at, by, what, reason, facts }: { at: Date; by: string; what: string; reason: string; facts: Readonly<Record<string, string>> },
): Promise<void> {
  await tx.run(sql`insert into exception_events (id, exception_id, at, by, what, reason, facts)
    select n.id, n.exception_id, ${at}, ${by}, ${what}, ${reason}, ${JSON.stringify(facts)}::jsonb
    from unnest(${ids.map(() => newId())}::uuid[], ${ids}::uuid[]) as n (id, exception_id)`);
}
