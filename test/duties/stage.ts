import type pg from 'pg';
import { expect } from 'vitest';
import type { duties } from '../../src/access/duties.ts';
import { newId } from '../../src/platform/index.ts';
import { type Frame, makeFrame } from '../support/fixtures.ts';
import { type Paid, payList } from '../support/paid.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

/** Where the duties are attacked in plain SQL: a programme with a list of two vouchers, one paid and one that can still be. */
export interface Stage {
  readonly platform: TestPlatform;
  readonly frame: Frame;
  /** Signed in as the application role. */
  readonly app: pg.Client;
  readonly paid: Paid;
  readonly live: Paid;
  /** Who made, approved and released the list. */
  readonly hands: readonly string[];
  /** Who entered the person of the live voucher. */
  readonly enteredLive: string;
}

/** What tries to break each constraint that keeps duties apart. */
export type Attacks = Readonly<Record<(typeof duties)[number]['constraint'], (stage: Stage) => Promise<void>>>;

export async function startStage(): Promise<Stage> {
  const platform = await startPlatform();
  const frame = await makeFrame(platform);
  const app = await platform.applicationClient();
  // Of today, so that the one which is live does not expire meanwhile.
  const now = platform.clock.now().toISOString();
  const wishes = [{ outcome: 'paid' }, { outcome: 'live' }] as const;
  const [paid, live] = (await payList(
    platform,
    frame,
    wishes.map((wish) => ({ ...wish, paidOn: now.slice(0, 10) })),
    { approvedAt: now },
  )) as [Paid, Paid];
  const { rows } = await platform.owner.query(
    'select h.user_id from payment_list_hands h join vouchers v on v.list_id = h.list_id where v.serial = $1 order by h.hand',
    [paid.serial],
  );
  const enteredLive = newId();
  await platform.owner.query(
    `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) values ($1, $2, 'enrolled', $3, now())`,
    [frame.programmeId, live.beneficiaryId, enteredLive],
  );
  return { platform, frame, app, paid, live, hands: rows.map(({ user_id }) => user_id), enteredLive };
}

/** Expects a constraint to refuse an attempt. */
export async function refused(constraint: string, attempt: Promise<unknown>): Promise<void> {
  await expect(attempt).rejects.toMatchObject({ constraint });
}
