import { Money } from '../../src/platform/index.ts';
import { namePublisher, takeFiles } from './donor-files.ts';
import type { ReleasedList } from './pay.ts';
import { type Pilot, RECEIVED } from './set-up.ts';
import type { Stage } from './stage.ts';

/** What the donor sees, and whether the books and the trail hold. */
export async function report(stage: Stage, pilot: Pilot, list: ReleasedList): Promise<void> {
  const { programmeId, fundId, donor, finance, auditor } = pilot;
  stage.chapter('The donor’s report');
  const draft = await finance.api.call('getDonorReportDraft', { params: { fundId }, query: { fresh: true } });
  // Today can still be put right; what is over stays as it is published.
  const to = new Date(Date.parse(draft.period.to) - 86_400_000).toISOString().slice(0, 10);
  await namePublisher(pilot);
  const report = await finance.api.call('publishDonorReport', { params: { fundId }, body: { to } });
  const money = draft.money.sinceStart;
  const { reached, breakdown } = report;
  stage.show(Object.entries(report.money.sinceStart).map(([figure, { amount, currency }]) => [figure, `${amount} ${currency}`]));
  stage.say(`${reached.people} people in ${reached.households} households; a dash is a group too small to be shown.`);
  const count = ({ people, suppressed }: { people: number | null; suppressed: boolean }): string =>
    people === null ? '–' : `${suppressed ? '≥ ' : ''}${people}`;
  stage.show([
    ['', ...breakdown.bySexAndAge.totals.map(({ ageBand }) => ageBand), 'all'],
    ...breakdown.bySexAndAge.rows.map((row) => [row.sex, ...row.cells.map(count), count(row)]),
  ]);
  const sum = (...names: (keyof typeof money)[]) =>
    Money.sum(
      names.map((name) => Money.of(money[name].amount, 'DZD')),
      'DZD',
    ).toString();
  stage.check('received', money.received.amount, RECEIVED);
  stage.check(
    'released = paid + outstanding + expired + cancelled',
    money.released.amount,
    sum('paid', 'outstanding', 'expired', 'cancelled'),
  );
  const { balances } = await finance.api.call('getFundBalances', { params: { fundId } });
  const outstanding = balances.find(({ kind }) => kind === 'vouchers_outstanding');
  stage.check('the report says what the ledger says', money.outstanding.amount, outstanding?.balance.amount);
  const read = await donor.api.call('getDonorReport', { params: { fundId } });
  stage.check('the donor reads what was published', read, report);
  await takeFiles(stage, pilot, read);
  const person = await donor.api.refusal('listBeneficiaries', { params: { programmeId } });
  stage.check('a donor sees no person', person?.code, 'forbidden');

  stage.chapter('Checking the books and the trail');
  const { identities } = await finance.api.call('verifyIdentities', { params: { programmeId } });
  for (const name of new Set(identities.map(({ identity }) => identity))) {
    const those = identities.filter(({ identity }) => identity === name);
    stage.check(`${name.replace('_', ' ')}: ${those.length} of ${those.length}`, those.filter(({ holds }) => holds).length, those.length);
  }
  const trail: Record<string, number> = {};
  let refusals = 0;
  for await (const { command, refusal, subjectType } of auditor.api.all('listAuditEvents')) {
    if (refusal) refusals += 1;
    else trail[`${command} ${subjectType}`] = (trail[`${command} ${subjectType}`] ?? 0) + 1;
  }
  const payouts = [];
  for await (const payout of finance.api.all('listPayouts', { params: { programmeId } })) payouts.push(payout);
  stage.check(
    'one event for every pay-out, at a counter, without a network and by hand',
    [
      (trail['cashout.redeem voucher'] ?? 0) + (trail['cashout.pay voucher'] ?? 0) + (trail['offline.sync voucher'] ?? 0),
      trail['handovers.deliver voucher'],
      trail['cashout.void_payout payout'],
    ],
    [
      payouts.filter(({ office }) => office).length,
      payouts.filter(({ office }) => !office).length,
      payouts.filter(({ voidedAt }) => voidedAt).length,
    ],
  );
  stage.check(
    'one event for each signature and one release',
    ['submit', 'approve', 'release'].map((step) => trail[`payments.${step}_list payment_list`]),
    [1, 2, 1],
  );
  const events = Object.values(trail).reduce((total, n) => total + n, 0);
  stage.say(`${events} events of ${Object.keys(trail).length} kinds, and ${refusals} refusals that were kept; ${list.lines} vouchers.`);
}
