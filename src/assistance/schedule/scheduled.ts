import { type Db, dateIn, minorUnits } from '../../platform/index.ts';
import { programmeAt, programmeById, purposeRule } from '../../programmes/index.ts';
import type { AmountRule } from '../plan-base.ts';
import { planById } from '../queries.ts';
import type { Plan } from '../types.ts';
import { type Period, periodsOf, type Schedule, unitsOf } from './calendar.ts';
import { addDays, type Day, earlier } from './days.ts';

/** A plan that pays by the calendar, with what of its programme decides when. */
export interface Scheduled {
  readonly plan: Plan;
  readonly amountRule: AmountRule;
  readonly timeZone: string;
  /** It ends with the plan or the programme, whichever comes first. */
  readonly schedule: Schedule;
  readonly periods: readonly Period[];
  /** Days beyond its own that a payment covers: those of a grant, as the programme's purpose says. */
  readonly coversBeyond: number;
  /** The programme's last day. */
  readonly programmeEnds: Day;
  /** See {@link unitsOf}. */
  readonly units: number;
  /** Digits of the currency's minor unit, and how many of these units make one of the currency. */
  readonly digits: number;
  readonly minor: number;
}

/** When a plan pays; undefined for a kind that pays by something else than the calendar. @param programmeEnds its last day */
function scheduleOf({ dueOn, startsOn, endsOn, every, everyDays, dueAt }: Plan, programmeEnds: Day): Schedule | undefined {
  if (dueOn) return { startsOn: dueOn, endsOn: earlier(dueOn, programmeEnds), every: 'once', dueAt: 'start' };
  if (!every || !startsOn || !endsOn) return undefined;
  return { startsOn, endsOn: earlier(endsOn, programmeEnds), every, everyDays, dueAt: dueAt ?? 'start' };
}

/** Finds a plan that pays by the calendar; undefined for any other. @throws not_found */
export async function scheduledPlan(db: Db, planId: string): Promise<Scheduled | undefined> {
  const plan = await planById(db, planId);
  const { programme } = await programmeById(db, plan.programmeId);
  const schedule = scheduleOf(plan, programme.endsOn);
  if (!schedule || !plan.amountRule) return undefined;
  const { amountRule } = plan;
  const periods = periodsOf(schedule);
  const digits = minorUnits(plan.currency);
  const { programme: terms } = await programmeAt(db, plan.programmeId, plan.programmeVersion);
  return {
    plan,
    amountRule,
    timeZone: programme.timeZone,
    schedule,
    periods,
    coversBeyond: schedule.every === 'once' ? purposeRule(terms, plan.purpose).coversDays - 1 : 0,
    programmeEnds: programme.endsOn,
    units: unitsOf(schedule),
    digits,
    minor: 10 ** digits,
  };
}

/** Which day it is where a plan pays. */
export const todayOf = ({ timeZone }: Scheduled, now: Date): Day => dateIn(timeZone, now);

/** The last day of an entitlement that runs as long as its plan: for a grant, the last that it covers. */
export const lastDayOf = ({ plan, schedule, coversBeyond, programmeEnds }: Scheduled): Day =>
  plan.endsOn ?? earlier(addDays(schedule.endsOn, coversBeyond), programmeEnds);
