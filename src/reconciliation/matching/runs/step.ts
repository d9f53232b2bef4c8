import type { Tx } from '../../../platform/index.ts';
import { closeSuperseded } from '../../exceptions/closing.ts';
import { openExceptions } from '../../exceptions/store.ts';
import { payMatched } from '../../settlements/steps/pay.ts';
import { borneLines, countWaiting, hasWithheld, matchBucket } from '../finding/store.ts';
import { takenBackIn } from '../finding/taken-back.ts';
import { noLongerMissing } from '../naming/listed.ts';
import { payoutsNotListed, recordsNotListed } from '../naming/missing.ts';
import { nameMissingAgain, nameRows } from '../naming/name.ts';
import { groupsOf } from '../passes/rules.ts';
import { findPasses } from '../passes/store.ts';
import type { MatchedStatement } from '../types.ts';
import { clearUnsupported, lastRow, type Run } from './store.ts';

/** How many lines a command looks at, at most, or nearly so. */
export const BATCH = 250_000;
/** How many rows it names at most: all of them may have something to say, and are in memory then. */
const NAMED = 20_000;
/** How many exceptions a command opens for what they do not list, or closes for what they list by now. */
const MISSING = 10_000;

/** One batch of a run. */
export interface Step {
  readonly tx: Tx;
  readonly statement: MatchedStatement;
  readonly run: Run;
  readonly at: Date;
  readonly batch: number;
}

type Place = Pick<Run, 'stage' | 'place'>;

/** Takes a run one batch further. @returns where it has come to; null when it is through */
export const takeStep = (step: Step): Promise<Place | null> => stages[step.run.stage](step);

const stages: Readonly<Record<Run['stage'], (step: Step) => Promise<Place | null>>> = {
  async clearing({ tx, statement, run, batch }) {
    if (run.number === 1) return { stage: 'matching', place: 0 };
    const { passesVersion } = run;
    const cleared = await clearUnsupported(tx, statement, { passesVersion, borne: await borneLines(tx, statement.id) }, batch);
    return cleared < batch ? { stage: 'matching', place: 0 } : run;
  },

  // Place: a bucket of the first group of passes, then the next bucket of it, then the next group. Few lines are one bucket.
  async matching({ tx, statement, run, at, batch }) {
    const set = await findPasses(tx, statement.programmeId, run.passesVersion);
    const groups = groupsOf(set?.passes ?? [], statement.source);
    const all = Math.max(1, Math.ceil(statement.lineCount / batch));
    const number = Math.floor(run.place / all);
    const group = groups[number];
    if (!group) return { stage: 'naming', place: 0 };
    const bucket = run.place % all;
    const borne = run.number > 1 ? await borneLines(tx, statement.id) : [];
    const waiting = bucket > 0 ? batch + 1 : await countWaiting(tx, { statement, group, borne }, batch + 1);
    const buckets = waiting > batch ? all : 1;
    const authority = { runId: run.id, passesVersion: run.passesVersion, by: run.askedBy, at };
    const withheldBy = (await hasWithheld(tx, run.id)) ? run.id : null;
    if (waiting > 0) {
      const takenBack = statement.source === 'post' ? await takenBackIn(tx, statement) : [];
      await matchBucket(tx, { statement, group, bucket, buckets, withheldBy, borne, takenBack }, waiting, authority);
    }
    if (group.passes.some(({ target }) => target === 'settlement'))
      await payMatched({ tx, actor: { id: run.askedBy }, now: at }, statement.id);
    return { stage: 'matching', place: buckets > 1 ? run.place + 1 : (number + 1) * all };
  },

  // Place: the row that was named last.
  async naming({ tx, statement, run, at, batch }) {
    const rows = { after: run.place, upTo: run.place + Math.min(batch, NAMED) };
    await nameRows(tx, statement, rows, { by: run.askedBy, at }, run.number > 1);
    const isLast = (await lastRow(tx, statement)) <= rows.upTo;
    return isLast ? { stage: 'missing', place: 0 } : { stage: 'naming', place: rows.upTo };
  },

  // After the exceptions of lines: what one of them names is in the statement, if not as it should be. Place: days after the first.
  async missing({ tx, statement, run, at }) {
    const { programmeId } = statement;
    if (run.place === 0) {
      const listed = await noLongerMissing(tx, programmeId, run.askedBy, { limit: MISSING });
      await closeSuperseded(tx, listed, run.askedBy, at);
      if (listed.length === MISSING) return run;
      if (run.number > 1) await nameMissingAgain(tx, programmeId, { by: run.askedBy, at });
    }
    const { findings, next } =
      statement.source === 'post' ? await payoutsNotListed(tx, statement, run.place, MISSING) : await recordsNotListed(tx, statement);
    const opening = { programmeId, statementId: statement.id, ownerId: run.askedBy, at };
    await openExceptions(tx, opening, findings);
    return next === null ? null : { stage: 'missing', place: next };
  },
};
