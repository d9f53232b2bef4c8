import { command, type Db, problem } from '../../platform/index.ts';
import { signalProblem } from '../problems.ts';
import { findSignal, judge, setOwner } from '../store.ts';
import type { Signal } from '../types.ts';

async function signalWith(db: Db, id: string): Promise<{ signal: Signal; concerns: readonly string[] }> {
  const found = await findSignal(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

const scopeOf = async (db: Db, { signalId }: { signalId: string }) => {
  const { programmeId, officeId } = (await signalWith(db, signalId)).signal;
  return { programme: programmeId, ...(officeId ? { office: officeId } : {}) };
};

/**
 * Takes a signal on, or over from a colleague.
 * @throws not_found, also to whom it concerns; signal_judged; conflict to who owns it already
 */
export const reviewSignal = command<{ signalId: string }, Signal>({
  name: 'signals.review',
  scope: scopeOf,
  async run({ tx, actor, now }, { signalId }) {
    const { signal: before, concerns } = await signalWith(tx, signalId);
    if (concerns.includes(actor.id)) throw problem.not_found('There is no such record.');
    if (!(await setOwner(tx, signalId, actor.id, now))) throw refusalOf((await signalWith(tx, signalId)).signal, actor.id);
    const { signal: after } = await signalWith(tx, signalId);
    return { result: after, subject: { type: 'signal', id: signalId }, before, after };
  },
});

/**
 * Judges a signal that one has taken on.
 * @throws not_found, also to whom it concerns; signal_judged; signal_not_taken to anybody but its owner
 */
export const decideSignal = command<{ signalId: string; outcome: 'dismissed' | 'confirmed'; reason: string }, Signal>({
  name: 'signals.decide',
  scope: scopeOf,
  async run({ tx, actor, now }, { signalId, outcome, reason }) {
    const { signal: before, concerns } = await signalWith(tx, signalId);
    if (concerns.includes(actor.id)) throw problem.not_found('There is no such record.');
    if (!(await judge(tx, signalId, { by: actor.id, at: now, outcome, reason }))) {
      const { signal } = await signalWith(tx, signalId);
      if (isJudged(signal)) throw judged(signal);
      throw signalProblem.signal_not_taken('Take it on first; whoever takes it on judges it.', { ownerId: signal.ownerId });
    }
    const { signal: after } = await signalWith(tx, signalId);
    return { result: after, subject: { type: 'signal', id: signalId }, before, after, reason: `${outcome}: ${reason}` };
  },
});

const isJudged = ({ state }: Signal): boolean => state === 'dismissed' || state === 'confirmed';
const judged = ({ state }: Signal) => signalProblem.signal_judged(`It is ${state}. A judgement stands.`, { state });

const refusalOf = (signal: Signal, actorId: string) =>
  isJudged(signal)
    ? judged(signal)
    : problem.conflict(signal.ownerId === actorId ? 'It is yours already.' : 'Somebody else was there first.');
