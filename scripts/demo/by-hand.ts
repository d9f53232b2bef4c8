import { type Clock, Money } from '../../src/platform/index.ts';
import { type CashedOut, redemption } from './cash-out.ts';
import { GRANT, type ReleasedList } from './pay.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

const grants = (count: number): string => Money.of(GRANT, 'DZD').times(count).toString();
const document = (serial: string) => ({ documentType: 'passport' as const, documentLastFour: serial.slice(-4) });

/**
 * A field officer carries cash to people who cannot come: two whose code could not be sent sign for it, one has a code, one is not at home and comes
 * off the round.
 * @returns who is paid since
 */
export async function deliverByHand(stage: Stage, pilot: Pilot, list: ReleasedList, counter: CashedOut, clock: Clock): Promise<CashedOut> {
  const { staff, administrator, programmeId, fundId, finance, reconciler } = pilot;
  stage.chapter('Cash carried to people who cannot come');
  const officer = await staff.hire(administrator, 'field_officer', 'Fatima Field', { programmeId });
  await staff.signInAgain();
  const [here] = counter.counters;
  const [atHome, away, ...rest] = counter.unused.slice(3);
  const withoutPhone: string[] = [];
  for await (const { state, serial } of finance.api.all('listVouchers', { params: { listId: list.id } }))
    if (state === 'issued' && withoutPhone.length < 2) withoutPhone.push(serial);
  if (!here || !atHome || !away || withoutPhone.length < 2) throw new Error('nobody is left in the story');
  const advance = await officer.api.call('askAdvance', {
    params: { programmeId },
    body: {
      fundId,
      round: 'Bir el Ater, road to the south',
      visitOn: clock.now().toISOString().slice(0, 10),
      serials: [...withoutPhone, atHome.serial, away.serial],
    },
  });
  stage.check('the advance is what the round comes to', [advance.amount.amount, advance.state], [grants(4), 'asked']);
  const params = { advanceId: advance.id };
  await finance.api.call('handOverAdvance', { params, body: { reference: 'R-0001' } });
  const meanwhile = await here.agent.api.refusal('redeemVoucher', redemption(here, away));
  stage.check('what is being brought pays at no counter meanwhile', meanwhile?.code, 'being_brought');
  const witnessId = (await reconciler.api.call('whoAmI')).id;
  for (const serial of withoutPhone)
    await officer.api.call('deliverByHand', {
      params,
      body: { serial, ...document(serial), receipt: { witnessId, reference: `R-${serial}` } },
    });
  const { serial, code } = atHome;
  const delivered = await officer.api.call('deliverByHand', { params, body: { serial, code, ...document(serial) } });
  stage.check('a delivery by hand is a pay-out of no office', [delivered.office, delivered.advanceId], [null, advance.id]);
  await officer.api.call('takeOffRound', { params, body: { serial: away.serial, reason: 'Nobody is at home' } });
  const unheard = await finance.api.refusal('closeAdvance', { params });
  stage.check('an advance does not close before the witness of its receipts was heard', unheard?.code, 'advance_unwitnessed');
  for await (const { payoutId } of reconciler.api.all('listWitnessedDeliveries', { query: { answer: 'unanswered' } }))
    await reconciler.api.call('answerAsWitness', { params: { payoutId }, body: { answer: 'confirmed' } });
  const early = await finance.api.refusal('closeAdvance', { params });
  stage.check('an advance of which cash is out stays open', [early?.code, early?.['rest']], ['advance_not_at_zero', GRANT]);
  const back = { params, body: { amount: { amount: GRANT, currency: 'DZD' }, reference: 'R-0002' } };
  const own = await officer.api.refusal('takeBackAdvance', back);
  stage.check('who drew it does not take back the rest', own?.code, 'forbidden');
  await finance.api.call('takeBackAdvance', back);
  const closed = await finance.api.call('closeAdvance', { params });
  stage.check(
    'the rest came back, and the advance comes to zero',
    [closed.state, closed.delivered.amount, closed.returned.amount, closed.rest.amount],
    ['closed', grants(3), GRANT, grants(0)],
  );
  const { balances } = await finance.api.call('getFundBalances', { params: { fundId } });
  const out = balances.filter(({ kind }) => kind === 'advances').map(({ balance }) => balance.amount);
  stage.check('so do the books', out, [grants(0)]);
  return { counters: counter.counters, paid: counter.paid + 3, unused: [...counter.unused.slice(0, 3), away, ...rest] };
}
