/** What may become of a voucher in each state. The database holds the same table (trigger `transition`). */
export const voucherMoves = {
  issued: ['activated', 'cancelled'],
  activated: ['redeemed', 'locked', 'expired', 'cancelled'],
  locked: ['activated', 'expired', 'cancelled'],
  redeemed: ['activated'],
  expired: [],
  cancelled: [],
} as const;

export type VoucherState = keyof typeof voucherMoves;

/** Wrong codes after which a voucher is locked. */
export const ATTEMPTS_ALLOWED = 5;
