import type pg from 'pg';

/** Marks a record as merged into another, as the rooms that decide on duplicates leave it; without what those write of the household that it headed. */
export async function markMerged(owner: pg.Client, id: string, into: string): Promise<void> {
  await owner.query('set session_replication_role = replica');
  await owner.query('update households set head_id = null where head_id = $1', [id]);
  await owner.query('set session_replication_role = origin');
  await owner.query('update beneficiaries set merged_into = $2 where id = $1', [id, into]);
}
