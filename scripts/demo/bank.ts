import { dateIn, Money } from '../../src/platform/index.ts';
import { dayStatement, type Movement, notification } from './bank-file.ts';
import { GRANT } from './pay.ts';
import { type Pilot, RECEIVED } from './set-up.ts';
import type { Member } from './staff.ts';
import type { Stage } from './stage.ts';

/** The bank's paper: the transfer to the post is found in it, which closes the settlement three ways, and one line that nothing explains. */
export async function readBank(stage: Stage, { programmeId, reconciler }: Pilot, settlementId: string, controller: Member): Promise<void> {
  stage.chapter('Reading the bank’s statement');
  const settlement = await reconciler.api.call('getSettlement', { params: { settlementId } });
  const on = dateIn('Africa/Algiers', new Date(settlement.paidAt ?? ''));
  const transfer: Movement = { reference: settlement.reference, amount: settlement.amount.amount, direction: 'DBIT', on };
  const movements: Movement[] = [
    { reference: 'R-0001', amount: Money.of(GRANT, 'DZD').times(4).toString(), direction: 'DBIT', on },
    { reference: 'R-0002', amount: GRANT, direction: 'CRDT', on },
    transfer,
    { reference: 'AGIOS-07', amount: '1250.00', direction: 'DBIT', on },
  ];
  const read = async (name: string, body: string) =>
    (await controller.api.call('importStatement', { params: { programmeId }, query: { name, source: 'bank' }, body })).statement;
  const atOnce = await read('Avis', notification(transfer));
  stage.check('its notification is matched by the reference that we gave', [atOnce.format, atOnce.matchedCount], ['camt.054', 1]);
  const { threeWays } = await reconciler.api.call('getSettlement', { params: { settlementId } });
  stage.check(
    'the settlement is closed three ways: our pay-outs, the post’s paper, the bank’s',
    [threeWays.closed, threeWays.missing],
    [true, []],
  );
  const atNight = await read('Relevé', dayStatement(RECEIVED, movements));
  stage.check(
    'its statement of the day repeats that line, and explains all others but one',
    [atNight.format, atNight.lineCount, atNight.repeatCount, atNight.matchedCount],
    ['camt.053', 4, 1, 2],
  );
  stage.check('which is found', atNight.exceptions, [{ kind: 'bank_not_in_statement', open: 1, resolved: 0 }]);
  const bent = dayStatement(RECEIVED, movements).replaceAll('1250.00', '1251.00').replace('B-AGIOS-07', 'B-AGIOS-08');
  const refused = await controller.api.refusal('importStatement', {
    params: { programmeId },
    query: { name: 'Relevé 2', source: 'bank' },
    body: bent,
  });
  stage.check('a statement whose balances do not come out is refused', refused?.code, 'unreadable_statement');
}
