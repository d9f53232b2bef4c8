import type { Clock } from '../../src/platform/index.ts';
import type { CashedOut } from './cash-out.ts';
import type { ReleasedList } from './pay.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

const DAY_MS = 86_400_000;
const stranger = { documentType: 'passport' as const, documentLastFour: '4417' };

/** Somebody is ill, and a neighbour whom the household has named collects for them. @returns who is paid since */
export async function collectInPlace(
  stage: Stage,
  { staff, enrolment, finance, auditor }: Pilot,
  list: ReleasedList,
  counter: CashedOut,
  clock: Clock,
): Promise<CashedOut> {
  stage.chapter('A neighbour collects for somebody who is ill');
  await staff.signInAgain();
  const [here] = counter.counters;
  const [ill, ...rest] = counter.unused.slice(3);
  if (!here || !ill) throw new Error('nobody is left in the story');
  let beneficiaryId = '';
  for await (const voucher of finance.api.all('listVouchers', { params: { listId: list.id } }))
    if (voucher.serial === ill.serial) beneficiaryId = voucher.beneficiaryId;
  const { household } = await enrolment.api.call('getBeneficiary', { params: { beneficiaryId } });
  const neighbour = await enrolment.api.call('addCollector', {
    params: { householdId: household.id },
    body: {
      names: { given: 'Moussa', family: 'Traoré' },
      document: { type: 'passport', number: `B${stranger.documentLastFour}`, issuingCountry: 'MLI' },
      validUntil: new Date(clock.now().getTime() + 90 * DAY_MS).toISOString().slice(0, 10),
    },
  });
  const ask = { officeId: here.office.id, locator: { serial: ill.serial }, code: ill.code };
  const { id: lookUpId, collectors } = await here.agent.api.call('lookUpVoucher', { body: ask });
  const alternate = collectors.find(({ collectorId }) => collectorId === neighbour.id);
  stage.check(
    'the counter is told whom to call, and who else may collect',
    [collectors.length > 1, alternate?.names?.given],
    [true, 'Moussa'],
  );
  const params = { lookUpId };
  const other = await here.agent.api.refusal('payLookedUp', { params, body: { collectorId: household.id, ...stranger } });
  stage.check('nobody else may', other?.code, 'not_a_collector');
  const paid = await here.agent.api.call('payLookedUp', { params, body: { collectorId: neighbour.id, ...stranger } });
  stage.check('the neighbour has the cash, for the person who is ill', [paid.serial, paid.beneficiaryId], [ill.serial, beneficiaryId]);
  const again = await here.agent.api.refusal('payLookedUp', { params, body: { collectorId: neighbour.id, ...stranger } });
  stage.check('what was looked up pays once', again?.code, 'already_paid');
  const who: string[] = [];
  for await (const { command } of auditor.api.all('listAuditEvents', { query: { subjectId: paid.voucherId } })) who.push(command);
  stage.check('and the trail holds both calls', [who.includes('cashout.look_up'), who.includes('cashout.pay')], [true, true]);
  return { ...counter, paid: counter.paid + 1, unused: [...counter.unused.slice(0, 3), ...rest] };
}
