import { newId } from '../../src/platform/index.ts';
import type { Frame } from './fixtures.ts';
import type { TestPlatform } from './platform.ts';

/** A record that moved at the bank, or was to, made past its room. */
export interface BankRecord {
  readonly reference: string;
  readonly amount: string;
  readonly on: string;
  readonly state?: 'instructed' | 'cancelled';
}

async function pastItsRoom({ owner }: Pick<TestPlatform, 'owner'>, table: string, row: { readonly id: string }): Promise<string> {
  await owner.query('set session_replication_role = replica');
  const columns = Object.keys(row);
  await owner.query(`insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, $1)`, [
    JSON.stringify(row),
  ]);
  await owner.query('set session_replication_role = origin');
  return row.id;
}

/** An advance that an officer was handed. */
export const handedAdvance = (
  platform: TestPlatform,
  { programmeId, fundId }: Pick<Frame, 'programmeId' | 'fundId'>,
  { reference, amount, on }: BankRecord,
): Promise<string> =>
  pastItsRoom(platform, 'advances', {
    id: newId(),
    ...{ programme_id: programmeId, fund_id: fundId, officer_id: newId(), round: 'Round', visit_on: on, amount, currency: 'DZD' },
    ...{ state: 'handed', asked_at: on, handed_by: newId(), handed_at: `${on}T12:00:00Z`, handed_reference: reference },
  });

/** A settlement that the bank was told to pay, or that was cancelled. */
export const toldSettlement = (
  platform: TestPlatform,
  { programmeId, fundId }: Pick<Frame, 'programmeId' | 'fundId'>,
  { reference, amount, on, state = 'instructed' }: BankRecord,
): Promise<string> =>
  pastItsRoom(platform, 'settlements', {
    id: newId(),
    ...{ programme_id: programmeId, fund_id: fundId, reference, state, amount, currency: 'DZD', from_date: on, to_date: on },
    ...{ made_by: newId(), made_at: `${on}T12:00:00Z`, version: 1 },
  });
