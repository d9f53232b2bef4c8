import { command, type Outcome } from '../../platform/index.ts';
import { rules } from '../finding/index.ts';
import { keep } from '../keep.ts';
import { moveOn, programmesIn, settingsOf, takeSlice } from '../progress-store.ts';

/**
 * Looks at what has come in since the last time. What is found again is the same signal.
 * @returns whether more waits to be looked at
 */
export const lookForSignals = command<Record<string, never>, boolean>({
  name: 'signals.look',
  scope: () => ({}),
  async run({ tx, now, keyRing }) {
    const subject = { type: 'signals', id: 'all' };
    const slice = await takeSlice(tx);
    if (!slice) return { result: false, subject };
    const others: NonNullable<Outcome<unknown>['others']>[number][] = [];
    for (const { id: programmeId, timeZone, ...came } of await programmesIn(tx, slice)) {
      const settings = await settingsOf(tx, programmeId);
      for (const rule of rules) {
        const figures = settings.find(({ kind }) => kind === rule.kind);
        if (!figures || !came[rule.of]) continue;
        const found = await rule.find({ tx, keyRing }, { ...slice, programmeId, timeZone }, figures);
        for (const { id, isNew, officeId, count, follows } of await keep(tx, now, programmeId, rule, found))
          others.push({
            subject: { type: 'signal', id },
            scope: { programme: programmeId, ...(officeId ? { office: officeId } : {}) },
            after: { kind: rule.kind, count, isNew, ...(follows ? { follows } : {}) },
          });
      }
    }
    await moveOn(tx, slice.until);
    return { result: !slice.isLast, subject, after: { since: slice.since, until: slice.until, signals: others.length }, others };
  },
});
