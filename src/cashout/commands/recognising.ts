import { type CommandContext, type KeyRing, type Outcome, type Problem, problem, type Tx } from '../../platform/index.ts';
import { isCodeOf, readCode } from '../../vouchers/index.ts';
import { locatedBy } from '../locating.ts';
import { refused } from '../problems.ts';
import { counterRefusal, isGuessable, isLive, isSilent, locatorRefusal, voucherRefusal } from '../rules.ts';
import { type Candidate, type Counter, type CounterCandidate, findCounter, type Located } from '../store/candidates.ts';
import { countFailure, noteNoCash, stateOnceCounted } from '../store/paying.ts';
import { earlierPayout } from '../store/payouts.ts';
import type { Locator } from '../types.ts';

export function refuse(why: Problem | undefined): void {
  if (why) throw why;
}

/** What somebody at a counter says. */
interface Told {
  readonly officeId: string;
  readonly locator: Locator;
  readonly code: string;
  readonly collectorId?: string | undefined;
}

/** The voucher that somebody knows the code of, which can be paid now. */
export interface Recognised {
  readonly counter: Counter;
  readonly voucher: CounterCandidate;
}

/** What becomes of a command that is refused, where the refusal leaves something behind. */
interface Refused {
  readonly wrong: Outcome<never>;
}

/**
 * An office and its agent, who may pay now.
 * @returns those, or the outcome of a command at an office without cash, which is counted
 * @throws not_found; why not otherwise, before anything of a voucher is looked at
 */
export async function standAtCounter(
  { tx, actor, now }: CommandContext,
  { officeId, collectorId }: Pick<Told, 'officeId' | 'collectorId'>,
  located: Located,
): Promise<Counter | Refused> {
  const counter = await findCounter(tx, { officeId, agentId: actor.id, collectorId, now, located });
  if (!counter) throw problem.not_found('There is no such record.');
  const refusal = counterRefusal(counter);
  if (refusal?.code !== 'office_without_cash') {
    refuse(refusal);
    return counter;
  }
  const live = new Map(
    counter.candidates
      .filter((candidate) => isLive(candidate, now) && !candidate.isCarried)
      .map((candidate) => [candidate.programmeId, candidate.id]),
  );
  await noteNoCash(tx, now, { agentId: actor.id, officeId, voucherIds: [...live.values()] });
  return { wrong: { result: undefined as never, subject: { type: 'office', id: officeId }, refusal } };
}

/** @throws why a voucher is not paid now; told only to somebody who knows, or knew a moment ago, its code */
export async function refuseUnpayable({ tx, now }: CommandContext, voucher: Candidate): Promise<void> {
  const earlier = voucher.state === 'redeemed' ? await earlierPayout(tx, voucher.id) : undefined;
  refuse(voucherRefusal(voucher, earlier, now));
}

/**
 * Finds the voucher that a locator and a code are of. Its state is told only to somebody who knows the code; anybody else hears `code_refused`,
 * whether the voucher exists or not, and has used an attempt. So does everybody of one that was guessed at too often and is still paid elsewhere.
 * @returns the voucher, or the outcome of a command that was given a wrong code, or at an office without cash before the code is looked at
 * @throws office_closed, office_outside_hours or agent_locked before the code is looked at; code_mistyped, which costs no
 *   attempt; then what state the voucher is in
 */
export async function recognise(context: CommandContext, told: Told): Promise<Recognised | Refused> {
  const { tx, actor, now, keyRing } = context;
  const { officeId, locator, code } = told;
  const counter = await standAtCounter(context, told, locatedBy(keyRing, locator));
  if ('wrong' in counter) return counter;
  refuse(locatorRefusal(locator));
  const voucher = voucherWith(keyRing, counter.candidates, code);
  if (!voucher || (await isSilentNow(tx, voucher))) {
    const aimedAt = counter.candidates.filter((candidate) => isGuessable(candidate, now));
    // People who share a telephone would lock each other's vouchers by their own mistakes: those count against the agent alone.
    const isOnePersons = new Set(aimedAt.map((candidate) => candidate.collectorId)).size === 1;
    await countFailure(tx, now, { agentId: actor.id, officeId, tried: isOnePersons ? aimedAt.map(({ id }) => id) : [] });
    return { wrong: wrongCode(officeId, counter.candidates) };
  }
  await refuseUnpayable(context, voucher);
  return { counter, voucher };
}

/** Whether nothing is told of a bound voucher any more: many who guess at once find out no more than one who guesses often. */
const isSilentNow = async (tx: Tx, { id, boundTo }: Candidate): Promise<boolean> =>
  boundTo !== null && isSilent({ state: await stateOnceCounted(tx, id), boundTo });

function voucherWith(keyRing: KeyRing, candidates: readonly CounterCandidate[], code: string): CounterCandidate | undefined {
  const { digits, isIntact } = readCode(code);
  if (!isIntact) throw refused('code_mistyped');
  // A code is worked out where there is no voucher too, so that the time it takes says nothing of which there are.
  if (candidates.length === 0) isCodeOf(keyRing, { ...nobody, keyVersion: keyRing.currentVersion }, digits);
  // One of which nothing is told is passed by like one whose code it is not, in the same time.
  return candidates.find((candidate) => isCodeOf(keyRing, candidate, digits) && !isSilent(candidate));
}

const nobody = { id: '00000000-0000-4000-8000-000000000000', counter: 0 };

function wrongCode(officeId: string, candidates: readonly Candidate[]): Outcome<never> {
  const [only, ...others] = candidates;
  return {
    result: undefined as never,
    ...(only && others.length === 0
      ? { subject: { type: 'voucher', id: only.id }, scope: { office: officeId, programme: only.programmeId, fund: only.fundId } }
      : { subject: { type: 'office', id: officeId } }),
    refusal: refused('code_refused'),
  };
}
