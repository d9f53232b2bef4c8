import { allOf, type Db, type Page, pageOf, type Sql, sql } from '../../platform/index.ts';
import { ENROLMENT_IDLE_MS } from './rules.ts';
import type { Device } from './types.ts';

interface DeviceRow extends Omit<Device, 'createdAt' | 'revokedAt' | 'users'> {
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly users: readonly { userId: string; displayName: string; enrolledAt: string; lastUsedAt: string; lockedAt: string | null }[];
}

const iso = (instant: Date | string): string => new Date(instant).toISOString();

const deviceOf = ({ createdAt, revokedAt, users, ...device }: DeviceRow): Device => ({
  ...device,
  createdAt: iso(createdAt),
  revokedAt: revokedAt && iso(revokedAt),
  users: users.map(({ enrolledAt, lastUsedAt, lockedAt, ...user }) => ({
    ...user,
    enrolledAt: iso(enrolledAt),
    lastUsedAt: iso(lastUsedAt),
    lockedAt: lockedAt && iso(lockedAt),
    expiresAt: iso(new Date(new Date(lastUsedAt).getTime() + ENROLMENT_IDLE_MS)),
  })),
});

const columns = sql`d.id, d.office_id as "officeId", d.name, d.key_version as "keyVersion", d.created_at as "createdAt",
  d.revoked_at as "revokedAt",
  coalesce((select jsonb_agg(jsonb_build_object('userId', u.id, 'displayName', u.display_name, 'enrolledAt', e.created_at,
      'lastUsedAt', e.last_used_at, 'lockedAt', e.locked_at) order by e.id)
    from device_enrolments e join users u on u.id = e.user_id where e.device_id = d.id and e.ended_at is null), '[]') as users`;

export async function findDevice(db: Db, id: string): Promise<Device | undefined> {
  const row = await db.first<DeviceRow>(sql`select ${columns} from devices d where d.id = ${id}`);
  return row && deviceOf(row);
}

/** @param within the condition on devices `d` that keeps to the reader's scope */
export async function pageOfDevices(
  db: Db,
  within: Sql,
  officeId: string | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Device>> {
  const rows = await db.all<DeviceRow>(sql`select ${columns} from devices d
    where ${allOf([sql`(${within})`, ...(officeId ? [sql`d.office_id = ${officeId}`] : []), ...(after ? [sql`d.id > ${after}`] : [])])}
    order by d.id limit ${limit + 1}`);
  return pageOf(rows.map(deviceOf), limit, ({ id }) => id);
}
