import type { components } from '../../contract/api.ts';

/** Whom an officer visits, where, and with how much. */
export type RoundSheet = components['schemas']['RoundSheet'];

/** What has become of one voucher of a round. */
export type StopState = RoundSheet['stops'][number]['state'];

/** The languages that a sheet is printed in. */
export type SheetLanguage = 'ar' | 'fr' | 'en';
