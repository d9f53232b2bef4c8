import { type Clock, dateIn } from '../../src/platform/index.ts';
import { GRANT } from './pay.ts';
import type { Received } from './phones.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';
import { statementFile } from './statement.ts';

/** Every kind of exception that a statement of the post or the bank can open (domain.md). */
const kinds = [
  'amount_over',
  'amount_under',
  'bank_not_in_statement',
  'date_out_of_range',
  'duplicate_across_files',
  'duplicate_in_file',
  'ours_not_in_statement',
  'paid_after_cancel',
  'paid_after_expiry',
  'paid_not_in_list',
  'reversal_without_payment',
  'reversed',
  'wrong_collector',
  'wrong_currency',
  'wrong_office',
];

/** The post says that it paid a code whose time was up. With this every kind of exception has been in a statement. */
export async function claimLate(
  stage: Stage,
  { programmeId, reconciler, offices }: Pilot,
  { serial }: Received,
  clock: Clock,
): Promise<void> {
  const date = dateIn('Africa/Algiers', clock.now());
  const line = {
    reference: 'POSTE-0004',
    serial,
    date,
    office: offices[0]?.code ?? '',
    amount: GRANT,
    currency: 'DZD',
    operation: 'Paiement',
  };
  const { statement } = await reconciler.api.call('importStatement', {
    params: { programmeId },
    query: { name: 'Algérie Poste 2' },
    body: statementFile([line]),
  });
  stage.check('the post claims one that was paid after its time, which is found', statement.exceptions, [
    { kind: 'paid_after_expiry', open: 1, resolved: 0 },
  ]);
  const found = new Set<string>();
  for await (const { kind, statementId } of reconciler.api.all('listExceptions', { params: { programmeId } }))
    if (statementId) found.add(kind);
  stage.check(`all ${kinds.length} kinds were in the statements, and each was found`, [...found].sort(), kinds);
}
