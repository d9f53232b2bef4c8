import { type Db, sql, type Tx } from '../platform/index.ts';
import type { Link, LinkPurpose } from './types.ts';

const columns = sql`l.id, l.user_id as "userId", l.purpose, l.key_version as "keyVersion", l.expires_at as "expiresAt",
  l.wrong_tries as "wrongTries"`;

/** Neither used nor revoked nor too old, and for somebody who is not disabled. */
const open = (now: Date) => sql`l.used_at is null and l.revoked_at is null and l.expires_at > ${now}
  and exists (select from users u where u.id = l.user_id and u.disabled_at is null)`;

export async function insertLink(tx: Tx, link: Link, hash: Buffer, createdBy: string, now: Date): Promise<void> {
  const { id, userId, purpose, keyVersion, expiresAt } = link;
  await tx.run(sql`insert into account_links (id, user_id, purpose, key_version, token_hash, created_by, created_at, expires_at)
    values (${id}, ${userId}, ${purpose}, ${keyVersion}, ${hash}, ${createdBy}, ${now}, ${expiresAt})`);
}

/** The open link with a token, if there is one. */
export const findOpenLink = (db: Db, hash: Buffer, now: Date): Promise<Link | undefined> =>
  db.first(sql`select ${columns} from account_links l where l.token_hash = ${hash} and ${open(now)}`);

export const findOpenLinkById = (db: Db, id: string, now: Date): Promise<Link | undefined> =>
  db.first(sql`select ${columns} from account_links l where l.id = ${id} and ${open(now)}`);

/** Somebody's open link of a kind. */
export const findOpenLinkOf = (db: Db, userId: string, purpose: LinkPurpose, now: Date): Promise<Link | undefined> =>
  db.first(sql`select ${columns} from account_links l where l.user_id = ${userId} and l.purpose = ${purpose} and ${open(now)}`);

/** An open link on which tries pass one after another. */
export const lockLink = (tx: Tx, hash: Buffer, purpose: LinkPurpose, now: Date): Promise<Link | undefined> =>
  tx.first(sql`select ${columns} from account_links l where l.token_hash = ${hash} and l.purpose = ${purpose} and ${open(now)}
    for no key update of l`);

export async function useLink(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.run(sql`update account_links set used_at = ${now} where id = ${id}`);
}

export async function countWrongTry(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update account_links set wrong_tries = wrong_tries + 1 where id = ${id}`);
}

/** Makes somebody's open links worth nothing. @returns how many there were */
export function revokeLinks(
  tx: Tx,
  userId: string,
  now: Date,
  purposes: readonly LinkPurpose[] = ['invitation', 'password_reset', 'second_factor'],
): Promise<number> {
  return tx.run(sql`update account_links set revoked_at = ${now}
    where user_id = ${userId} and purpose = any (${[...purposes]}::text[]) and used_at is null and revoked_at is null`);
}
