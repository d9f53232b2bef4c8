import { type Sql, sql, type Tx } from '../platform/index.ts';

// By its own reference the gateway's records name a telephone. Once nobody asks after a message any more, that link is cut.

/** Forgets under which references the gateway knows the messages to these people. */
export async function forgetReferencesOf(tx: Tx, beneficiaryIds: readonly string[]): Promise<void> {
  await tx.run(sql`update messages set gateway_reference = null
    where beneficiary_id = any(${beneficiaryIds}::uuid[]) and gateway_reference is not null and state <> 'pending'`);
}

/** Messages of a programme from before a moment that the gateway can still be asked about, as a query of their ids. */
export const oldReferences = (programmeId: string, before: Date): Sql => sql`select m.id::text as id
  from messages m join payment_lists l on l.id = m.list_id
  where l.programme_id = ${programmeId} and m.gateway_reference is not null and m.state <> 'pending' and m.created_at < ${before}`;

export async function forgetReferences(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(sql`update messages set gateway_reference = null where id = any(${ids}::uuid[])`);
}
