import type { CommandContext, FollowUp, Outcome, Sql } from '../platform/index.ts';
import type { CategoryName } from './rules.ts';
import type { Obstacle } from './types.ts';

/** What a run is letting go of now. */
export interface Place {
  /** Null for what belongs to no programme. */
  readonly programmeId: string | null;
  /** Whatever is older goes. */
  readonly before: Date;
}

/** Somebody who is kept longer than the schedule says, and why. */
export interface Refused {
  readonly beneficiaryId: string;
  readonly obstacles: readonly Obstacle[];
}

/** What became of a batch. */
export interface Dropped {
  readonly dropped: number;
  readonly refused?: readonly Refused[];
  readonly others?: Outcome<unknown>['others'];
  readonly followUps?: readonly FollowUp[];
}

/** A kind of data that is kept for a time. Rooms that keep data of their own bring theirs. */
export interface Category {
  readonly name: CategoryName;
  /** Whether its ids are people's, who can be looked at before they go. */
  readonly arePeople: boolean;
  /** A query of one column, `id`, as text: everything that is due, refused or not. */
  due(place: Place): Sql;
  /** Lets go of some of what was due a moment ago. What is gone already, or is due no longer, is passed over. */
  drop(context: CommandContext, place: Place, ids: readonly string[], runId: string): Promise<Dropped>;
}
