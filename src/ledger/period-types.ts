import type { Db, Money } from '../platform/index.ts';

/** Days whose postings are closed together. */
export interface Period {
  readonly id: string;
  readonly programmeId: string;
  /** Counted from one in each programme. */
  readonly number: number;
  /** Days in the programme's time zone, the last included. */
  readonly startsOn: string;
  readonly endsOn: string;
  /** The same as moments, the end not included. */
  readonly from: string;
  readonly until: string;
  readonly state: 'open' | 'closed';
}

/** Something that keeps a period from being closed, by name. */
export interface OpenItem {
  readonly type: string;
  readonly id: string;
  /** How people call it. */
  readonly name?: string;
  readonly amount?: ReturnType<Money['toJSON']>;
}

/** What a check found. */
export interface CheckResult {
  readonly check: string;
  readonly holds: boolean;
  /** How many things are open, of which the first hundred are named. */
  readonly openCount: number;
  readonly open: OpenItem[];
}

/** One line of the list that a period is closed by. Rooms above add theirs where the rooms are wired together. */
export interface PeriodCheck {
  readonly check: string;
  /** Everything that is open; none when it holds. At most a hundred and one of them are looked at. */
  find(db: Db, period: Period, now: Date): Promise<readonly OpenItem[]>;
}

export interface Closing {
  readonly number: number;
  readonly closedBy: string;
  readonly closedAt: string;
  readonly checklist: CheckResult[];
}

export interface Reopening {
  readonly id: string;
  /** The closing that is undone. */
  readonly closing: number;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly confirmedBy: string | null;
  readonly confirmedAt: string | null;
  readonly refusedBy: string | null;
  readonly refusedAt: string | null;
  /** Why it was refused. */
  readonly note: string | null;
}

/** A period with everything that was signed about it. */
export interface PeriodSheet extends Period {
  readonly closings: Closing[];
  readonly reopenings: Reopening[];
}
