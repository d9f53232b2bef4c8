import type { components } from '../contract/api.ts';

type Schemas = components['schemas'];

/** A case as lists show it: without words, and without anybody whom it leads to. */
export type FeedbackCase = Schemas['FeedbackCase'];
/** A case with its words. */
export type FeedbackCaseInFull = Schemas['FeedbackCaseInFull'];
export type FeedbackCategory = Schemas['FeedbackCategory'];
export type FeedbackState = Schemas['FeedbackState'];
export type FeedbackChannel = Schemas['FeedbackChannel'];
export type FeedbackLanguage = Schemas['FeedbackLanguage'];
export type FeedbackContact = Schemas['FeedbackContact'];
export type FeedbackOutcome = Schemas['FeedbackOutcome'];
export type FeedbackRule = Schemas['FeedbackRule'];
export type FeedbackReport = Schemas['FeedbackReport'];
export type FeedbackLine = Schemas['FeedbackLine'];

/** What somebody told, as it is sealed. */
export interface Content {
  readonly text: string;
  readonly contact: FeedbackContact | null;
}

/** What has come in, by whichever door. */
export interface Told extends Content {
  readonly programmeId: string;
  readonly channel: FeedbackChannel;
  readonly language: FeedbackLanguage;
  readonly category: FeedbackCategory;
  readonly isAnonymous: boolean;
}

/** A case as the table holds it. */
export interface StoredCase {
  readonly shown: FeedbackCase;
  readonly dataKey: Buffer | null;
  readonly content: Buffer | null;
  readonly reply: Buffer | null;
  readonly accusedIds: readonly string[];
  readonly beneficiaryId: string | null;
  readonly personIs: 'author' | 'concerned' | null;
  readonly voucherId: string | null;
  readonly payoutId: string | null;
}

/** How this room sends a text. @throws Error when it has to be sent again */
export type SendText = (sms: { readonly to: string; readonly text: string; readonly reference: string }) => Promise<void>;
