import type { EntitlementState, NewChange } from '../entitlements/types.ts';
import type { Day } from '../schedule/days.ts';

/** Which of a plan's people; what is left out is no condition. */
export interface RunFilter {
  readonly wilayaNumbers?: string[];
  readonly state?: EntitlementState;
}

/** One decision for many of a plan's people: to entitle everybody who qualifies, or a change. */
export type NewRun = { readonly reason: string } & (
  | { readonly change: 'entitle'; readonly from?: Day }
  | (NewChange & { readonly filter?: RunFilter })
);

/** A decision being carried out. */
export interface PlanRun {
  readonly id: string;
  readonly planId: string;
  readonly change: NewRun['change'];
  readonly from: Day;
  readonly arrears: boolean | null;
  readonly amount: { readonly amount: string; readonly currency: string } | null;
  readonly filter: RunFilter;
  readonly reason: string;
  readonly state: 'running' | 'done';
  /** How many it was done to, and how many it was not for as they stood. */
  readonly people: number;
  readonly passedOver: number;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly finishedAt: string | null;
}
