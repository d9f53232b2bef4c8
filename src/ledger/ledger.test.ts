import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { system } from '../access/index.ts';
import { brokenConstraint, Money, newId } from '../platform/index.ts';
import { post } from './index.ts';

describe('the ledger', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '1000.00');
    await makePerson(platform, frame.programmeId);
  });
  afterAll(() => platform.close());

  const approve = (amount: string, id = newId()) =>
    platform.app.database.transaction((tx) =>
      post(tx, platform.clock.now(), [
        {
          event: 'approval',
          programmeId: frame.programmeId,
          fundId: frame.fundId,
          subject: { type: 'payment_list', id },
          amount: Money.of(amount, 'DZD'),
        },
      ]),
    );

  it('never commits more than a fund holds, however many try at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => approve('300.00')));
    const refused = tries.filter((result) => result.status === 'rejected');
    expect(tries.length - refused.length).toBe(3);
    for (const { reason } of refused) expect(brokenConstraint(reason)).toBe('accounts_not_overdrawn');
  });

  it('opens an account once when many post to it for the first time', async () => {
    const officeId = newId();
    const settle = () =>
      platform.app.execute(
        {
          name: 'test.settle',
          scope: () => ({}),
          async run({ tx, now }) {
            const subject = { type: 'settlement', id: newId() };
            await post(tx, now, [
              { event: 'fee', programmeId: frame.programmeId, fundId: frame.fundId, subject, amount: Money.of('1.00', 'DZD'), officeId },
            ]);
            return { result: null, subject };
          },
        },
        {},
        { actor: system },
      );
    await Promise.all(Array.from({ length: 8 }, settle));
    const { rows } = await platform.owner.query(
      'select count(distinct a.id)::int as accounts, sum(p.amount) as total from accounts a join postings p on p.account_id = a.id where a.office_id = $1',
      [officeId],
    );
    expect(rows).toEqual([{ accounts: 1, total: '-8.00' }]);
  });

  it('lets an event happen once to its subject', async () => {
    const id = newId();
    await approve('1.00', id);
    await expect(approve('1.00', id)).rejects.toMatchObject({ constraint: 'journal_entries_once' });
  });
});
