import type { ItemOf } from '../support/api-client.ts';
import { readBank } from './bank.ts';
import type { CashedOut } from './cash-out.ts';
import { correct } from './correct.ts';
import { decideExceptions } from './decide.ts';
import type { Pilot } from './set-up.ts';
import { settle } from './settle.ts';
import type { Stage } from './stage.ts';
import { FEE_LINE, statementFile, withMistakes } from './statement.ts';

/** The post's statement comes in with its mistakes; each is found, decided, and the post is paid what it is owed. @returns the pay-outs that stand */
export async function reconcile(stage: Stage, pilot: Pilot, { paid }: CashedOut, cancelled: string): Promise<ItemOf<'listPayouts'>[]> {
  const { programmeId, finance, reconciler, offices } = pilot;
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
  const { lines, expected, unlisted, listed } = withMistakes(
    standing.filter(({ office }) => office),
    offices.at(-1)?.code ?? '',
    cancelled,
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
  const { fees } = await reconciler.api.call('getMatching', { params: { statementId: statement.id } });
  stage.check('its fees are told apart, and open nothing', [fees.count, fees.total.amount], [1, FEE_LINE]);
  const again = await reconciler.api.call('importStatement', file);
  stage.check('the same file again changes nothing', again.alreadyImported, true);

  stage.chapter('Resolving exceptions');
  const controller = await decideExceptions(
    stage,
    pilot,
    Object.values(expected).reduce((sum, count) => sum + count, 0),
  );
  await correct(stage, pilot, unlisted, listed);

  stage.chapter('Settling with the post');
  const owed: ItemOf<'listPayables'>[] = [];
  for await (const payable of finance.api.all('listPayables', { params: { programmeId } })) owed.push(payable);
  const settlementId = await settle(stage, pilot, owed, { from: days[0] ?? '', to: days.at(-1) ?? '' });
  await readBank(stage, pilot, settlementId, controller);
  return standing;
}
