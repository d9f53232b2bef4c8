import { Money, type ProblemPlace } from '../../platform/index.ts';
import { type ApprovalRule, approvalRulesFor, type Kind } from '../../programmes/index.ts';
import { say } from '../words.ts';

/** From an amount on, so many signatures of a role, at a step. */
export type SigningRule = ApprovalRule;
export type SigningRole = ApprovalRule['role'];

/** Signatures that a list needs of one role at one step. */
export type NeededStep = Pick<SigningRule, 'step' | 'role' | 'signatures'>;

/** The rules of the band that a total reaches, of those for a kind. */
function bandOf(rules: readonly SigningRule[], kind: string | null, total: Money): readonly SigningRule[] {
  const from = (rule: SigningRule) => Money.of(rule.fromAmount, total.currency);
  const reached = approvalRulesFor({ approvalRules: [...rules] }, kind as Kind | null).filter((rule) => from(rule).compare(total) <= 0);
  const [highest] = [...reached].sort((a, b) => from(b).compare(from(a)));
  return highest ? reached.filter((rule) => from(rule).equals(from(highest))) : [];
}

/**
 * The signatures that a list needs, in the order in which they are given. A list of several kinds needs the strictest of each: at every
 * step and of every role as many as that one of its kinds asks for which asks for most, so that each kind alone would have been satisfied.
 * The whole total decides on the band of every kind, so that nothing is split among kinds to stay below it.
 * The database holds the same rule (function `signatures_needed`).
 * @param rules of the version of the programme that the list is under
 * @param kinds of its lines; none is a list of no kind in particular
 */
export function stepsFor(rules: readonly SigningRule[], kinds: readonly string[], total: Money): NeededStep[] {
  const needed = new Map<string, NeededStep>();
  for (const kind of kinds.length > 0 ? kinds : [null]) {
    for (const { step, role, signatures } of bandOf(rules, kind, total)) {
      const key = `${step} ${role}`;
      const most = Math.max(signatures, needed.get(key)?.signatures ?? 0);
      needed.set(key, { step, role, signatures: most });
    }
  }
  return [...needed.values()].sort((a, b) => a.step - b.step || (a.role < b.role ? -1 : 1));
}

/** A step with the signatures that it has. */
export type StepGiven = NeededStep & { readonly given: number };

/** Steps with what was given of each. @param signatures each with the step and the role that it fills */
export const withGiven = (
  steps: readonly NeededStep[],
  signatures: readonly { readonly step: number | null; readonly role: string | null }[],
): StepGiven[] =>
  steps.map((one) => ({ ...one, given: signatures.filter(({ step, role }) => step === one.step && role === one.role).length }));

/**
 * What may be signed now: the parts of the first step that still want a signature; two roles of one step sign in any order. Empty when
 * all are given.
 */
export function openParts(steps: readonly StepGiven[]): StepGiven[] {
  const wanting = steps.filter(({ signatures, given }) => given < signatures);
  return wanting.filter(({ step }) => step === wanting[0]?.step);
}

/** The longest time that somebody signs in another's place. */
const LONGEST_DELEGATION_DAYS = 92;
const DAY_MS = 86_400_000;

/** What is wrong with the dates of a delegation. @param period RFC 3339 */
export function delegationFaults({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }, now: Date): ProblemPlace[] {
  const [start, end] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (start < now.getTime()) return [{ pointer: '/body/startsAt', detail: say('delegation_begins_past') }];
  if (end <= start) return [{ pointer: '/body/endsAt', detail: say('delegation_ends_early') }];
  if (end > start + LONGEST_DELEGATION_DAYS * DAY_MS)
    return [{ pointer: '/body/endsAt', detail: say('delegation_too_long', { days: LONGEST_DELEGATION_DAYS }) }];
  return [];
}
