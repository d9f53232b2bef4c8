import type { ItemOf } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import type { Member } from './staff.ts';
import type { Stage } from './stage.ts';

/**
 * Every exception has its answer. What moves money is proposed by one and approved by another: a claim on the post, which proves that it
 * paid, and what the fund would bear of an amount that was too high, until the post puts it right.
 * @param expected how many there are
 * @returns who approves, and has had a hand in nothing else
 */
export async function decideExceptions(stage: Stage, pilot: Pilot, expected: number): Promise<Member> {
  const { staff, administrator, programmeId, fundId, finance, reconciler } = pilot;
  const controller = await staff.hire(administrator, 'finance_officer', 'Zahra Control', { programmeId });
  const open: ItemOf<'listExceptions'>[] = [];
  for await (const one of finance.api.all('listExceptions', { params: { programmeId }, query: { state: 'open' } })) open.push(one);
  const of = (kind: string) => open.find((one) => one.kind === kind)?.id ?? '';
  const balances = async () =>
    Object.fromEntries(
      (await reconciler.api.call('getFundBalances', { params: { fundId } })).balances.map(({ kind, balance }) => [kind, balance.amount]),
    );
  const approve = async (exceptionId: string, decisions: readonly { readonly id: string }[]) => {
    const params = { exceptionId, proposalId: decisions.at(-1)?.id ?? '' };
    return controller.api.call('approveResolution', { params });
  };
  const propose = async (exceptionId: string, resolution: 'claim_on_post' | 'claim_withdrawn' | 'write_off', note: string) =>
    approve(
      exceptionId,
      (await reconciler.api.call('proposeResolution', { params: { exceptionId }, body: { resolution, note } })).decisions,
    );

  const before = await balances();
  const missing = of('ours_not_in_statement');
  await propose(missing, 'claim_on_post', 'The post does not list it.');
  const claimed = await balances();
  stage.check('what the post does not list is kept from it', Number(claimed['claims']) > 0, true);
  const proved = await propose(missing, 'claim_withdrawn', 'The post has shown the receipt.');
  stage.check('once it proves that it paid, it is owed it again', [proved.claim?.state, await balances()], ['withdrawn', before]);

  const over = of('amount_over');
  const own = { params: { exceptionId: over }, body: { resolution: 'write_off' as const, note: 'I released it.' } };
  const refused = await finance.api.refusal('proposeResolution', own);
  stage.check('who released a list decides nothing about its cash', refused?.code, 'separation_of_duties');
  const loss = await propose(over, 'write_off', 'The post paid a thousand more and shows the receipt.');
  stage.say(`The fund would bear ${loss.decisions.at(-1)?.amount?.amount} DZD.`);
  const asked = await reconciler.api.call('reopenException', {
    params: { exceptionId: over },
    body: { reason: 'The receipt was of another voucher.' },
  });
  await approve(over, asked.decisions);
  stage.check('opened again, it costs nothing', await balances(), before);

  const { owners } = await reconciler.api.call('getExceptionAgeing', { params: { programmeId } });
  stage.say(`${owners.reduce((sum, { count }) => sum + count, 0)} still wait.`);
  const note = 'Agreed with the post by telephone.';
  const rest = await reconciler.api.call('resolveExceptions', {
    params: { programmeId },
    body: { filter: { state: 'open' }, resolution: 'post_error', note },
  });
  stage.check('every exception has its answer', [rest.done + 1, rest.leftCount], [expected, 0]);
  return controller;
}
