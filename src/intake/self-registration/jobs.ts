import { system } from '../../access/index.ts';
import { type Candidate, openPeople } from '../../beneficiaries/index.ts';
import { type Ground, type Job, Problem, type RateLimit } from '../../platform/index.ts';
import { codeOf, openContent } from './code.ts';
import { expireSelfRegistrations, sendCode } from './commands.ts';
import type { Door } from './door.ts';
import { rates, sendsCodes } from './rules.ts';
import { findKept, hasRunOut } from './store.ts';
import type { Kept, SendProof } from './types.ts';

const MINUTE_S = 60;

/** The background work of the door: sending codes, and emptying what nobody has proved. */
export const selfRegistrationJobs = (ground: Ground, door: Door, sendProof: SendProof): Job[] => [
  {
    name: 'intake.send_proof_code',
    async run({ registrationId = '', counter = '' }) {
      const kept = await findKept(ground.db, registrationId);
      if (!kept || String(kept.codeCounter) !== counter || !sendsCodes(kept, ground.clock.now())) return;
      const to = await phoneOf(ground, kept);
      if (!to || !(await maySend(door, kept, to))) return;
      if (!(await ground.execute(sendCode, { registrationId, counter: kept.codeCounter }, { actor: system }))) return;
      const code = codeOf(ground.keyRing, kept);
      try {
        await sendProof({ to, language: kept.language, code, reference: `${kept.id}-${counter}` });
      } catch (error) {
        // It is sent again while the code is good, and counts once: trouble at the gateway must not use up somebody's day.
        for (const [rate, subject] of countsOf(door, kept, to)) await door.limits.giveBack(rate, subject);
        throw error;
      }
    },
  },
  {
    name: 'intake.expire_self_registrations',
    everySeconds: 10 * MINUTE_S,
    async run() {
      if (await hasRunOut(ground.db, ground.clock.now())) await ground.execute(expireSelfRegistrations, {}, { actor: system });
    },
  },
];

/** The telephone to prove: as it was written, and once the person is entered as it stands in their record. */
async function phoneOf({ db, keyRing }: Ground, { id, content, beneficiaryId }: Kept): Promise<string | undefined> {
  if (content) return (openContent(keyRing, id, content) as Candidate).registration.phones[0];
  if (!beneficiaryId) return undefined;
  return (await openPeople(db, keyRing, [beneficiaryId], ['phones'])).get(beneficiaryId)?.phones[0];
}

/** What a message counts against. */
const countsOf = ({ registrationsPerDay }: Door, { programmeId }: Kept, to: string): [RateLimit, string][] => [
  [rates.messagesToPhone, to],
  [rates.messages(registrationsPerDay), programmeId],
];

// Whoever asks for too many messages is not told so: it would tell strangers that a number has been used here.
async function maySend(door: Door, kept: Kept, to: string): Promise<boolean> {
  try {
    for (const [rate, subject] of countsOf(door, kept, to)) await door.limits.take(rate, subject);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'too_many_requests') return false;
    throw error;
  }
}
