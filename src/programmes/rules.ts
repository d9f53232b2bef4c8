import { currencyUnknown, isCurrency, type ProblemPlace } from '../platform/index.ts';
import { faultsOfTerms } from './term-faults.ts';
import { fullTerms } from './terms.ts';
import type { NewProgramme, Programme, ProgrammeChange } from './types.ts';
import { say } from './words.ts';

type Whole = Omit<Programme, 'id' | 'createdAt'>;

/** A programme with everything that was left out as usual. */
export function wholeProgramme({ code, name, currency, timeZone, startsOn, endsOn, ...rest }: NewProgramme): Whole {
  const { codeValidityDays = 60, holdThreshold = '0.8', duplicateLimit = '0.2' } = rest;
  const { selfRegistrationOpen = false, requireStatedPurpose = false, approvalReminderDays = 2, ...terms } = rest;
  const named = { code, name, currency, timeZone, startsOn, endsOn };
  return {
    ...named,
    codeValidityDays,
    holdThreshold,
    duplicateLimit,
    selfRegistrationOpen,
    requireStatedPurpose,
    approvalReminderDays,
    ...fullTerms(terms),
  };
}

/** A programme after a change: what the change does not name stays. */
export function changed(programme: Programme, change: ProgrammeChange): Programme {
  const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after = { ...programme, ...named } as Programme;
  return { ...after, ...fullTerms(after) };
}

/** Whether there is a time zone of this name, as IANA names them. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a programme that fits the contract. */
export function faultsOf(programme: Whole): ProblemPlace[] {
  const { currency, timeZone, startsOn, endsOn } = programme;
  const faults: ProblemPlace[] = [];
  if (!isCurrency(currency)) faults.push({ pointer: '/currency', detail: currencyUnknown('DZD') });
  if (!isTimeZone(timeZone)) faults.push({ pointer: '/timeZone', detail: say('time_zone_unknown') });
  if (endsOn < startsOn) faults.push({ pointer: '/endsOn', detail: say('programme_ends_early') });
  return faults.length > 0 ? faults : faultsOfTerms(programme, currency);
}
