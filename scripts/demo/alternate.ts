import { randomUUID } from 'node:crypto';
import { type Counter, seenOf } from './cash-out.ts';
import type { ReleasedList } from './pay.ts';
import type { Received } from './phones.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

/** Somebody who cannot come sends a neighbour, whom the household has named: the agent looks the voucher up, calls the name, and pays. */
export async function sendNeighbour(
  stage: Stage,
  { finance, enrolment }: Pilot,
  { agent, office }: Counter,
  { id: listId }: ReleasedList,
  received: Received,
): Promise<void> {
  let beneficiaryId = '';
  for await (const voucher of finance.api.all('listVouchers', { params: { listId } }))
    if (voucher.serial === received.serial) beneficiaryId = voucher.beneficiaryId;
  const { household } = await enrolment.api.call('getBeneficiary', { params: { beneficiaryId } });
  const neighbour = await enrolment.api.call('addCollector', {
    params: { householdId: household.id },
    body: {
      names: { given: 'Bakary', family: 'Condé' },
      document: { type: 'passport', number: 'MLI994711', issuingCountry: 'MLI' },
      validUntil: '2099-12-31',
    },
    idempotencyKey: randomUUID(),
  });
  const { serial, code } = received;
  const found = await agent.api.call('lookUpVoucher', {
    body: { officeId: office.id, locator: { serial }, code },
    idempotencyKey: randomUUID(),
  });
  stage.check('the look-up names who may collect', [found.collectors[0]?.as, found.collectors.at(-1)?.names?.given], ['person', 'Bakary']);
  const payout = await agent.api.call('payLookedUp', {
    params: { lookUpId: found.id },
    body: { collectorId: neighbour.id, ...seenOf(received) },
    idempotencyKey: randomUUID(),
  });
  stage.check('a neighbour whom the household named collects', payout.collector, { id: neighbour.id, as: 'alternate' });
}
