import { Money } from '../../platform/index.ts';
import { type Period, periodsOf, type Schedule, unitsIn, unitsOf } from './calendar.ts';
import { addDays, type Day, earlier, later } from './days.ts';
import type { Entitled, NotOwed, Owing, Part, Standing } from './types.ts';

const actsFrom = (change: Entitled['changes'][number]): Day => (change.kind === 'resume' ? change.actsFrom : change.from);

/** Whether a day lies in a suspension: the latest decision about it says. */
const isSuspendedOn = ({ changes }: Pick<Entitled, 'changes'>, day: Day): boolean =>
  changes.findLast((change) => change.kind !== 'amount' && actsFrom(change) <= day)?.kind === 'suspend';

/** What a whole period would pay at a day's rate: the latest amount that was decided for it, or the plan's. */
function rateOn({ changes }: Pick<Entitled, 'changes'>, day: Day, rate: Money | null): Money | null {
  const decided = changes.findLast((change) => change.kind === 'amount' && change.from <= day);
  return decided?.kind === 'amount' ? decided.amount : rate;
}

/** A period's days in stretches between which nothing changes. */
function stretches({ changes }: Pick<Entitled, 'changes'>, from: Day, to: Day): { from: Day; to: Day }[] {
  const starts = [...new Set([from, ...changes.map(actsFrom).filter((day) => from < day && day <= to)])].sort();
  return starts.map((start, i) => ({ from: start, to: i + 1 < starts.length ? addDays(starts[i + 1] as Day, -1) : to }));
}

function partsOf(entitled: Entitled, { of }: Period, from: Day, to: Day, base: Money | null): Part[] {
  return stretches(entitled, from, to).flatMap((stretch) => {
    const rate = rateOn(entitled, stretch.from, base);
    return rate && !isSuspendedOn(entitled, stretch.from) ? [{ ...stretch, of, rate }] : [];
  });
}

function whyNothing(entitled: Entitled, standing: Standing, from: Day, to: Day, amount: Money, parts: readonly Part[]): NotOwed | null {
  if (standing.reason) return standing.reason;
  if (parts.length > 0) return amount.isZero || amount.isNegative ? 'below_minor_unit' : null;
  return stretches(entitled, from, to).every((stretch) => isSuspendedOn(entitled, stretch.from)) ? 'suspended' : 'no_amount';
}

/**
 * What a plan owes one person, period by period: the reference that the database's own computation is held against. A whole period pays its
 * amount. A part pays the amount times its days by the days of the whole, rounded half-even to the minor unit. The last period takes what
 * rounding left before it is rounded itself: in all, nobody is ever further from their exact share than half a minor unit.
 * @param schedule its last day is the plan's or the programme's, whichever comes first
 * @param standingOn how the person's record stood at a due date
 * @param until the day by which a period must have fallen due
 */
export function owingOf(
  schedule: Schedule,
  currency: string,
  entitled: Entitled,
  standingOn: (dueOn: Day) => Standing,
  until: Day,
): Owing[] {
  const end = earlier(entitled.endsOn, schedule.endsOn);
  const units = unitsOf(schedule);
  let leftOver = Money.zero(currency);
  return periodsOf(schedule).flatMap((period): Owing[] => {
    const [from, to] = [later(period.startsOn, entitled.startsOn), earlier(period.endsOn, end)];
    const dueOn = schedule.dueAt === 'start' ? from : to;
    if (from > to || dueOn > until) return [];
    const standing = standingOn(dueOn);
    const parts = standing.reason ? [] : partsOf(entitled, period, from, to, standing.rate);
    const shares = Money.sum(
      parts.map((part) => part.rate.times(unitsIn(schedule, part.from, part.to, part.of))),
      currency,
    );
    const isLast = to === end && parts.length > 0;
    const amount = (isLast ? shares.plus(leftOver) : shares).portion(1, units);
    leftOver = leftOver.plus(shares.minus(amount.times(units)));
    const reason = whyNothing(entitled, standing, from, to, amount, parts);
    return [
      {
        period: period.number,
        dueOn,
        from: parts[0]?.from ?? from,
        to: parts.at(-1)?.to ?? to,
        parts,
        amount,
        reason,
      },
    ];
  });
}
