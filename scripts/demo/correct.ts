import { readFile } from 'node:fs/promises';
import type { ItemOf } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

type Payout = ItemOf<'listPayouts'>;

/** What the post writes by hand, for which no columns are known beforehand: a title, its own headers, points in dates. */
const byHand = (payouts: readonly Payout[]): string =>
  [
    'Rectificatif',
    'N° opération;Bon;Jour;Agence;Valeur',
    ...payouts.map(({ id, serial, paidOn, office, amount }) =>
      [id, serial, paidOn.split('-').reverse().join('.'), office?.code, amount.amount.replace('.', ',')].join(';'),
    ),
    '',
  ].join('\r\n');

/**
 * The post corrects itself in a table that is written otherwise, and lists one pay-out for a second time; a file that nobody can read is
 * refused with its line.
 * @param unlisted pay-outs that the first statement does not stand for
 */
export async function correct(stage: Stage, pilot: Pilot, unlisted: readonly Payout[], listed: Payout): Promise<void> {
  const { programmeId, reconciler } = pilot;
  stage.chapter('The post corrects itself, in another table');
  const params = { programmeId };
  const file = { params, query: { name: 'Rectificatif 1' }, body: byHand([...unlisted, listed]) };
  const unknown = await reconciler.api.refusal('importStatement', file);
  stage.check('a table of unknown columns is refused', unknown?.code, 'unreadable_statement');
  const mapping = await reconciler.api.call('saveStatementMapping', {
    params,
    body: {
      name: 'La poste, à la main',
      definition: {
        columns: { reference: 'N° opération', serial: 'Bon', date: 'Jour', office: 'Agence', amount: 'Valeur' },
        currency: 'DZD',
        dateFormat: 'DD.MM.YYYY',
        decimalMark: ',',
        titleRows: 1,
        delimiter: ';',
      },
    },
  });
  const { statement } = await reconciler.api.call('importStatement', { ...file, query: { ...file.query, mapping: mapping.name } });
  stage.check(
    'with a mapping that was saved it is read',
    [statement.mapping, statement.lineCount, statement.matchedCount],
    [{ name: mapping.name, version: 1 }, unlisted.length + 1, unlisted.length],
  );
  stage.check('what it lists for the second time is found, and nothing else', statement.exceptions, [
    { kind: 'duplicate_across_files', open: 1, resolved: 0 },
  ]);
  const thirtieth = await readFile(new URL('../../test/statements/mt940/self-provided_february_30.sta', import.meta.url), 'utf8');
  const refused = await reconciler.api.refusal('importStatement', {
    params,
    query: { name: 'MT940', source: 'bank' },
    body: thirtieth,
  });
  const [place] = refused?.errors ?? [];
  stage.check('a 30 February is refused with its line', [refused?.code, place?.row], ['unreadable_statement', lineOf(thirtieth, ':61:')]);
  stage.say(`  “${place?.detail}”`);
}

const lineOf = (text: string, tag: string): number => text.split('\n').findIndex((line) => line.startsWith(tag)) + 1;
