import type { ItemOf } from '../support/api-client.ts';
import type { CashedOut } from './cash-out.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';
import { statementFile, withMistakes } from './statement.ts';

/** The post's statement comes in with its mistakes; each is found, decided, and the post is paid what it is owed. */
export async function reconcile(
  stage: Stage,
  { programmeId, fundId, finance, reconciler, offices }: Pilot,
  { paid }: CashedOut,
): Promise<void> {
  stage.chapter('Reading the post’s statement');
  const payouts: ItemOf<'listPayouts'>[] = [];
  for await (const payout of finance.api.all('listPayouts', { params: { programmeId } })) payouts.push(payout);
  const standing = payouts.filter(({ voidedAt }) => voidedAt === null);
  stage.check(
    'our books hold every pay-out once',
    [standing.length, new Set(standing.map(({ voucherId }) => voucherId)).size],
    [paid + 1, paid + 1],
  );
  const days = standing.map(({ paidOn }) => paidOn).sort();
  // The post knows nothing of what was delivered by hand.
  const { lines, expected } = withMistakes(
    standing.filter(({ office }) => office),
    offices.at(-1)?.code ?? '',
  );
  const file = {
    params: { programmeId },
    query: { name: 'Algérie Poste 1', from: days[0] ?? '', to: days.at(-1) ?? '' },
    body: statementFile(lines),
  };
  const released = await finance.api.refusal('importStatement', file);
  stage.check('who released a list does not match its cash', released?.code, 'separation_of_duties');
  const { statement } = await reconciler.api.call('importStatement', file);
  stage.say(`${statement.lineCount} lines, ${statement.matchedCount} matched. What does not agree:`);
  stage.show(statement.exceptions.map(({ kind, open }) => [kind, String(open)]));
  stage.check(
    'each mistake is found, and nothing else',
    Object.fromEntries(statement.exceptions.map(({ kind, open }) => [kind, open]).sort()),
    expected,
  );
  const again = await reconciler.api.call('importStatement', file);
  stage.check('the same file again changes nothing', again.alreadyImported, true);

  stage.chapter('Resolving exceptions and settling with the post');
  let resolved = 0;
  for await (const { id, kind } of finance.api.all('listExceptions', { params: { programmeId }, query: { state: 'open' } })) {
    const resolution = kind === 'paid_not_in_list' || kind === 'amount_over' ? ('claim_on_post' as const) : ('post_error' as const);
    if (kind === 'amount_over') {
      const refused = await finance.api.refusal('resolveException', {
        params: { exceptionId: id },
        body: { resolution, note: 'I released it.' },
      });
      stage.check('who released a list does not close its exceptions', refused?.code, 'separation_of_duties');
    }
    await reconciler.api.call('resolveException', {
      params: { exceptionId: id },
      body: { resolution, note: 'Agreed with the post by telephone.' },
    });
    resolved += 1;
  }
  stage.check(
    'every exception has its answer',
    resolved,
    Object.values(expected).reduce((sum, count) => sum + count, 0),
  );
  const owed: ItemOf<'listPayables'>[] = [];
  for await (const payable of finance.api.all('listPayables', { params: { programmeId } })) owed.push(payable);
  const items = owed.map(({ officeId, owed: amount }) => ({ officeId, amount }));
  const body = { fundId, reference: 'BANK-4801', items };
  const own = await finance.api.refusal('settle', { params: { programmeId }, body });
  stage.check('who released a list does not settle it', own?.code, 'separation_of_duties');
  const settlement = await reconciler.api.call('settle', { params: { programmeId }, body });
  stage.say(`${settlement.total.amount} ${settlement.total.currency} settled with ${items.length} offices.`);
  const twice = await reconciler.api.refusal('settle', { params: { programmeId }, body: { fundId, reference: 'BANK-4802', items } });
  stage.check('the post is not paid twice', twice !== null, true);
}
