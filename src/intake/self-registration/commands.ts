import { passerBy } from '../../access/index.ts';
import { admit, applicantOf, type Candidate } from '../../beneficiaries/index.ts';
import { type CommandContext, command, type Db, newId, plainDigits, problem, type Scope } from '../../platform/index.ts';
import { comparisonOf } from '../comparing.ts';
import { say } from '../words.ts';
import { isCodeOf, openContent } from './code.ts';
import { proofProblem } from './problems.ts';
import { CODE_LIFE_MS, sendsCodes, takesCodes, withHousehold } from './rules.ts';
import { countWrongCode, emptyRunOut, findByReference, findKept, lockByReference, markEntered, openCode, renewCode } from './store.ts';
import type { Kept } from './types.ts';

/** Where a self-registration belongs; nowhere when there is none, which nobody is told. */
async function scopeOf(db: Db, { reference }: { reference: string }): Promise<Scope> {
  const kept = await findByReference(db, reference);
  return kept ? { programme: kept.programmeId } : {};
}

const subjectOf = (kept: Kept | undefined) => ({ type: 'self_registration', id: kept?.id ?? 'none' });

/** Has another code sent, in place of the one before. The answer is the same whether there is such a self-registration or not. */
export const askForCode = command<{ reference: string }, { reference: string }>({
  name: 'intake.ask_for_code',
  scope: scopeOf,
  async run({ tx, now, keyRing }, { reference }) {
    const kept = await lockByReference(tx, reference);
    const subject = subjectOf(kept);
    if (!kept || !sendsCodes(kept, now)) return { result: { reference }, subject };
    const counter = await renewCode(tx, kept.id, keyRing.currentVersion);
    return {
      result: { reference },
      subject,
      before: { counter: kept.codeCounter },
      after: { counter },
      followUps: [{ job: 'intake.send_proof_code', payload: { registrationId: kept.id, counter: String(counter) } }],
    };
  },
});

/** Lets a code count that is about to be sent. @returns whether it is still the one that was asked for, and not too old */
export const sendCode = command<{ registrationId: string; counter: number }, boolean>({
  name: 'intake.send_code',
  async scope(db, { registrationId }) {
    const kept = await findKept(db, registrationId);
    return kept ? { programme: kept.programmeId } : {};
  },
  async run({ tx, now }, { registrationId, counter }) {
    const until = await openCode(tx, registrationId, counter, new Date(now.getTime() + CODE_LIFE_MS));
    const result = until !== undefined && until > now;
    return { result, subject: { type: 'self_registration', id: registrationId }, after: { counter, until } };
  },
});

/** Whose telephone was proved. The token for seeing how far it is derives from the identifier afterwards, so that no kept answer holds it. */
export interface Proved {
  readonly registrationId: string;
}

/**
 * Enters somebody once they give the code that was sent to their telephone. They are compared with everybody afterwards, out of sight.
 * The right code again answers the same and enters nobody.
 * @throws proof_refused, in the same words whether the code is wrong, used up or too old, or there is no such self-registration
 */
export const proveTelephone = command<{ reference: string; code: string }, Proved>({
  name: 'intake.prove_telephone',
  scope: scopeOf,
  async run(context, { reference, code }) {
    const { tx, now, keyRing } = context;
    const found = await lockByReference(tx, reference);
    const subject = subjectOf(found);
    const kept = found && takesCodes(found, now) ? found : undefined;
    const isRight = isCodeOf(keyRing, kept, plainDigits(code));
    if (!kept || !isRight) {
      if (kept) await countWrongCode(tx, kept.id);
      const refusal = proofProblem.proof_refused(say('proof_refused'));
      return { result: undefined as never, subject, refusal };
    }
    const result: Proved = { registrationId: kept.id };
    if (kept.state === 'entered') return { result, subject };
    const beneficiaryId = await enter(context, kept);
    return {
      result,
      subject,
      before: { state: kept.state },
      after: { state: 'entered', beneficiaryId },
      followUps: [comparisonOf([beneficiaryId])],
    };
  },
});

async function enter(context: CommandContext, { id, programmeId, reference, content }: Kept): Promise<string> {
  if (!content) throw problem.internal_error('A self-registration that waits for proof is empty.');
  const candidate = withHousehold(openContent(context.keyRing, id, content) as Candidate, reference);
  const entry = { enteredBy: passerBy.id, source: 'self', sourceId: id, needsVerification: true } as const;
  const applicant = applicantOf(context.keyRing, programmeId, candidate);
  await admit(context, programmeId, entry, [applicant]);
  await markEntered(context.tx, id, applicant.id);
  return applicant.id;
}

/** Empties what nobody has proved in time. */
export const expireSelfRegistrations = command<Record<string, never>, { expired: number }>({
  name: 'intake.expire_self_registrations',
  scope: () => ({}),
  async run({ tx, now }) {
    const expired = await emptyRunOut(tx, now);
    return { result: { expired }, subject: { type: 'self_registrations', id: newId() }, after: { expired } };
  },
});
