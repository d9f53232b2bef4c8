import type { Amount, PlanBase } from '../plan-base.ts';

/** What a day pays, as decimal text in the plan's currency, between which days, and how much one person works. */
export interface WorkTerms {
  readonly dayRate: string;
  /** ISO 8601, both included. */
  readonly startsOn: string;
  readonly endsOn: string;
  /** Days in a period, counted from the start; calendar months when nothing is said. */
  readonly periodDays?: number | undefined;
  /** The most that one person works in a period. */
  readonly daysPerPeriod: number;
  /** Of the plan's scorecard, those whose people work; all of them when nothing is said. */
  readonly tiers?: readonly string[] | undefined;
}

/** Work that is paid by the day, at sites, by sheets of attendance. */
export interface NewWork extends PlanBase {
  readonly kind: 'cash_for_work';
  readonly work: WorkTerms;
  /** Only days count on which it had found the person eligible. */
  readonly scorecardId?: string;
}

export interface NewSite {
  readonly name: string;
  readonly wilayaNumber: string;
  /** People a day. */
  readonly capacity: number;
  /** The user who answers for it. */
  readonly supervisorId: string;
}

export type SiteChange = { readonly [Field in 'capacity' | 'supervisorId' | 'isOpen']?: Site[Field] | undefined };

export interface Site extends NewSite {
  readonly id: string;
  readonly programmeId: string;
  readonly isOpen: boolean;
}

export interface StoredSite {
  readonly site: Site;
  readonly version: number;
}

/** That somebody was at work on a day, as it was sent. */
export interface WrittenDay {
  /** Of the file, whose header is row 1; of a request, counted from 1. */
  readonly row: number;
  readonly registrationNumber: string;
  readonly day: string;
  readonly presence: string;
}

/** The cells of a row, as faults name them. */
export type Cell = 'registrationNumber' | 'day' | 'presence';

export const faultCodes = [
  'number_wrong',
  'day_wrong',
  'presence_wrong',
  'person_unknown',
  'person_not_enrolled',
  'person_not_eligible',
  'day_outside_plan',
  'day_in_future',
  'repeated',
  'worked_elsewhere',
  'site_full',
  'days_used_up',
  'above_most',
] as const;
export type FaultCode = (typeof faultCodes)[number];

/** A row that was not taken: where, and why. Never what stood there. */
export interface RowFault {
  readonly row: number;
  readonly cell: Cell;
  readonly code: FaultCode;
}

/** A row that can be read; whose it is has still to be looked up. */
export interface ReadDay {
  readonly row: number;
  readonly registrationNumber: string;
  readonly day: string;
  /** 1 is half a day, 2 a full one. */
  readonly halfDays: 1 | 2;
}

/** Whose a row is, and how their record stood when the day that was worked ended. */
export interface WorkStanding {
  readonly beneficiaryId: string;
  /** Why the day is not theirs to work; null when it is. */
  readonly reason: 'person_not_enrolled' | 'person_not_eligible' | null;
}

/** Somebody's days of a period that come to less than one payment may be: they wait for further days. */
export interface WaitingDays {
  /** The first of the sheet that is theirs in the period. */
  readonly row: number;
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly amount: Amount;
}

/** A row that is taken. */
export interface WorkedDay extends Omit<ReadDay, 'registrationNumber'> {
  readonly beneficiaryId: string;
  readonly periodFrom: string;
  readonly periodTo: string;
}

export type SheetState = 'entered' | 'signed' | 'rejected' | 'replaced';

/** Who worked when at a site, as one person entered it. */
export interface Sheet {
  readonly id: string;
  readonly planId: string;
  readonly siteId: string;
  readonly programmeId: string;
  readonly source: 'file' | 'rows';
  readonly state: SheetState;
  readonly rowCount: number;
  readonly faultCount: number;
  /** The sheet that this one corrects. */
  readonly replacesId: string | null;
  readonly enteredBy: string;
  readonly enteredAt: string;
  readonly signedBy: string | null;
  readonly signedAt: string | null;
  /** Why it was rejected. */
  readonly reason: string | null;
}

/** A sheet as whoever signs it is answered. */
export interface SignedSheet extends Sheet {
  readonly waitingCount: number;
  readonly waiting: WaitingDays[];
}
