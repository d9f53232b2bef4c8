/** The kinds of assistance. */
export const kinds = ['one_time_grant', 'stipend', 'reintegration_cash', 'top_up', 'cash_for_work', 'emergency_cash'] as const;
export type Kind = (typeof kinds)[number];

/** From an amount on, so many signatures of a role, in the order of the steps. */
export interface ApprovalRule {
  /** The kind of assistance that it is for, in place of the rules for every kind; null for those. */
  readonly kind: Kind | null;
  readonly fromAmount: string;
  readonly step: number;
  readonly role: 'approver' | 'finance_officer' | 'programme_officer';
  readonly signatures: number;
}

/** A kind of assistance that may be paid, and the bounds of one payment as decimal text in the programme's currency. */
export interface KindTerms {
  readonly kind: Kind;
  readonly least: string | null;
  readonly most: string | null;
}

/** Whether two payments for a purpose may cover the same day. */
export interface PurposeRule {
  readonly purpose: string;
  readonly overlap: 'refuse' | 'allow';
  /** Whose payments count: this programme's, or every programme's. */
  readonly across: 'programme' | 'programmes';
  /** Who may not be paid twice: the person, or anybody of the household. */
  readonly per: 'person' | 'household';
  /** How many days a one-off payment covers. */
  readonly coversDays: number;
}

/** The most that the programme pays one person or household in a period of its time zone. */
export interface Limit {
  readonly per: 'person' | 'household';
  readonly period: 'month' | 'year' | 'programme';
  readonly amount: string;
}

/** How people are written to. */
export interface MessageSettings {
  /** For whom no other language is known. */
  readonly language: 'ar' | 'fr' | 'en';
  readonly codesBySms: boolean;
  /** What a phone shows as the sender; null for the gateway's own number. */
  readonly senderName: string | null;
  /** So many days before the last day of a code, whoever has not collected is reminded; null for nobody. */
  readonly reminderDays: number | null;
  /** How long a changed telephone number waits before a code goes to it. */
  readonly phoneHoldHours: number;
  /** What the gateway charges for one segment of a message; null when that is not known. */
  readonly segmentPrice: { readonly amount: string; readonly currency: string } | null;
}

/** What a version of a programme lays down besides names and dates. */
export interface Terms {
  readonly approvalRules: ApprovalRule[];
  /** None: every kind, without bounds. */
  readonly kinds: KindTerms[];
  readonly purposes: PurposeRule[];
  readonly limits: Limit[];
  readonly messages: MessageSettings;
}

/** What may be paid, in which currency, between which dates and on whose signature. */
export interface Programme extends Terms {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly codeValidityDays: number;
  readonly holdThreshold: string;
  readonly duplicateLimit: string;
  /** Whether people may register themselves. */
  readonly selfRegistrationOpen: boolean;
  /** Whether everybody who reads people has to say what for. */
  readonly requireStatedPurpose: boolean;
  /** After how many days somebody is reminded who has not signed. */
  readonly approvalReminderDays: number;
  readonly createdAt: string;
}

type Loose<Whole, Needed extends keyof Whole> = Pick<Whole, Needed> & { readonly [Field in keyof Whole]?: Whole[Field] | undefined };

/** Terms as somebody writes them: what they leave out is as usual. */
export interface WrittenTerms {
  readonly approvalRules?: readonly Loose<ApprovalRule, Exclude<keyof ApprovalRule, 'kind'>>[] | undefined;
  readonly kinds?: readonly Loose<KindTerms, 'kind'>[] | undefined;
  readonly purposes?: readonly Loose<PurposeRule, 'purpose' | 'overlap'>[] | undefined;
  readonly limits?: readonly Limit[] | undefined;
  readonly messages?: Loose<MessageSettings, 'language' | 'codesBySms'> | undefined;
}

type Fixed = 'id' | 'code' | 'currency' | 'timeZone' | 'createdAt';
export type NewProgramme = Loose<
  Omit<Programme, keyof Terms | 'id' | 'createdAt'>,
  'code' | 'name' | 'currency' | 'timeZone' | 'startsOn' | 'endsOn'
> &
  WrittenTerms;
/** Currency, time zone and code are for life: amounts and days are counted in them. */
export type ProgrammeChange = Loose<Omit<Programme, keyof Terms | Fixed>, never> & WrittenTerms;

/** Who made a version, when and why. */
export interface ProgrammeVersion {
  readonly number: number;
  readonly madeBy: string;
  readonly madeAt: string;
  /** Null for the first. */
  readonly reason: string | null;
}
