import { allOf, type Db, type Page, pageOf, type Scope, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Language, NewRole, RoleGrant, User } from './types.ts';

type UserRow = Omit<User, 'activatedAt' | 'disabledAt' | 'createdAt'> & {
  readonly activatedAt: Date | null;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
};
type GrantRow = Omit<RoleGrant, 'endsAt'> & { readonly endsAt: Date | string | null };

const timestamp = (value: Date | string | null): string | null => value && new Date(value).toISOString();

const grantOf = (row: GrantRow): RoleGrant => ({ ...row, endsAt: timestamp(row.endsAt) });

const userOf = ({ grants, activatedAt, disabledAt, createdAt, ...user }: UserRow): User => ({
  ...user,
  grants: grants.map(grantOf),
  activatedAt: timestamp(activatedAt),
  disabledAt: timestamp(disabledAt),
  createdAt: createdAt.toISOString(),
});

const limitOf = sql`case when g.limit_amount is not null then jsonb_build_object(
  'amount', round(g.limit_amount, minor_units(g.limit_currency))::text, 'currency', g.limit_currency) end`;

/** @param within which of the user's roles `g` are shown */
const userColumns = (
  now: Date,
  within = sql`true`,
) => sql`u.id, u.email, u.display_name as "displayName", u.language, u.activated_at as "activatedAt",
  u.disabled_at as "disabledAt", u.created_at as "createdAt",
  coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'programmeId', g.programme_id, 'officeId', g.office_id,
      'fundId', g.fund_id, 'limit', ${limitOf}, 'endsAt', g.ends_at) order by g.id)
    from role_grants g where g.user_id = u.id and (g.ends_at is null or g.ends_at > ${now}) and (${within})), '[]') as grants`;

const grantColumns = sql`g.id, g.role, g.programme_id as "programmeId", g.office_id as "officeId", g.fund_id as "fundId",
  ${limitOf} as "limit", g.ends_at as "endsAt"`;

export async function findUser(db: Db, id: string, now: Date): Promise<User | undefined> {
  const row = await db.first<UserRow>(sql`select ${userColumns(now)} from users u where u.id = ${id}`);
  return row && userOf(row);
}

export async function userByEmail(db: Db, email: string, now: Date): Promise<User | undefined> {
  const row = await db.first<UserRow>(sql`select ${userColumns(now)} from users u where u.email = ${email}`);
  return row && userOf(row);
}

/** @param within which of a user's roles `g` make the user part of the list, and are shown; somebody without a role has an empty one */
export async function pageOfUsers(db: Db, now: Date, within: Sql, limit: number, after: string | undefined): Promise<Page<User>> {
  const rows = await db.all<UserRow>(sql`select ${userColumns(now, within)} from users u
    where ${allOf([
      sql`exists (select from (values (1)) one left join role_grants g on g.user_id = u.id where ${within})`,
      ...(after ? [sql`u.id > ${after}`] : []),
    ])}
    order by u.id limit ${limit + 1}`);
  return pageOf(rows.map(userOf), limit, ({ id }) => id);
}

/** Adds somebody who has neither a password nor an authenticator yet. */
export async function insertUser(tx: Tx, { id, email, displayName, language }: User, createdBy: string, now: Date): Promise<void> {
  await tx.run(sql`insert into users (id, email, display_name, language, created_by, created_at)
    values (${id}, ${email}, ${displayName}, ${language}, ${createdBy}, ${now})`);
}

/** Gives somebody the password and the authenticator that they signed up with. @returns false when that has happened before */
export async function activateUser(
  tx: Tx,
  id: string,
  passwordHash: string,
  sealedSecret: Buffer,
  step: number,
  now: Date,
): Promise<boolean> {
  return (
    (await tx.run(sql`update users set password_hash = ${passwordHash}, totp_secret = ${sealedSecret}, totp_last_step = ${step},
      activated_at = ${now} where id = ${id} and activated_at is null`)) === 1
  );
}

/** Puts another authenticator in the place of somebody's. @param step of the code that confirmed it, which is used up by that */
export async function replaceAuthenticator(tx: Tx, id: string, sealedSecret: Buffer, step: number): Promise<void> {
  await tx.run(sql`update users set totp_secret = ${sealedSecret}, totp_last_step = greatest(totp_last_step, ${step}) where id = ${id}`);
}

/** @returns false when the user is disabled already */
export async function markDisabled(tx: Tx, id: string, now: Date): Promise<boolean> {
  return (await tx.run(sql`update users set disabled_at = ${now} where id = ${id} and disabled_at is null`)) === 1;
}

/** What somebody signs in with. Neither a password nor an authenticator stands there before an invitation is accepted. */
export interface StoredCredentials {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly language: Language;
  readonly passwordHash: string | null;
  readonly sealedSecret: Buffer | null;
  readonly disabledAt: Date | null;
  readonly activatedAt: Date | null;
}

const credentialColumns = sql`id, email, display_name as "displayName", language, password_hash as "passwordHash",
  totp_secret as "sealedSecret", disabled_at as "disabledAt", activated_at as "activatedAt"`;

export const credentialsByEmail = (db: Db, email: string): Promise<StoredCredentials | undefined> =>
  db.first(sql`select ${credentialColumns} from users where email = ${email}`);

export const credentialsById = (db: Db, id: string): Promise<StoredCredentials | undefined> =>
  db.first(sql`select ${credentialColumns} from users where id = ${id}`);

/** As {@link credentialsById}, until the transaction ends changed by nobody else. */
export const lockCredentials = (tx: Tx, id: string): Promise<StoredCredentials | undefined> =>
  tx.first(sql`select ${credentialColumns} from users where id = ${id} for no key update`);

/** What somebody proves that they know or have. */
export type Secrets = Pick<StoredCredentials, 'passwordHash' | 'sealedSecret'>;

/** Whether secrets that were examined before are still somebody's, who is locked. */
export const isUnchanged = (examined: Secrets, { passwordHash, sealedSecret }: Secrets): boolean =>
  examined.passwordHash === passwordHash && (examined.sealedSecret ?? Buffer.alloc(0)).equals(sealedSecret ?? Buffer.alloc(0));

/** Keeps a password. What follows from it (sessions, links) is for the command to end. */
export async function setPassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.run(sql`update users set password_hash = ${passwordHash} where id = ${userId}`);
}

/** Puts one hash in the place of another. @returns false when the password was changed meanwhile */
export async function renewHash(tx: Tx, userId: string, before: string, after: string): Promise<boolean> {
  return (await tx.run(sql`update users set password_hash = ${after} where id = ${userId} and password_hash = ${before}`)) === 1;
}

/** Uses up the code of a time step and of every step before it. @returns false when it was used already */
export async function takeStep(tx: Tx, userId: string, step: number): Promise<boolean> {
  return (await tx.run(sql`update users set totp_last_step = ${step} where id = ${userId} and totp_last_step < ${step}`)) === 1;
}

export async function insertGrant(tx: Tx, id: string, userId: string, role: NewRole, grantedBy: string, now: Date): Promise<void> {
  const { programmeId = null, officeId = null, fundId = null, limit = null, endsAt = null } = role;
  await tx.run(sql`insert into role_grants (id, user_id, role, programme_id, office_id, fund_id, limit_amount, limit_currency, ends_at,
      granted_by, granted_at)
    values (${id}, ${userId}, ${role.role}, ${programmeId}, ${officeId}, ${fundId}, ${limit?.amount ?? null}, ${limit?.currency ?? null},
      ${endsAt}, ${grantedBy}, ${now})`);
}

interface Place {
  readonly programmeId?: string | null | undefined;
  readonly officeId?: string | null | undefined;
  readonly fundId?: string | null | undefined;
}

/** Where a role is granted. A fund lies in its programme. */
export async function placeOf(db: Db, { programmeId, officeId, fundId }: Place): Promise<Scope> {
  const fund = fundId
    ? await db.first<{ programmeId: string }>(sql`select programme_id as "programmeId" from funds where id = ${fundId}`)
    : undefined;
  const place = { programme: fundId ? fund?.programmeId : programmeId, office: officeId, fund: fundId };
  return Object.fromEntries(Object.entries(place).flatMap(([kind, id]) => (id ? [[kind, id]] : [])));
}

export async function findGrant(db: Db, userId: string, id: string): Promise<RoleGrant | undefined> {
  const row = await db.first<GrantRow>(sql`select ${grantColumns} from role_grants g where g.user_id = ${userId} and g.id = ${id}`);
  return row && grantOf(row);
}

/** @returns the grant as it is now, or undefined when it had ended */
export async function endGrant(tx: Tx, id: string, now: Date): Promise<RoleGrant | undefined> {
  const row = await tx.first<GrantRow>(sql`update role_grants g set ends_at = ${now}
    where g.id = ${id} and (g.ends_at is null or g.ends_at > ${now}) returning ${grantColumns}`);
  return row && grantOf(row);
}
