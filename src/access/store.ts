import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { SignInState } from './rules.ts';
import type { NewRole, RoleGrant, User } from './types.ts';

type UserRow = Omit<User, 'disabledAt' | 'createdAt'> & { readonly disabledAt: Date | null; readonly createdAt: Date };
type GrantRow = Omit<RoleGrant, 'endsAt'> & { readonly endsAt: Date | string | null };

const timestamp = (value: Date | string | null): string | null => value && new Date(value).toISOString();

const grantOf = (row: GrantRow): RoleGrant => ({ ...row, endsAt: timestamp(row.endsAt) });

const userOf = ({ grants, disabledAt, createdAt, ...user }: UserRow): User => ({
  ...user,
  grants: grants.map(grantOf),
  disabledAt: timestamp(disabledAt),
  createdAt: createdAt.toISOString(),
});

const userColumns = (now: Date) => sql`u.id, u.email, u.display_name as "displayName", u.language, u.disabled_at as "disabledAt",
  u.created_at as "createdAt",
  coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'programmeId', g.programme_id, 'officeId', g.office_id,
      'fundId', g.fund_id, 'endsAt', g.ends_at) order by g.id)
    from role_grants g where g.user_id = u.id and (g.ends_at is null or g.ends_at > ${now})), '[]') as grants`;

const grantColumns = sql`g.id, g.role, g.programme_id as "programmeId", g.office_id as "officeId", g.fund_id as "fundId", g.ends_at as "endsAt"`;

export async function findUser(db: Db, id: string, now: Date): Promise<User | undefined> {
  const row = await db.first<UserRow>(sql`select ${userColumns(now)} from users u where u.id = ${id}`);
  return row && userOf(row);
}

/** @param within which of a user's roles `g` make the user part of the list; somebody without a role has an empty one */
export async function pageOfUsers(db: Db, now: Date, within: Sql, limit: number, after: string | undefined): Promise<Page<User>> {
  const rows = await db.all<UserRow>(sql`select ${userColumns(now)} from users u
    where ${allOf([
      sql`exists (select from (values (1)) one left join role_grants g on g.user_id = u.id where ${within})`,
      ...(after ? [sql`u.id > ${after}`] : []),
    ])}
    order by u.id limit ${limit + 1}`);
  return pageOf(rows.map(userOf), limit, ({ id }) => id);
}

interface UserInsert {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly language: string;
  readonly passwordHash: string;
  readonly sealedSecret: Buffer;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export async function insertUser(tx: Tx, user: UserInsert): Promise<void> {
  const { id, email, displayName, language, passwordHash, sealedSecret, createdBy, createdAt } = user;
  await tx.run(sql`insert into users (id, email, display_name, language, password_hash, totp_secret, created_by, created_at)
    values (${id}, ${email}, ${displayName}, ${language}, ${passwordHash}, ${sealedSecret}, ${createdBy}, ${createdAt})`);
}

/** @returns false when the user is disabled already */
export async function markDisabled(tx: Tx, id: string, now: Date): Promise<boolean> {
  return (await tx.run(sql`update users set disabled_at = ${now} where id = ${id} and disabled_at is null`)) === 1;
}

export interface StoredCredentials {
  readonly id: string;
  readonly passwordHash: string;
  readonly sealedSecret: Buffer;
}

const credentialColumns = sql`id, password_hash as "passwordHash", totp_secret as "sealedSecret"`;

export const credentialsByEmail = (db: Db, email: string): Promise<StoredCredentials | undefined> =>
  db.first(sql`select ${credentialColumns} from users where email = ${email}`);

export const credentialsById = (db: Db, id: string): Promise<StoredCredentials | undefined> =>
  db.first(sql`select ${credentialColumns} from users where id = ${id}`);

/** Whether and until when a user may not sign in. Attempts for one user pass here one after another. */
export const lockForSignIn = (tx: Tx, id: string): Promise<(SignInState & { readonly failures: number }) | undefined> =>
  tx.first(sql`select disabled_at as "disabledAt", blocked_until as "blockedUntil", failed_sign_ins as failures
    from users where id = ${id} for no key update`);

export async function setFailures(tx: Tx, id: string, failures: number, blockedUntil: Date | null): Promise<void> {
  await tx.run(sql`update users set failed_sign_ins = ${failures}, blocked_until = ${blockedUntil} where id = ${id}`);
}

/** Uses up the code of a time step and of every step before it. @returns false when it was used already */
export async function takeStep(tx: Tx, userId: string, step: number): Promise<boolean> {
  return (await tx.run(sql`update users set totp_last_step = ${step} where id = ${userId} and totp_last_step < ${step}`)) === 1;
}

export async function insertGrant(tx: Tx, id: string, userId: string, role: NewRole, grantedBy: string, now: Date): Promise<void> {
  const { programmeId = null, officeId = null, fundId = null, endsAt = null } = role;
  await tx.run(sql`insert into role_grants (id, user_id, role, programme_id, office_id, fund_id, ends_at, granted_by, granted_at)
    values (${id}, ${userId}, ${role.role}, ${programmeId}, ${officeId}, ${fundId}, ${endsAt}, ${grantedBy}, ${now})`);
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
