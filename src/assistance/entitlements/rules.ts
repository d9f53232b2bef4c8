import { Money, type ProblemPlace } from '../../platform/index.ts';
import { faultsOfPayment, type Kind, type Programme } from '../../programmes/index.ts';
import { faultOfAmount } from '../amounts.ts';
import type { NewChange } from './types.ts';

/** What is wrong with a change itself, whoever it is for. */
export function faultsOfChange(
  { change, amount, arrears }: NewChange,
  kind: Kind,
  programme: Pick<Programme, 'currency' | 'kinds'>,
): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  if ((change === 'resume') !== (arrears !== undefined)) {
    const detail = change === 'resume' ? 'Say whether the suspended days are paid after all.' : 'Only who is resumed has arrears.';
    faults.push({ pointer: '/arrears', detail });
  }
  if ((change === 'amount') !== (amount !== undefined)) {
    faults.push({ pointer: '/amount', detail: change === 'amount' ? 'Say the new amount.' : 'Only a change of amount has one.' });
  } else if (amount !== undefined) {
    const detail = faultOfAmount(amount, programme.currency);
    if (detail) faults.push({ pointer: '/amount', detail });
    else
      for (const fault of faultsOfPayment(programme, { kind, amount: Money.of(amount, programme.currency) }))
        faults.push({ pointer: '/amount', detail: fault.detail });
  }
  return faults;
}

/** How one entitlement stands when somebody would change it. */
export interface Standing {
  readonly state: 'active' | 'suspended' | 'stopped';
  readonly startsOn: string;
  readonly endsOn: string;
  /** With `suspended`: since when. */
  readonly suspendedFrom: string | null;
}

/** Why a change is not for an entitlement as it stands; undefined when it is. */
export function refusalOfChange({ change, from }: NewChange, standing: Standing): { pointer?: string; detail: string } | undefined {
  const { state, startsOn, endsOn, suspendedFrom } = standing;
  if (state === 'stopped') return { detail: `The entitlement was stopped; its last day is ${endsOn}. Entitle the person in another plan.` };
  if (change === 'suspend' && state === 'suspended') return { detail: `It is suspended from ${suspendedFrom} on. Resume it first.` };
  if (change === 'resume' && state !== 'suspended') return { detail: 'It is not suspended.' };
  if (from < startsOn || from > endsOn) return { pointer: '/from', detail: `The entitlement runs from ${startsOn} to ${endsOn}.` };
  if (change === 'resume' && suspendedFrom && from < suspendedFrom) {
    return { pointer: '/from', detail: `The suspension begins on ${suspendedFrom}: resume from that day on, or later.` };
  }
  return undefined;
}
