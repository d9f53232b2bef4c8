import { Money, type ProblemPlace, problem, type Text } from '../../platform/index.ts';
import type { Programme } from '../../programmes/index.ts';
import { isAmount } from '../amounts.ts';
import { MILLION, wholeUnits } from '../decimals.ts';
import { addDays, later } from '../schedule/days.ts';
import { say } from '../words.ts';
import type { DrawState, NewReintegration, NewTranche, Tranche } from './types.ts';

type Part = Pick<NewTranche, 'share' | 'amount'>;

const millionthsOf = ({ share }: Part): number => (share === undefined ? 0 : wholeUnits(share, 6));

/**
 * What each tranche of a ceiling comes to. A share is rounded half-even to the minor unit; where shares are all of it, the last takes the
 * remainder. None takes more than those before it have left, and one that is left nothing comes to zero.
 * @returns in the order of the tranches; their sum is never above the ceiling
 */
export function drawsOf(ceiling: Money, tranches: readonly Part[]): Money[] {
  const isAllShared =
    tranches.every(({ share }) => share !== undefined) && tranches.reduce((sum, one) => sum + millionthsOf(one), 0) === MILLION;
  let left = ceiling;
  return tranches.map((tranche, i) => {
    const wanted =
      tranche.amount !== undefined
        ? Money.of(tranche.amount, ceiling.currency)
        : isAllShared && i === tranches.length - 1
          ? left
          : ceiling.portion(millionthsOf(tranche), MILLION);
    const drawn = wanted.compare(left) > 0 ? left : wanted;
    left = left.minus(drawn);
    return drawn;
  });
}

/** The first day on which a tranche can be paid to somebody who was entered on a day. @param enteredOn ISO 8601 */
export function earliestDay(
  { earliestOn, earliestAfterDays = 0 }: Pick<Tranche, 'earliestOn' | 'earliestAfterDays'>,
  enteredOn: string,
): string {
  if (earliestOn !== undefined) return earliestOn;
  return addDays(enteredOn, earliestAfterDays);
}

/** The day on which a tranche that is signed today falls due. @param today ISO 8601 in the programme's time zone */
export const dueDay = ({ earliestOn }: { readonly earliestOn: string }, today: string): string => later(earliestOn, today);

/** What is wrong with tranches that fit the contract. */
export function faultsOfTranches(
  { tranches }: Pick<NewReintegration, 'tranches'>,
  { currency, startsOn, endsOn }: Pick<Programme, 'currency' | 'startsOn' | 'endsOn'>,
): ProblemPlace[] {
  const faults = tranches.flatMap((tranche, i): ProblemPlace[] => {
    const at = `/tranches/${i}`;
    return [
      ...(tranches.findIndex(({ name }) => name === tranche.name) < i
        ? [{ pointer: `${at}/name`, detail: say('tranche_name_taken') }]
        : []),
      ...faultsOfPart(tranche, currency, at),
      ...(tranche.earliestOn !== undefined && tranche.earliestAfterDays !== undefined
        ? [{ pointer: `${at}/earliestAfterDays`, detail: say('day_or_number') }]
        : []),
      ...(tranche.earliestOn !== undefined && (tranche.earliestOn < startsOn || tranche.earliestOn > endsOn)
        ? [{ pointer: `${at}/earliestOn`, detail: say('programme_runs', { startsOn, endsOn }) }]
        : []),
      ...tranche.conditions.flatMap(({ name }, j) =>
        tranche.conditions.findIndex((other) => other.name === name) < j
          ? [{ pointer: `${at}/conditions/${j}/name`, detail: say('condition_twice') }]
          : [],
      ),
    ];
  });
  if (tranches.reduce((sum, tranche) => sum + millionthsOf(tranche), 0) > MILLION)
    faults.push({ pointer: '/tranches', detail: say('shares_above_one') });
  return faults;
}

function faultsOfPart(tranche: Part, currency: string, at: string): ProblemPlace[] {
  if ((tranche.share === undefined) === (tranche.amount === undefined)) return [{ pointer: `${at}/share`, detail: say('share_or_amount') }];
  if (tranche.share !== undefined)
    return millionthsOf(tranche) > 0 ? [] : [{ pointer: `${at}/share`, detail: say('tranche_share_not_above_zero') }];
  return isAmount(tranche.amount ?? '', currency)
    ? []
    : [{ pointer: `${at}/amount`, detail: say('amount_unfit_for_currency', { currency }) }];
}

/** What can be done with a tranche, and in which states. */
const steps: Readonly<Record<'confirm' | 'sign' | 'refuse' | 'put_back', readonly DrawState[]>> = {
  confirm: ['waiting'],
  sign: ['waiting'],
  refuse: ['waiting'],
  put_back: ['waiting', 'refused', 'drawn'],
};

const said: Readonly<Record<DrawState, Text>> = {
  waiting: say('tranche_waiting'),
  drawn: say('tranche_drawn'),
  refused: say('tranche_refused'),
};

/** @throws conflict when a tranche in this state does not take the step */
export function requireStep(state: DrawState, step: keyof typeof steps): void {
  if (!steps[step].includes(state)) throw problem.conflict(said[state], { state });
}
