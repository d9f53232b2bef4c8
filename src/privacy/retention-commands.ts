import { raiseAlert } from '../access/index.ts';
import { type Command, command, newId, placesWrong } from '../platform/index.ts';
import type { Category } from './category.ts';
import { addResult, beginRun, endRun, insertRefusals, insertRule, isRunning, lockRules, nextDue, rulesAt } from './retention-store.ts';
import { boundsOf, type CategoryName, categories, holdsFrom } from './rules.ts';
import type { RetentionRule } from './types.ts';
import { say } from './words.ts';

/** So many people, files or answers go in one transaction. */
const BATCH = 100;

export interface NewRule {
  readonly category: CategoryName;
  /** Null for every programme that has no rule of its own. */
  readonly programmeId: string | null;
  readonly keepDays: number;
  readonly reason: string;
}

/**
 * Says how long something is kept from now on. A shorter time holds only after a notice, and raises an alert at once: what it lets go of does
 * not come back.
 * @throws unprocessable outside the bounds of the category
 */
export const setRetention = command<NewRule, RetentionRule>({
  name: 'privacy.set_retention',
  scope: (_db, { programmeId }) => (programmeId ? { programme: programmeId } : {}),
  async run({ tx, actor, now }, { category, programmeId, keepDays, reason }) {
    refuseOutOfBounds({ category, programmeId, keepDays });
    await lockRules(tx);
    const rules = (await rulesAt(tx, now)).filter((rule) => rule.category === category);
    const before =
      rules.find((rule) => rule.programmeId === programmeId)?.keepDays ??
      rules.find((rule) => rule.programmeId === null)?.keepDays ??
      categories[category].keepDays;
    const from = holdsFrom(now, keepDays, before);
    const rule = { id: newId(), category, programmeId, keepDays, reason, setBy: actor.id };
    await insertRule(tx, rule, now, from);
    const subject = { type: 'retention_rule', id: rule.id };
    if (from > now) {
      const facts = { category, keepDays, before, holdsFrom: from.toISOString() };
      await raiseAlert(tx, now, {
        kind: 'privacy.retention_shortened',
        subject,
        by: actor.id,
        programmeId: programmeId ?? undefined,
        facts,
      });
    }
    const result = { ...rule, setAt: now.toISOString(), holdsFrom: from.toISOString() };
    return { result, subject, before: { keepDays: before }, after: result, reason };
  },
});

function refuseOutOfBounds({ category, programmeId, keepDays }: Omit<NewRule, 'reason'>): void {
  const [least, most] = boundsOf(category);
  const faults = [
    ...(keepDays < least || keepDays > most ? [{ pointer: '/keepDays', detail: say('keep_days_between', { least, most }) }] : []),
    ...(programmeId && !categories[category].byProgramme ? [{ pointer: '/programmeId', detail: say('kept_alike') }] : []),
  ];
  if (faults.length > 0) throw placesWrong(faults);
}

/** Begins the run of a day, or finds one that was left in the middle. @returns null when the day's run has ended */
export const beginRetention = command<{ day: string }, { runId: string } | null>({
  name: 'privacy.begin_retention',
  scope: () => undefined,
  async run({ tx, now }, { day }) {
    const runId = await beginRun(tx, newId(), day, now);
    return { result: runId ? { runId } : null, subject: { type: 'retention_run', id: runId ?? day }, after: { day } };
  },
});

export interface Batch {
  readonly runId: string;
  readonly programmeId: string | null;
  readonly before: Date;
}

/** Lets go of the next few of a category. A run that has ended lets go of nothing. */
export const retainBatch = (category: Category): Command<Batch, { dropped: number; refused: number }> =>
  command({
    name: 'privacy.retain_batch',
    scope: (_db, { programmeId }) => (programmeId ? { programme: programmeId } : {}),
    async run(context, { runId, programmeId, before }) {
      const { tx } = context;
      const subject = { type: 'retention_run', id: runId };
      if (!(await isRunning(tx, runId))) return { result: { dropped: 0, refused: 0 }, subject };
      const place = { programmeId, before };
      const ids = await nextDue(tx, category.due(place), runId, BATCH);
      if (ids.length === 0) return { result: { dropped: 0, refused: 0 }, subject };
      const { dropped, refused = [], others = [], followUps = [] } = await category.drop(context, place, ids, runId);
      await addResult(tx, runId, category.name, programmeId, dropped);
      await insertRefusals(tx, runId, category.name, refused);
      const result = { dropped, refused: refused.length };
      return { result, subject, after: { category: category.name, ...result }, others, followUps };
    },
  });

/** Ends a run. */
export const endRetention = command<{ runId: string }, null>({
  name: 'privacy.end_retention',
  scope: () => undefined,
  async run({ tx, now }, { runId }) {
    await endRun(tx, runId, now);
    return { result: null, subject: { type: 'retention_run', id: runId }, after: { state: 'done' } };
  },
});
