import { type Actor, type Db, type Page, pageRequestById, sql } from '../../platform/index.ts';
import { scopeCondition } from '../scope-condition.ts';
import { pageOfDevices } from './list-store.ts';
import type { Device } from './types.ts';

interface DeviceQuery {
  readonly officeId?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Devices of the offices within the reader's scope, oldest first, with who may sign in on each. */
export async function listDevices(db: Db, actor: Actor, query: DeviceQuery): Promise<Page<Device>> {
  const within = scopeCondition(actor, 'access.read_devices', { office: sql`d.office_id` });
  const { limit, after } = pageRequestById(query);
  return pageOfDevices(db, within, query.officeId, limit, after);
}
