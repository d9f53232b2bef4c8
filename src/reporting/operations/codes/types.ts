export type CodesBy = 'wilaya' | 'office' | 'list' | 'fund';

/** Codes that are not paid yet, of one place, state and age. */
export interface UnpaidCodesRow {
  readonly wilayaNumber: string | null;
  /** Where the codes are bound to; null of those that any office may pay. */
  readonly officeId: string | null;
  readonly listId: string | null;
  readonly fundId: string | null;
  readonly state: 'issued' | 'activated' | 'locked';
  /** Days since it was activated; since it was issued where it is not. */
  readonly ageBand: '0-7' | '8-14' | '15-30' | '31-60' | '61+';
  readonly codes: number;
  readonly amount: string;
  /** Of these, those whose last day is one of the next seven, or has passed. */
  readonly expiringCodes: number;
  readonly expiringAmount: string;
}
export const unpaidCodesColumns = [
  'wilayaNumber',
  'officeId',
  'listId',
  'fundId',
  'state',
  'ageBand',
  'codes',
  'amount',
  'expiringCodes',
  'expiringAmount',
] as const;
