import { Money, type ProblemPlace, type Text } from '../../platform/index.ts';
import { faultsOfPayment, type Kind, type Programme } from '../../programmes/index.ts';
import { faultOfAmount } from '../amounts.ts';
import { say } from '../words.ts';
import type { NewChange } from './types.ts';

/** What is wrong with a change itself, whoever it is for. */
export function faultsOfChange(
  { change, amount, arrears }: NewChange,
  kind: Kind,
  programme: Pick<Programme, 'currency' | 'kinds'>,
): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  if ((change === 'resume') !== (arrears !== undefined)) {
    const detail = change === 'resume' ? say('arrears_missing') : say('arrears_unasked');
    faults.push({ pointer: '/arrears', detail });
  }
  if ((change === 'amount') !== (amount !== undefined)) {
    faults.push({ pointer: '/amount', detail: change === 'amount' ? say('new_amount_missing') : say('new_amount_unasked') });
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
export function refusalOfChange({ change, from }: NewChange, standing: Standing): { pointer?: string; detail: Text } | undefined {
  const { state, startsOn, endsOn, suspendedFrom } = standing;
  if (state === 'stopped') return { detail: say('entitlement_stopped', { endsOn }) };
  if (change === 'suspend' && state === 'suspended') return { detail: say('entitlement_suspended', { day: suspendedFrom ?? from }) };
  if (change === 'resume' && state !== 'suspended') return { detail: say('entitlement_not_suspended') };
  if (from < startsOn || from > endsOn) return { pointer: '/from', detail: say('entitlement_runs', { startsOn, endsOn }) };
  if (change === 'resume' && suspendedFrom && from < suspendedFrom) {
    return { pointer: '/from', detail: say('suspension_begins', { day: suspendedFrom }) };
  }
  return undefined;
}
