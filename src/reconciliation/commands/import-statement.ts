import { createHash } from 'node:crypto';
import { command, Money, newId, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { reconciliationProblem } from '../problems.ts';
import { readStatement } from '../reading.ts';
import { findingsOf } from '../rules.ts';
import { openExceptions } from '../store/exceptions.ts';
import { lineFacts, matchLines, payoutsNotListed } from '../store/matching.ts';
import { countMatches, findByContent, findStatement, insertStatement, lockStatements, type Statement } from '../store/statements.ts';
import type { NewStatement, StatementLine } from '../types.ts';

/** How many faults are listed; the answer says how many there are. */
const LISTED_FAULTS = 100;

export interface StatementImport {
  readonly alreadyImported: boolean;
  readonly statement: Statement;
}

/**
 * Takes in the post's statement: reads it whole, matches its lines with our pay-outs and opens exceptions for the rest.
 * The same file again changes nothing and answers with the statement it became.
 * @throws unprocessable when the period ends before it starts; unreadable_statement with row and cell when a cell cannot be
 *   read, in which case nothing is stored
 */
export const importStatement = command<NewStatement, StatementImport>({
  name: 'reconciliation.import_statement',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, input) {
    const { programmeId, from, to, content } = input;
    if (to < from)
      throw problem.unprocessable('The period ends before it starts.', {}, [{ pointer: '/to', detail: `Not before ${from}.` }]);
    await lockStatements(tx, programmeId);
    const digest = createHash('sha256').update(content).digest('hex');
    const earlierId = await findByContent(tx, programmeId, digest);
    const statementId = earlierId ?? newId();
    if (!earlierId) {
      const lines = linesOf(content);
      const { currency } = (await programmeById(tx, programmeId)).programme;
      const total = totalOf(lines, currency);
      await insertStatement(tx, { ...input, id: statementId, digest, total, uploadedBy: actor.id, uploadedAt: now }, lines);
      await matchLines(tx, programmeId, statementId, actor.id, now);
      await countMatches(tx, statementId);
      const opening = { programmeId, statementId, ownerId: actor.id, at: now };
      await openExceptions(tx, opening, findingsOf(await lineFacts(tx, programmeId, statementId), { from, to }));
      // After the exceptions of lines: a pay-out that one of them names is in the statement, if not as it should be.
      await openExceptions(tx, opening, await payoutsNotListed(tx, programmeId, { from, to }));
    }
    const statement = await findStatement(tx, statementId);
    if (!statement) throw new Error('the statement that was just stored is missing');
    return {
      result: { alreadyImported: earlierId !== undefined, statement },
      subject: { type: 'statement', id: statementId },
      ...(earlierId ? { before: statement } : {}),
      after: statement,
    };
  },
});

function linesOf(content: string): StatementLine[] {
  const reading = readStatement(content);
  if ('lines' in reading) return reading.lines;
  const { faults } = reading;
  throw reconciliationProblem.unreadable_statement(
    `Nothing was stored. Correct the file and send it again: ${Math.min(faults.length, LISTED_FAULTS)} of ${faults.length} faults are listed.`,
    { faultCount: faults.length },
    faults.slice(0, LISTED_FAULTS),
  );
}

function totalOf(lines: readonly StatementLine[], currency: string): Money {
  const ours = lines.filter(({ amount }) => amount.currency === currency);
  return Money.sum(
    ours.map(({ kind, amount }) => (kind === 'reversal' ? amount.negated() : amount)),
    currency,
  );
}
