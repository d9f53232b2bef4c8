import type { components } from '../contract/api.ts';

export type Erasure = components['schemas']['Erasure'];
export type ErasureGround = Erasure['ground'];
export type RetentionRule = components['schemas']['RetentionRule'];
export type RetentionRun = components['schemas']['RetentionRun'];
export type RetentionPreview = components['schemas']['RetentionPreview'];

/** Something that stands in the way of erasing somebody. */
export interface Obstacle {
  readonly obstacle: 'live_voucher' | 'on_live_list' | 'unreconciled_payout' | 'open_exception' | 'open_duplicate';
  /** The voucher, the list, the pay-out, the exception or the other person. */
  readonly about: string;
}
